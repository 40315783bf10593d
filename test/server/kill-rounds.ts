import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { valueFiles } from '../http/cdmi/value-files.ts';
import { until } from '../http/until.ts';
import { type RunningGateway, startGateway } from './command.ts';

/** A request, and what it makes of what a writer has. */
export interface Step<State> {
  readonly does: string;
  readonly method: string;
  /** Below the root of CDMI. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @param answer the JSON of the answer, where it has some */
  makes(answer: Readonly<Record<string, unknown>> | undefined): State;
}

/** One who works with what nobody else touches. */
export interface Writer<State> {
  /** What it has once the requests of {@link setUp} have been answered. */
  readonly begin: State;
  readonly setUp: readonly Pick<Step<State>, 'method' | 'path' | 'headers' | 'body'>[];
  /** What comes next; the same for the same number. */
  stepAfter(state: State, number: number): Step<State>;
  /** What there is. @param root URL of the root of CDMI */
  find(root: string, expected: State): Promise<State>;
}

export interface KillRounds {
  readonly directory: string;
  readonly rounds: number;
  /** The gateway is killed when so many steps of a round have been acknowledged. */
  readonly killedAfter: number;
  /** Is told of every gateway, so that none is left behind. */
  readonly onStart: (gateway: RunningGateway) => void;
}

/** What a writer has been told. */
interface Promised<State> {
  readonly writer: Writer<State>;
  now: State;
  /** What it is when the last request has been carried out, whose answer nobody got. */
  next: (() => State) | undefined;
}

/**
 * Has writers work with a gateway that is killed again and again. After each time everything that was acknowledged is as
 * it was, what was under way is there or not, and of values there is what the record refers to.
 *
 * @returns what was acknowledged at least once
 */
export async function killRounds<State>(
  writers: readonly Writer<State>[],
  { directory, rounds, killedAfter, onStart }: KillRounds,
): Promise<ReadonlySet<string>> {
  const start = async () => {
    const gateway = await startGateway(directory, { OCCI_CDMI: 'on' });
    onStart(gateway);
    return gateway;
  };
  const promises = writers.map((writer): Promised<State> => ({ writer, now: writer.begin, next: undefined }));
  const first = await start();
  for (const { setUp } of writers) for (const step of setUp) await send(first, step);
  await first.stop('SIGKILL');
  const acknowledged = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const gateway = await start();
    let done = 0;
    const told = (does: string) => {
      acknowledged.add(does);
      if (++done === killedAfter) gateway.process.kill('SIGKILL');
    };
    await Promise.all(promises.map((promised, at) => work(gateway, promised, (round * 100 + at) * 1_000, told)));
    expect(await gateway.ended).toMatchObject({ signal: 'SIGKILL' });
    const again = await start();
    for (const promised of promises) {
      const { writer, now, next } = promised;
      const found = await writer.find(`${again.url}/cdmi/`, now);
      const isThere = [now, next?.()].some((one) => isDeepStrictEqual(found, one));
      expect(isThere, `${outline(now)} or ${outline(next?.())}, not ${outline(found)}`).toBe(true);
      promised.now = found;
    }
    await until(
      async () => ({ files: valueFiles(directory).toSorted(), keys: keysIn(directory) }),
      ({ files, keys }) => isDeepStrictEqual(files, keys),
    );
    await again.stop('SIGKILL');
  }
  return acknowledged;
}

/** Sends one request after the other until the process is gone. */
async function work<State>(
  gateway: RunningGateway,
  promised: Promised<State>,
  seed: number,
  told: (does: string) => void,
): Promise<void> {
  let gone = false;
  void gateway.ended.then(() => {
    gone = true;
  });
  promised.next = undefined;
  try {
    for (let number = seed; ; number++) {
      const step = promised.writer.stepAfter(promised.now, number);
      promised.next = () => step.makes(undefined);
      promised.now = step.makes(await send(gateway, step));
      promised.next = undefined;
      told(step.does);
    }
  } catch (error) {
    await gateway.ended;
    if (!gone || !(error instanceof TypeError)) throw error;
  }
}

/** @throws TypeError when the gateway has gone */
async function send(
  { url }: RunningGateway,
  { method, path, headers = {}, body }: Writer<unknown>['setUp'][number],
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const response = await fetch(`${url}/cdmi/${path}`, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text.startsWith('{') ? JSON.parse(text) : undefined;
}

/** The keys of all values that objects refer to. */
function keysIn(directory: string): readonly string[] {
  const database = new DatabaseSync(`${directory}/occi.sqlite`, { readOnly: true, timeout: 10_000 });
  try {
    const rows = database.prepare('SELECT DISTINCT value FROM object_value ORDER BY value').all();
    return rows.map(({ value }) => String(value));
  } finally {
    database.close();
  }
}

/** Long values by their beginning and their length. */
function outline(state: unknown): string {
  const short = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > 20 ? `${value.slice(0, 9)}… ${value.length}` : value;
  return JSON.stringify(state, short) ?? 'nothing else';
}
