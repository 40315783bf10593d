import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { keepLog } from '../secrecy/keep.ts';

/** A span as a collector is told it. */
export interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2 where it has gone wrong. */
  readonly status: number | undefined;
}

/** A collector of OpenTelemetry: it understands OTLP over HTTP, in JSON. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly Span[];
  close(): Promise<void>;
}

type KeyValues = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: KeyValues };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<Span, 'service' | 'attributes' | 'status'> & {
        readonly attributes: KeyValues;
        readonly status: { readonly code?: number };
      })[];
    }[];
  }[];
}

export async function startCollector(): Promise<Collector> {
  const spans: Span[] = [];
  const server = createServer(async (incoming, outgoing) => {
    if (incoming.url !== '/v1/traces') return void outgoing.writeHead(404).end();
    const body = await text(incoming);
    keepLog('traces', `${body}\n`);
    const { resourceSpans } = JSON.parse(body) as Export;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(plain(resource.attributes)['service.name']);
      for (const { name, traceId, spanId, parentSpanId, attributes, status } of scopeSpans.flatMap(
        (one) => one.spans,
      )) {
        spans.push({
          service,
          name,
          traceId,
          spanId,
          parentSpanId,
          attributes: plain(attributes),
          status: status.code,
        });
      }
    }
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function plain(pairs: KeyValues): Readonly<Record<string, unknown>> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));
}
