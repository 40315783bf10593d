import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Channel, connect } from 'amqplib';
import { startRabbitMq } from '../test/interop/lab/rabbitmq.ts';
import { startOcciAgent } from '../test/interop/occi-agent.ts';
import { type Server, startGateway } from './servers.ts';

const compute = 'http://schemas.ogf.org/occi/infrastructure#compute';
const restart = 'http://schemas.ogf.org/occi/infrastructure/compute/action#restart';

/** What the whole way costs, beside a bare call over the same broker. */
export interface AgentsRow {
  readonly name: string;
  readonly bare: string;
  readonly gateway: string;
  /** Of time where it is about latency, of throughput otherwise. */
  readonly ratio: number;
}

/** Does something again and again, some at a time; resolves with how it went. */
type Work = (index: number) => Promise<void>;

interface Measure {
  /** Milliseconds. */
  readonly median: number;
  readonly perSecond: number;
}

async function measure(work: Work, width: number, milliseconds: number): Promise<Measure> {
  const latencies: number[] = [];
  let index = 0;
  const started = performance.now();
  const one = async () => {
    while (performance.now() - started < milliseconds) {
      const begun = performance.now();
      await work(index++);
      latencies.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: width }, one));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  return { median: latencies[Math.floor(latencies.length / 2)] ?? Number.NaN, perSecond: latencies.length / seconds };
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/**
 * The whole way, HTTP → gateway → RabbitMQ → agent and back, against a bare amqplib call over the same broker that is
 * echoed by a process of its own. In pairs of rounds, as everywhere.
 */
export async function agents(rounds: number, roundMs: number): Promise<readonly AgentsRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'occi-bench-agents-'));
  const broker = await startRabbitMq();
  const running: { stop(): Promise<unknown> }[] = [];
  const rows: AgentsRow[] = [];
  try {
    const echo = await bareEcho(broker.url);
    running.push(echo);
    const addAgent = async (host: string) => {
      running.push(await startOcciAgent({ url: broker.url, host, directory: join(directory, host) }));
    };
    await addAgent('node1');
    const gateway = await startGateway({ OCCI_BACKEND: 'nova', OCCI_AMQP_URL: broker.url });
    running.unshift(gateway);
    const machines: string[] = [];
    for (let i = 0; i < 256; i++) machines.push(await create(gateway));
    const acting: Work = (i) => act(gateway, machines[i % machines.length] as string);
    const creating: Work = async () => void (await create(gateway));

    const compare = async (name: string, work: Work, width: number) => {
      const pairs: { theirs: Measure; ours: Measure }[] = [];
      for (let round = 0; round < rounds; round++) {
        const theirs = await measure(echo.call, width, roundMs);
        pairs.push({ theirs, ours: await measure(work, width, roundMs) });
      }
      const shown = (side: 'theirs' | 'ours') =>
        width === 1
          ? `${middle(pairs.map((pair) => pair[side].median)).toFixed(2)} ms`
          : `${Math.round(middle(pairs.map((pair) => pair[side].perSecond))).toLocaleString('en')}/s`;
      const ratio = middle(
        pairs.map(({ theirs, ours }) =>
          width === 1 ? ours.median / theirs.median : ours.perSecond / theirs.perSecond,
        ),
      );
      rows.push({ name: `${name}, ${width} at a time`, bare: shown('theirs'), gateway: shown('ours'), ratio });
    };
    await compare('action on an agent', acting, 1);
    await compare('action on an agent', acting, 32);
    await compare('create on an agent', creating, 1);
    await compare('create on an agent', creating, 32);
    for (const count of [2, 4]) {
      while (running.length < count + 2) await addAgent(`node${running.length - 1}`);
      await compare(`create on one of ${count} agents`, creating, 32);
    }
  } finally {
    for (const one of running) await one.stop();
    await broker.stop();
    rmSync(directory, { recursive: true });
  }
  return rows;
}

async function create(gateway: Server): Promise<string> {
  const answer = await post(gateway, '/compute/', { kind: compute });
  if (answer.status !== 201) throw new Error(await answer.text());
  await answer.arrayBuffer();
  return new URL(answer.headers.get('location') as string).pathname;
}

async function act(gateway: Server, path: string): Promise<void> {
  const answer = await post(gateway, `${path}?action=restart`, { action: restart, attributes: { method: 'cold' } });
  // One that is asked for again while it is under way is a conflict, and has been all the same way.
  if (answer.status !== 200 && answer.status !== 409) throw new Error(await answer.text());
  await answer.arrayBuffer();
}

function post({ port }: Server, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/occi+json', accept: 'application/occi+json' };
  return fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** A client of the bare server. */
async function bareEcho(url: string): Promise<{ call: Work; stop(): Promise<void> }> {
  const server: ChildProcess = fork(new URL('bare-rpc.ts', import.meta.url), [url]);
  await once(server, 'message');
  const connection = await connect(url, { noDelay: true });
  const channel: Channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const waiting = new Map<string, () => void>();
  const receive = (message: { properties: { correlationId: string } } | null): void => {
    if (message === null) return;
    waiting.get(message.properties.correlationId)?.();
    waiting.delete(message.properties.correlationId);
  };
  await channel.consume(queue, receive as never, { noAck: true });
  const content = Buffer.from(JSON.stringify({ method: 'reboot_instance', args: { instance_uuid: 'x'.repeat(36) } }));
  let last = 0;
  return {
    call: () =>
      new Promise((resolve) => {
        const correlationId = String(++last);
        waiting.set(correlationId, resolve);
        channel.publish('', 'bench-echo', content, { correlationId, replyTo: queue });
      }),
    async stop() {
      await connection.close();
      server.disconnect();
      await once(server, 'exit');
    },
  };
}
