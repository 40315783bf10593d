import { globSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../http/until.ts';
import { type Collector, type Span, startCollector } from './collector.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const traceId = '0af7651916cd43dd8448eb211c80319c';
const sender = 'b7ad6b7169203331';

describe('traces', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let collector: Collector;
  let gateway: RunningGateway | undefined;
  beforeEach(async () => {
    directory = temporaryDirectory();
    collector = await startCollector();
  });
  afterEach(async () => {
    await gateway?.stop('SIGKILL');
    await collector.close();
    directory.remove();
  });
  const create = async (flags = '01', path = '/compute/?secret=x') => {
    const headers = { 'content-type': 'application/occi+json', traceparent: `00-${traceId}-${sender}-${flags}` };
    const body = JSON.stringify({ kind: `${infrastructure}compute` });
    return fetch(`${gateway?.url}${path}`, { method: 'POST', headers, body });
  };
  const named = (name: string) =>
    until(
      async () => collector.spans.find((span) => span.name === name),
      (span) => span !== undefined,
    ) as Promise<Span>;

  it('have the request below its sender, and below it the commits and the commands, up to the embedded agent', async () => {
    gateway = await startGateway(directory.path, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    expect((await create()).status).toBe(201);
    const request = await named('POST kind');
    expect(request).toMatchObject({ service: 'occi-gateway', traceId, parentSpanId: sender });
    expect(request.attributes).toMatchObject({ 'http.route': 'kind', 'http.response.status_code': 201 });
    const commit = await named('store commit');
    expect(commit).toMatchObject({ traceId, parentSpanId: request.spanId, attributes: { 'occi.created': 1 } });
    const [sent, carriedOut] = collector.spans.filter(({ name }) => name.startsWith('compute '));
    const pair = [sent, carriedOut].toSorted((a) => (a?.parentSpanId === request.spanId ? -1 : 1));
    expect(pair[0]).toMatchObject({ traceId, parentSpanId: request.spanId });
    expect(pair[1]).toMatchObject({ traceId, parentSpanId: pair[0]?.spanId });
    expect(JSON.stringify(collector.spans)).not.toContain('secret');
  });

  it('begin with a request that is part of none, and tell of failure', async () => {
    gateway = await startGateway(directory.path, { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` });
    await fetch(`${gateway.url}/nothing/here`);
    const { parentSpanId, attributes, status } = await named('GET entity');
    expect([parentSpanId, attributes['http.response.status_code'], status]).toEqual([undefined, 404, 0]);
  });

  it('are complete when the gateway ends, and leave out what its sender does not record', async () => {
    gateway = await startGateway(directory.path, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await create('00');
    await fetch(`${gateway.url}/-/`);
    expect((await gateway.stop()).code).toBe(0);
    expect(collector.spans.map(({ name }) => name)).toContain('GET query');
    expect(collector.spans.map((span) => span.traceId)).not.toContain(traceId);
  });

  it('do no harm when there is no collector', async () => {
    gateway = await startGateway(directory.path, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    expect((await create()).status).toBe(201);
    expect(await gateway.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it('cost nothing to load where there are none', () => {
    const sources = globSync(new URL('../../src/**/*.ts', import.meta.url).pathname);
    expect(sources.length).toBeGreaterThan(100);
    const loads = /^import (?!type ).*'@opentelemetry\//m;
    expect(sources.filter((file) => loads.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});
