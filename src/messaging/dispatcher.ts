import { isCompatible } from './interface-version.ts';
import { type Json, RemoteError, type RpcRequest } from './message.ts';
import type { Delivery, RequestHandler } from './transport.ts';

/** One method of an endpoint. @throws RemoteError to choose class and arguments of the failure */
export type Method = (args: RpcRequest['args'], request: RpcRequest, delivery: Delivery) => Json | Promise<Json>;

/** Methods of one version of an interface. */
export interface Endpoint {
  /** `major.minor`. Requests for the same major and the same or a lower minor version are for it. */
  readonly version: string;
  /** Requests of another namespace, or of none when this has one, are not for it. */
  readonly namespace?: string;
  readonly methods: Readonly<Record<string, Method>>;
}

/** The version of a request that names none. */
const firstVersion = '1.0';

/**
 * Hands requests to the first endpoint of the right namespace and version that has the method, as an oslo.messaging RPC
 * server does. The handler throws RemoteError `UnsupportedVersion` or `NoSuchMethod`, and whatever the method throws.
 */
export function dispatcher(endpoints: readonly Endpoint[]): RequestHandler {
  return async (request, delivery) => {
    const { method, args, version = firstVersion } = request;
    const namespace = request.namespace ?? undefined;
    const able = endpoints.filter((one) => one.namespace === namespace && isCompatible(one.version, version));
    if (able.length === 0) throw unsupportedVersion(version, method);
    // What begins with an underscore is nobody's business, even where there is such a method.
    const endpoint = method.startsWith('_') ? undefined : able.find(({ methods }) => Object.hasOwn(methods, method));
    const chosen = endpoint?.methods[method];
    if (chosen === undefined) throw noSuchMethod(method);
    return chosen(args, request, delivery);
  };
}

const noSuchMethod = (method: string): RemoteError =>
  dispatchError('NoSuchMethod', `Endpoint does not support RPC method ${method}`);

const unsupportedVersion = (version: string, method: string): RemoteError =>
  dispatchError('UnsupportedVersion', `Endpoint does not support RPC version ${version}. Attempted method: ${method}`);

/** A failure of the RPC layer itself, before any method was called. */
function dispatchError(name: string, message: string): RemoteError {
  const module = 'oslo_messaging.rpc.dispatcher';
  return new RemoteError({ class: name, module, message, tb: [], args: [message], kwargs: {} });
}
