import { addressOf, type SendOptions, type Target, type Transport } from '../messaging/transport.ts';
import type { Store } from '../store/store.ts';
import { aroundCommits } from '../store/watched-store.ts';
import type { SpanOptions, Tracer } from './tracer.ts';

/** A store whose commits are spans, where they are part of something. */
export function tracedStore(store: Store, tracer: Tracer): Store {
  return aroundCommits(store, (changes, commit) => {
    if (!tracer.isWithin) return commit();
    const { create = [], update = [], remove = [], commands = [] } = changes;
    const attributes = {
      'occi.created': create.length,
      'occi.changed': update.length,
      'occi.deleted': remove.length,
      'occi.commands': commands.length,
    };
    return tracer.span('store commit', { attributes }, commit);
  });
}

/**
 * A bus on which each request that is part of something is a span, of who sends it and of who carries it out. What
 * belongs to nothing, such as signs of life, is none.
 */
export function tracedTransport(transport: Transport, tracer: Tracer): Transport {
  const sending = <O extends SendOptions, T>(
    what: { readonly target: Target; readonly method: string },
    options: O,
    send: (options: O) => Promise<T>,
  ): Promise<T> => {
    const { traceparent } = options;
    if (traceparent === undefined && !tracer.isWithin) return send(options);
    const name = `${what.target.topic} ${what.method}`;
    return tracer.span(name, about('client', what, traceparent), (span) =>
      send({ ...options, traceparent: span.traceparent }),
    );
  };
  return {
    call: (target, request, options) =>
      sending({ target, method: request.method }, options, (traced) => transport.call(target, request, traced)),
    cast: (target, request, options = {}) =>
      sending({ target, method: request.method }, options, (traced) => transport.cast(target, request, traced)),
    fanout: (topic, request, options = {}) =>
      sending({ target: { topic }, method: request.method }, options, (traced) =>
        transport.fanout(topic, request, traced),
      ),
    serve: (target, handler) =>
      transport.serve(target, (request, delivery) => {
        const { traceparent } = delivery;
        if (traceparent === undefined) return handler(request, delivery);
        const what = { target, method: request.method };
        return tracer.span(`${target.topic} ${request.method}`, about('server', what, traceparent), (span) =>
          handler(request, { ...delivery, traceparent: span.traceparent }),
        );
      }),
    notify: (notification) => transport.notify(notification),
    listen: (listener) => transport.listen(listener),
    onReconnect: (listener) => transport.onReconnect(listener),
    health: () => transport.health(),
    close: () => transport.close(),
  };
}

function about(
  kind: 'client' | 'server',
  { target, method }: { readonly target: Target; readonly method: string },
  traceparent: string | undefined,
): SpanOptions {
  const attributes = {
    'rpc.system.name': 'oslo.messaging',
    'rpc.method': method,
    'messaging.destination.name': addressOf(target),
  };
  return { kind, attributes, ...(traceparent === undefined ? {} : { traceparent }) };
}
