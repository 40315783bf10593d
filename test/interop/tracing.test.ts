import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../http/until.ts';
import { type Collector, type Span, startCollector } from '../server/collector.ts';
import { temporaryDirectory } from '../server/command.ts';
import { startCloud } from './cloud.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';
import { startOcciAgent } from './occi-agent.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

describeWithRabbitMq('a trace', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let collector: Collector;
  const open: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    directory = temporaryDirectory();
    collector = await startCollector();
  });
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close();
    await collector.close();
    directory.remove();
  });

  it('goes from the client through the gateway and RabbitMQ to the agent, each with spans of its own', async () => {
    const url = await sharedRabbitMq();
    const options = { 'otlp-endpoint': collector.url };
    const agent = await startOcciAgent({ url, host: 'node1', directory: `${directory.path}/agent`, options });
    open.push(() => agent.stop());
    const cloud = await startCloud(`${directory.path}/gateway`, url, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    open.push(() => cloud.gateway.stop());
    await cloud.ready();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const sender = 'b7ad6b7169203331';
    const network = { kind: 'http://schemas.ogf.org/occi/infrastructure#network' };
    const answer = await cloud.request('POST', '/network/', network, { traceparent: `00-${traceId}-${sender}-01` });
    expect(answer.status, answer.text).toBe(201);

    const find = (wanted: Partial<Span>) => {
      const isIt = (span: Span) => Object.entries(wanted).every(([key, value]) => span[key as keyof Span] === value);
      return until(
        async () => collector.spans.find(isIt) as Span,
        (span) => span !== undefined,
      );
    };
    const name = 'network create_network';
    const request = await find({ service: 'occi-gateway', traceId, parentSpanId: sender });
    expect(request.name).toBe('POST kind');
    await find({ service: 'occi-gateway', traceId, parentSpanId: request.spanId, name: 'store commit' });
    const command = await find({ service: 'occi-gateway', traceId, parentSpanId: request.spanId, name });
    await find({ service: 'occi-agent', traceId, parentSpanId: command.spanId, name });
    // Signs of life and comparisons of records belong to no request.
    expect(collector.spans.filter((span) => span.traceId !== traceId)).toEqual([]);
  });
});
