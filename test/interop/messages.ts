import { type Notification, RemoteError, type RpcFailure, type RpcRequest } from '../../src/messaging/message.ts';
import { uniqueId } from '../../src/messaging/unique-id.ts';

/** A request, of version 1.0 unless `more` says otherwise. */
export const ask = (method: string, args: RpcRequest['args'] = {}, more: object = {}): RpcRequest => ({
  method,
  args,
  version: '1.0',
  ...more,
});

/** A notification. Each is another. */
export const told = (event_type: string, priority = 'INFO'): Notification => ({
  message_id: uniqueId(),
  publisher_id: 'compute.node1',
  event_type,
  priority,
  payload: { list: [1, 'ü'] },
  timestamp: '2026-11-21 04:37:34.025348',
});

/** The failure that a call is answered with. @throws Error when it is not */
export async function failureOf(answer: Promise<unknown>): Promise<RpcFailure> {
  const error = await answer.catch((reason: unknown) => reason);
  if (!(error instanceof RemoteError)) throw new Error('it did not fail remotely', { cause: error });
  return error.failure;
}
