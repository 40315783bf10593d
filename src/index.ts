/**
 * occi-gateway as a library: one fetch handler that speaks OCCI.
 *
 * @example
 * const gateway = await createGateway({ dataDir: './data' });
 * export default { fetch: gateway.fetch };
 *
 * @module
 */
export type {
  Backend,
  DeliverableCommand,
  EntityEvent,
  Intent,
  PlannedCommand,
  RecordReader,
  RequestContext,
} from './backends/backend.ts';
export { Refusal, Unanswered, Unreachable } from './backends/backend.ts';
export type { Credentials, Proof } from './gateway/credentials.ts';
export { createGateway, type Gateway, type GatewayLog, type GatewayOptions } from './gateway.ts';
export type { Authenticator } from './http/authentication/authenticator.ts';
export type { Incoming } from './http/incoming.ts';
export type { Attributes, Value } from './occi/attribute.ts';
export type { Entity } from './occi/entity.ts';
export { type ErrorCode, OcciError } from './occi/errors.ts';
export type { ModelFragment } from './occi/model.ts';
export { builtInModelFiles, readModelFiles } from './spec/model-files.ts';
export { version } from './version.ts';
