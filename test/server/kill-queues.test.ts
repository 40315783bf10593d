import { afterAll, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { type RunningGateway, temporaryDirectory } from './command.ts';
import { killRounds, type Step, type Writer } from './kill-rounds.ts';

/** The values of two queues, oldest first. */
interface Queues {
  readonly one: readonly string[];
  readonly other: readonly string[];
}

describe('SIGKILL while queues are at work', () => {
  const directory = temporaryDirectory();
  const started: RunningGateway[] = [];
  afterAll(async () => {
    // One that a failed assertion has left behind.
    for (const gateway of started) await gateway.stop('SIGKILL');
    directory.remove();
  });

  it('[CDMI-Q6] [CDMI-Q9] [CDMI-Q10] [CDMI-G21] each acknowledged value is there once, in order, until it is taken', {
    timeout: 120_000,
  }, async () => {
    const acknowledged = await killRounds(Array.from({ length: 4 }, writer), {
      directory: directory.path,
      rounds: 4,
      killedAfter: 100,
      onStart: (gateway) => started.push(gateway),
    });
    // Everything that writers do has been done.
    expect([...acknowledged].sort()).toEqual([
      'copy',
      'dequeue',
      'enqueue',
      'make an object',
      'move',
      'put an object in',
    ]);
  });
});

function writer(_: unknown, number: number): Writer<Queues> {
  const [one, other] = [`one-${number}`, `other-${number}`];
  const inJson = (kind: string, fields: object) => ({ headers: speaking(kind), body: JSON.stringify(fields) });
  const put = (path: string) => ({ method: 'PUT', path, ...inJson('queue', {}) });
  return {
    begin: { one: [], other: [] },
    setUp: [
      put(one),
      put(other),
      { method: 'PUT', path: `object-${number}`, ...inJson('object', { value: 'object' }) },
    ],

    stepAfter(state, at) {
      const { one: ours, other: theirs } = state;
      const value = Array.from({ length: 1 + (at % 3) }, (_none, more) =>
        `${at}.${more} `.repeat(1 + ((at * 7919) % 9_000)),
      );
      const enqueue: Step<Queues> = {
        does: 'enqueue',
        method: 'POST',
        path: one,
        ...inJson('queue', { value }),
        makes: () => ({ ...state, one: [...ours, ...value] }),
      };
      if (ours.length < 3) return enqueue;
      switch (at % 7) {
        case 1:
          return {
            does: 'move',
            method: 'POST',
            path: other,
            ...inJson('queue', { move: `/cdmi/${one}?values:2` }),
            makes: () => ({ one: ours.slice(2), other: [...theirs, ...ours.slice(0, 2)] }),
          };
        case 2:
          return {
            does: 'copy',
            method: 'POST',
            path: other,
            ...inJson('queue', { copy: `/cdmi/${one}?value` }),
            makes: () => ({ ...state, other: [...theirs, ...ours.slice(0, 1)] }),
          };
        case 3:
          return {
            does: 'dequeue',
            method: 'DELETE',
            path: `${one}?values:2`,
            headers: speaking('queue'),
            makes: () => ({ ...state, one: ours.slice(2) }),
          };
        case 4:
          if (theirs.length === 0) break;
          return {
            does: 'dequeue',
            method: 'DELETE',
            path: `${other}?values:${Math.ceil(theirs.length / 2)}`,
            headers: speaking('queue'),
            makes: () => ({ ...state, other: theirs.slice(Math.ceil(theirs.length / 2)) }),
          };
        case 5:
          return {
            does: 'put an object in',
            method: 'POST',
            path: one,
            ...inJson('queue', { copy: `/cdmi/object-${number}` }),
            makes: () => ({ ...state, one: [...ours, 'object'] }),
          };
        case 6:
          return {
            does: 'make an object',
            method: 'PUT',
            path: `taken-${number}-${at}`,
            ...inJson('object', { move: `/cdmi/${one}?value` }),
            makes: () => ({ ...state, one: ours.slice(1) }),
          };
      }
      return enqueue;
    },

    async find(root) {
      const values = async (queue: string) => {
        const answer = await fetch(`${root}${queue}?values:100`, { headers: speaking('queue') });
        const { value = [] } = (await answer.json()) as { readonly value?: readonly string[] };
        return value;
      };
      return { one: await values(one), other: await values(other) };
    },
  };
}
