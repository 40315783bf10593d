import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A server under load, in a process of its own. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A gateway under load. */
export interface BenchedGateway extends Server {
  /** How late its event loop has been at most since it was asked before, in milliseconds. */
  lateness(): Promise<number>;
}

/** The gateway as a user starts it: all defaults, but for the port, the data and the model of the benchmark. */
export async function startGateway(environment: Readonly<Record<string, string>> = {}): Promise<BenchedGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'occi-bench-'));
  const logFile = join(directory, 'log');
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['src/main.ts'], {
    stdio: ['ignore', log, 'inherit'],
    env: {
      ...process.env,
      OCCI_PORT: '0',
      OCCI_METRICS_PORT: '0',
      OCCI_DATA_DIR: join(directory, 'data'),
      OCCI_MODEL_DIR: 'bench/model',
      OCCI_FAKE_DELAY_MS: '1',
      ...environment,
    },
  });
  let listening: RegExpExecArray | null = null;
  while (listening === null) {
    if (child.exitCode !== null) throw new Error('the gateway did not start');
    await delay(20);
    listening = /"url":"http:\/\/127\.0\.0\.1:([0-9]+)".*"metricsUrl":"([^"]+)"/.exec(readFileSync(logFile, 'utf8'));
  }
  const [, port, metricsUrl = ''] = listening;
  return {
    port: Number(port),
    pid: child.pid as number,
    async lateness() {
      const metrics = await (await fetch(metricsUrl)).text();
      const seconds = Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(metrics)?.[1]);
      if (Number.isNaN(seconds)) throw new Error('the gateway does not tell how late its event loop is');
      return Math.max(0, seconds * 1000 - lagResolutionMs);
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What is measured is the time between two looks, which are so many milliseconds apart when nothing is late. */
const lagResolutionMs = 10;

/** The baseline; what it answers is told to it. */
export interface BareServer extends Server {
  prepare(path: string, answer: { readonly headers: Record<string, string>; readonly body: string }): Promise<void>;
  collection(path: string, members: readonly unknown[]): Promise<void>;
  /** @param at where what is made is, without the id at its end */
  creation(path: string, headers: Record<string, string>, at: string): Promise<void>;
}

export async function startBare(): Promise<BareServer> {
  const child: ChildProcess = fork('bench/bare-server.ts', { serialization: 'advanced' });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const tell = async (message: object): Promise<void> => {
    const told = once(child, 'message');
    child.send(message);
    await told;
  };
  return {
    port,
    pid: child.pid as number,
    prepare: (path, answer) => tell({ path, answer }),
    collection: (path, members) => tell({ path, collection: members }),
    creation: (path, headers, at) => tell({ path, creation: { headers, at } }),
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** Resident memory of a process in MB. */
export function residentMemory(pid: number): number {
  return Number(/VmRSS:\s+([0-9]+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
