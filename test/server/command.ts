import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rawFieldsAreSecret } from '../secrecy/credentials.ts';

const main = new URL('../../src/main.ts', import.meta.url).pathname;

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** The real command, at work. */
export interface RunningGateway {
  readonly url: string;
  readonly port: number;
  /** Where its measurements are; a port of its own. */
  readonly metricsUrl: string;
  readonly process: ChildProcess;
  /** What it has logged so far. */
  log(): readonly LogLine[];
  /** Sends a signal and waits for the end; SIGTERM when none is named. */
  stop(signal?: NodeJS.Signals): Promise<Ending>;
  readonly ended: Promise<Ending>;
}

export type Environment = Readonly<Record<string, string>>;

/** A directory for one test. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'occi-server-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs the command to its end. */
export function runToEnd(args: readonly string[], environment: Environment = {}): Promise<Ending> {
  return start(args, environment).ended;
}

/**
 * Starts the command on a free port, and waits until it listens.
 *
 * @param under a command with arguments that runs what comes behind them in its place
 */
export async function startGateway(
  dataDir: string,
  environment: Environment = {},
  under: readonly string[] = [],
): Promise<RunningGateway> {
  const own = {
    OCCI_PORT: '0',
    OCCI_METRICS_PORT: '0',
    OCCI_DATA_DIR: dataDir,
    OCCI_FAKE_DELAY_MS: '0',
    ...environment,
  };
  const { child, output, ended } = start([], own, under);
  const log = () => parse(output.stdout);
  const listening = new Promise<LogLine>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const line = log().find(({ msg }) => msg === 'listening');
      if (line !== undefined) resolve(line);
    });
    ended.then(({ stderr }) => reject(new Error(`the gateway did not start: ${stderr}`)), reject);
  });
  const { url: ownUrl, metricsUrl } = await listening;
  const url = String(ownUrl);
  return {
    url,
    port: Number(new URL(url).port),
    metricsUrl: String(metricsUrl),
    process: child,
    log,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
    ended,
  };
}

function start(args: readonly string[], environment: Environment, under: readonly string[] = []) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OCCI_'));
  const [command = '', ...words] = [...under, process.execPath, main, ...args];
  const child = spawn(command, words, {
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  return { child, output, ended };
}

/** Whole lines of JSON; the last one may still be on its way. */
function parse(text: string): readonly LogLine[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}

/** Sends bytes over a connection of their own and returns all that comes back until the server closes it. */
export function exchange(port: number, bytes: string | Uint8Array): Promise<string> {
  rawFieldsAreSecret(Buffer.from(bytes).toString('latin1'));
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      text += piece;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close while we are still sending; what it has said counts.
      if (text === '') reject(error);
    });
    socket.on('close', () => resolve(text));
  });
}

/** The status, headers and body of a raw response. */
export function readRaw(text: string): { status: number; header(name: string): string | undefined; body: string } {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...fields] = text.slice(0, end).split('\r\n');
  return {
    status: Number(/^HTTP\/1\.1 ([0-9]{3}) [A-Z]/.exec(statusLine)?.[1]),
    header(name) {
      const prefix = `${name.toLowerCase()}: `;
      return fields.find((field) => field.toLowerCase().startsWith(prefix))?.slice(prefix.length);
    },
    body: text.slice(end + 4),
  };
}
