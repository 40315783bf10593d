import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { startRabbitMq } from '../test/interop/lab/rabbitmq.ts';
import { startOcciAgent } from '../test/interop/occi-agent.ts';
import { load, request, type Turn } from './load.ts';
import { startGateway } from './servers.ts';

const compute = 'http://schemas.ogf.org/occi/infrastructure#compute';
const restart = 'http://schemas.ogf.org/occi/infrastructure/compute/action#restart';
const jsonType = { 'Content-Type': 'application/occi+json', Accept: 'application/occi+json' };

/** What the whole way costs, beside a baseline. */
export interface AgentsRow {
  readonly name: string;
  readonly bare: string;
  readonly gateway: string;
  /** Of time where it is one at a time, of throughput otherwise. */
  readonly ratio: number;
  /** What the ratio has to be at most, or at least. */
  readonly bar?: number;
}

/** How a round went. */
interface Round {
  /** Milliseconds; the median. */
  readonly p50: number;
  readonly perSecond: number;
}

/** Has something done for a while, some at a time. */
type Measure = (width: number, milliseconds: number) => Promise<Round>;

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** How many machines take turns: enough that none is asked again before it is done. */
const machineCount = 1_000;

/**
 * The whole way, HTTP → gateway → RabbitMQ → agent and back, beside two baselines over the same broker: the same way
 * made of node:http, a flushed append and a bare amqplib call, and a bare amqplib call alone. They take turns.
 */
export async function agents(rounds: number, roundMs: number): Promise<readonly AgentsRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'occi-bench-agents-'));
  const broker = await startRabbitMq();
  const running: { stop(): Promise<unknown> }[] = [];
  const addAgent = async (host: string): Promise<void> => {
    running.push(await startOcciAgent({ url: broker.url, host, directory: join(directory, host) }));
  };
  const rows: AgentsRow[] = [];
  try {
    const bareAgent = await start('bare-agent.ts', broker.url);
    const bareGateway = await start('bare-gateway.ts', broker.url);
    const echo = await echoing(broker.url);
    running.push(bareAgent, bareGateway, echo);
    await addAgent('node1');
    const gateway = await startGateway({ OCCI_BACKEND: 'nova', OCCI_AMQP_URL: broker.url });
    running.unshift(gateway);
    const machines = await create(gateway.port, machineCount);

    const over =
      (port: number, turn: Turn): Measure =>
      (width, milliseconds) =>
        load(port, turn, width, milliseconds);
    const action = JSON.stringify({ action: restart, attributes: { method: 'cold' } });
    const restarts = machines.map((path) => request('POST', `${path}?action=restart`, jsonType, action));
    const acting: Turn = (index) => restarts[index % machineCount] as Buffer;
    const creation = request('POST', '/compute/', jsonType, JSON.stringify({ kind: compute }));
    const creating: Turn = () => creation;

    const compare = async (name: string, turn: Turn, width: number, bar?: number): Promise<void> => {
      const measures = [over(gateway.port, turn), over(bareGateway.port, turn), echo.measure];
      const done: Round[][] = [];
      // The first round warms up, and does not count.
      for (let round = -1; round < rounds; round++) {
        const results: Round[] = [];
        for (const measure of measures) results.push(await measure(width, roundMs));
        if (round >= 0) done.push(results);
      }
      const value = ({ p50, perSecond }: Round): number => (width === 1 ? p50 : perSecond);
      const shown = (side: number): string => {
        const typical = middle(done.map((results) => value(results[side] as Round)));
        return width === 1 ? `${typical.toFixed(2)} ms` : `${Math.round(typical).toLocaleString('en')}/s`;
      };
      const against = (side: number): number =>
        middle(done.map((results) => value(results[0] as Round) / value(results[side] as Round)));
      const common = { gateway: shown(0) };
      rows.push({
        name: `${name}, ${width} at a time`,
        bare: shown(1),
        ...common,
        ratio: against(1),
        ...(bar === undefined ? {} : { bar }),
      });
      rows.push({
        name: `the same, against an echo alone, ${width} at a time`,
        bare: shown(2),
        ...common,
        ratio: against(2),
      });
    };
    await compare('action on an agent', acting, 1, 2);
    await compare('action on an agent', acting, 32, 0.5);
    await compare('create on an agent', creating, 1);
    await compare('create on an agent', creating, 32);
    for (const count of [2, 4]) {
      for (let host = count / 2 + 1; host <= count; host++) await addAgent(`node${host}`);
      await compare(`create on one of ${count} agents`, creating, 32);
    }
  } finally {
    for (const one of running) await one.stop();
    await broker.stop();
    rmSync(directory, { recursive: true });
  }
  return rows;
}

/** Creates machines. @returns their paths */
async function create(port: number, count: number): Promise<readonly string[]> {
  const one = async (): Promise<string> => {
    const body = JSON.stringify({ kind: compute });
    const answer = await fetch(`http://127.0.0.1:${port}/compute/`, { method: 'POST', headers: jsonType, body });
    if (answer.status !== 201) throw new Error(await answer.text());
    await answer.arrayBuffer();
    return new URL(answer.headers.get('location') as string).pathname;
  };
  const paths: string[] = [];
  while (paths.length < count) paths.push(...(await Promise.all(Array.from({ length: 20 }, one))));
  return paths;
}

/** Starts a baseline. */
async function start(module: string, url: string): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const child: ChildProcess = fork(new URL(module, import.meta.url), [url]);
  const [ready] = (await once(child, 'message')) as [{ readonly port?: number }];
  return {
    port: ready.port ?? 0,
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** A client that has calls echoed. */
async function echoing(url: string): Promise<{ readonly measure: Measure; stop(): Promise<void> }> {
  const connection = await connect(url, { noDelay: true });
  const channel = await connection.createChannel();
  const { queue: replyTo } = await channel.assertQueue('', { exclusive: true });
  const waiting = new Map<string, () => void>();
  await channel.consume(
    replyTo,
    (message) => {
      const id = String(message?.properties.correlationId);
      waiting.get(id)?.();
      waiting.delete(id);
    },
    { noAck: true },
  );
  const content = Buffer.from(JSON.stringify({ method: 'reboot_instance', args: { instance_uuid: 'x'.repeat(36) } }));
  let last = 0;
  const call = (): Promise<void> =>
    new Promise((resolve) => {
      const correlationId = String(++last);
      waiting.set(correlationId, resolve);
      channel.publish('', 'bench-echo', content, { correlationId, replyTo });
    });
  return {
    async measure(width, milliseconds) {
      const latencies: number[] = [];
      const started = performance.now();
      const one = async (): Promise<void> => {
        while (performance.now() - started < milliseconds) {
          const begun = performance.now();
          await call();
          latencies.push(performance.now() - begun);
        }
      };
      await Promise.all(Array.from({ length: width }, one));
      return { p50: middle(latencies), perSecond: (latencies.length * 1000) / (performance.now() - started) };
    },
    stop: () => connection.close(),
  };
}
