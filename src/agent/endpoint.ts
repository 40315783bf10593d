import { z } from 'zod';
import type { Json, RpcRequest } from '../messaging/message.ts';
import type { RequestHandler } from '../messaging/transport.ts';
import { noSuchMethod, typeError, unsupportedVersion } from './failures.ts';

/** One method of an endpoint: takes the arguments as they came. @throws RemoteError */
export type Method = (args: unknown, request: RpcRequest) => Json;

/**
 * A method whose arguments are checked first. Like a Python function it refuses arguments it does not know.
 *
 * @throws RemoteError of class `TypeError` naming each argument that is missing, unknown or wrong
 */
export function method<A>(args: z.ZodType<A>, run: (args: A, request: RpcRequest) => Json): Method {
  return (given, request) => {
    const checked = args.safeParse(given);
    if (!checked.success) throw typeError(`${request.method}(): ${z.prettifyError(checked.error)}`);
    return run(checked.data, request);
  };
}

/**
 * Dispatches requests to methods of version 1.0, without a namespace, as an oslo.messaging RPC server does.
 *
 * The handler throws RemoteError `UnsupportedVersion` or `NoSuchMethod`, and whatever the method throws.
 */
export function endpoint(methods: Readonly<Record<string, Method>>): RequestHandler {
  return async (request) => {
    const version = request.version ?? '1.0';
    if (version !== '1.0' || (request.namespace ?? null) !== null) throw unsupportedVersion(version, request.method);
    const chosen = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
    if (chosen === undefined) throw noSuchMethod(request.method);
    return chosen(request.args, request);
  };
}
