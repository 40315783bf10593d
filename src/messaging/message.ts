import { z } from 'zod';

/** Anything that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A part of something that was read with JSON.parse, so that it is JSON already. */
export const json = z.custom<Json>();

/**
 * An RPC request as it stands inside the oslo.messaging 2.0 envelope: `method` and keyword arguments, the version of
 * the interface, `_unique_id` for duplicate detection, and the context flattened to `_context_*`. A call that wants
 * an answer also has `_msg_id` and `_reply_q`; where they come from is the transport's business.
 */
const rpcRequest = z.looseObject({
  method: z.string().min(1),
  args: z.record(z.string(), json).default({}),
  version: z.string().optional(),
  namespace: z.string().nullable().optional(),
  _unique_id: z.string().optional(),
});
export type RpcRequest = z.infer<typeof rpcRequest>;

/** How an exception travels: rebuilt by class name on the other side, never by message. */
export const rpcFailure = z.object({
  class: z.string(),
  module: z.string(),
  message: z.string(),
  tb: z.array(z.string()).default([]),
  args: z.array(json).default([]),
  kwargs: z.record(z.string(), json).default({}),
});
export type RpcFailure = z.infer<typeof rpcFailure>;

/** A notification: something that happened, published to whoever listens. */
export const notification = z.looseObject({
  message_id: z.string(),
  publisher_id: z.string(),
  event_type: z.string(),
  priority: z.string(),
  payload: z.record(z.string(), json),
  timestamp: z.string(),
});
export type Notification = z.infer<typeof notification>;

/** A failure on the other side of a call. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly failure: RpcFailure;
  constructor(failure: RpcFailure) {
    super(`${failure.class}: ${failure.message}`);
    this.failure = failure;
  }
}

/** Nobody serves the target of a call. */
export class NoServer extends Error {
  override readonly name = 'NoServer';
}

/** Nobody answered a call in time. Whether it was carried out is not known. */
export class NoReply extends Error {
  override readonly name = 'NoReply';
}

/**
 * Reads a request.
 *
 * @throws RemoteError `RPCDispatcherError` saying what is wrong with it
 */
export function readRequest(message: unknown): RpcRequest {
  const read = rpcRequest.safeParse(message);
  if (read.success) return read.data;
  const text = `the request makes no sense: ${z.prettifyError(read.error)}`;
  const exception = { class: 'RPCDispatcherError', module: 'oslo_messaging.rpc.dispatcher', message: text };
  throw new RemoteError({ ...exception, tb: [], args: [text], kwargs: {} });
}

/**
 * How any error of a server travels: a {@link RemoteError} as it is, everything else by name and message, without a
 * stack, since whoever asked may be shown it.
 */
export function failureOf(error: unknown): RpcFailure {
  if (error instanceof RemoteError) return error.failure;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { class: name, module: 'builtins', message, tb: [], args: [message], kwargs: {} };
}
