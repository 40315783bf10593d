import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { type RabbitMq, startRabbitMq } from '../test/interop/lab/rabbitmq.ts';
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

const creation = request('POST', '/compute/', jsonType, JSON.stringify({ kind: compute }));
const creating: Turn = () => creation;

/** Restarts machines, one after the other. */
function restarting(machines: readonly string[]): Turn {
  const action = JSON.stringify({ action: restart, attributes: { method: 'cold' } });
  const requests = machines.map((path) => request('POST', `${path}?action=restart`, jsonType, action));
  return (index) => requests[index % requests.length] as Buffer;
}

const over =
  (port: number, turn: Turn): Measure =>
  (width, milliseconds) =>
    load(port, turn, width, milliseconds);

/**
 * What the gateway adds to a bare amqplib call: HTTP → gateway → RabbitMQ → agent and back, beside the same made of
 * node:http, a flushed append and bare amqplib, with an agent that only echoes behind both; and beside the echo alone.
 * Then the whole way to real agents, of which there are more and more.
 */
export async function agents(rounds: number, roundMs: number): Promise<readonly AgentsRow[]> {
  const broker = await startRabbitMq();
  try {
    return [...(await echoed(broker, rounds, roundMs)), ...(await carriedOut(broker, rounds, roundMs))];
  } finally {
    await broker.stop();
  }
}

/** The gateway and its baselines with agents that echo: each with its own, or all would hear what one of them causes. */
async function echoed(broker: RabbitMq, rounds: number, roundMs: number): Promise<readonly AgentsRow[]> {
  const running: { stop(): Promise<unknown> }[] = [];
  try {
    const bare = await bareWay(broker, running);
    const url = await broker.virtualHost();
    running.unshift(await start('echo-agent.ts', url));
    const echo = await echoing(url);
    running.unshift(echo);
    const gateway = await startGateway({ OCCI_BACKEND: 'nova', OCCI_AMQP_URL: url });
    running.unshift(gateway);
    const acting = restarting(await create(gateway.port, machineCount));
    const rows: AgentsRow[] = [];
    for (const [width, bar] of [
      [1, 2],
      [32, 0.5],
    ] as const) {
      const name = (beside: string) => `action, echoed${beside}, ${width} at a time`;
      const sides = [over(gateway.port, acting), over(bare.port, acting), echo.measure] as const;
      const [beside, alone] = await compare(sides, width, rounds, roundMs);
      rows.push({ name: name(''), ...beside, bar }, { name: name(', beside the echo alone'), ...alone });
    }
    return rows;
  } finally {
    for (const one of running) await one.stop();
  }
}

/** The gateway with real agents, beside the bare way. */
async function carriedOut(broker: RabbitMq, rounds: number, roundMs: number): Promise<readonly AgentsRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'occi-bench-agents-'));
  const url = await broker.virtualHost();
  const running: { stop(): Promise<unknown> }[] = [];
  const addAgent = async (host: string): Promise<void> => {
    running.push(await startOcciAgent({ url, host, directory: join(directory, host) }));
  };
  try {
    const bare = await bareWay(broker, running);
    await addAgent('node1');
    const gateway = await startGateway({ OCCI_BACKEND: 'nova', OCCI_AMQP_URL: url });
    running.unshift(gateway);
    const acting = restarting(await create(gateway.port, machineCount));
    const rows: AgentsRow[] = [];
    const add = async (name: string, turn: Turn, width: number): Promise<void> => {
      const sides = [over(gateway.port, turn), over(bare.port, turn)] as const;
      const [beside] = await compare(sides, width, rounds, roundMs);
      rows.push({ name: `${name}, ${width} at a time`, ...beside });
    };
    for (const width of [1, 32]) await add('action, carried out', acting, width);
    for (const width of [1, 32]) await add('create, carried out', creating, width);
    for (const count of [2, 4]) {
      for (let host = count / 2 + 1; host <= count; host++) await addAgent(`node${host}`);
      await add(`create, carried out by ${count} agents`, creating, 32);
    }
    return rows;
  } finally {
    for (const one of running) await one.stop();
    rmSync(directory, { recursive: true });
  }
}

/** Starts the bare way, with an agent that echoes. */
async function bareWay(broker: RabbitMq, running: { stop(): Promise<unknown> }[]): Promise<Baseline> {
  const url = await broker.virtualHost();
  running.unshift(await start('echo-agent.ts', url));
  const bare = await start('bare-gateway.ts', url);
  running.unshift(bare);
  return bare;
}

type Comparison = Pick<AgentsRow, 'bare' | 'gateway' | 'ratio'>;

/** Lets several take turns, and compares the first with each of the others. */
async function compare<Others extends readonly Measure[]>(
  sides: readonly [Measure, ...Others],
  width: number,
  rounds: number,
  roundMs: number,
): Promise<{ [Index in keyof Others]: Comparison }> {
  const done: Round[][] = [];
  // The first round warms up, and does not count.
  for (let round = -1; round < rounds; round++) {
    const results: Round[] = [];
    for (const measure of sides) results.push(await measure(width, roundMs));
    if (round >= 0) done.push(results);
  }
  const value = (round: Round | undefined): number => (width === 1 ? round?.p50 : round?.perSecond) ?? Number.NaN;
  const shown = (side: number): string => {
    const typical = middle(done.map((results) => value(results[side])));
    return width === 1 ? `${typical.toFixed(2)} ms` : `${Math.round(typical).toLocaleString('en')}/s`;
  };
  const [, ...others] = sides;
  return others.map((_, index) => ({
    bare: shown(index + 1),
    gateway: shown(0),
    ratio: middle(done.map((results) => value(results[0]) / value(results[index + 1]))),
  })) as unknown as { [Index in keyof Others]: Comparison };
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

interface Baseline {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a part of a baseline. */
async function start(module: string, url: string): Promise<Baseline> {
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
