import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Driver } from './driver.ts';
import type { Instance } from './instance.ts';
import type { Network } from './network.ts';
import type { Volume } from './volume.ts';

const largestMemory = 1 << 20;

/**
 * A driver without machines: every operation takes its time and then has worked.
 *
 * Unless it was told otherwise: `fake.fail=start` in an instance's user data, plain or base64, in a volume's display
 * name or in a network's label makes that operation fail; several are separated by commas. The words are `create`,
 * `start`, `stop`, `restart` or `reboot`, `suspend`, `resume`, `pause`, `unpause`, `resize`, `rebuild`, `snapshot`,
 * `attach`, `detach`, `delete`, for networks also `update`, `up` and `down`; with `refuse` it is not even accepted.
 *
 * @param delayMs how long an operation takes; 0 means that it is over with the next turn of the event loop
 */
export function fakeDriver({ delayMs }: { readonly delayMs: number }): Driver {
  const operation = async (words: readonly string[], told: readonly string[], signal: AbortSignal): Promise<void> => {
    await (delayMs === 0 ? setImmediate(undefined, { signal }) : setTimeout(delayMs, undefined, { signal }));
    const word = words.find((one) => told.includes(one));
    if (word !== undefined) throw new Error(`${word} failed, as fake.fail=${word} demands`);
  };
  /** Operations on an instance alone. */
  const on =
    (...words: readonly string[]) =>
    (instance: Instance, signal: AbortSignal) =>
      operation(words, wordsOf(instance), signal);
  const stop = on('stop');
  const reboot = on('restart', 'reboot');
  const resize = on('resize');
  const rebuild = on('rebuild');
  const snapshot = on('snapshot');
  return {
    refusal(wanted) {
      if (wordsOf(wanted).includes('refuse')) return 'fake.fail=refuse demands it';
      if ('flavor' in wanted && wanted.flavor.memory_mb > largestMemory) return 'not enough memory';
      return undefined;
    },
    spawn: on('create'),
    powerOn: on('start'),
    powerOff: (instance, _, signal) => stop(instance, signal),
    reboot: (instance, _, signal) => reboot(instance, signal),
    suspend: on('suspend'),
    resume: on('resume'),
    pause: on('pause'),
    unpause: on('unpause'),
    resize: (instance, _, signal) => resize(instance, signal),
    rebuild: (instance, _, signal) => rebuild(instance, signal),
    snapshot: (instance, _, signal) => snapshot(instance, signal),
    destroy: on('delete'),
    plug: (instance, _, network, signal) => operation(['attach'], [...wordsOf(instance), ...wordsOf(network)], signal),
    unplug: (instance, _, signal) => operation(['detach'], wordsOf(instance), signal),
    attach: (instance, _, volume, signal) => operation(['attach'], [...wordsOf(instance), ...wordsOf(volume)], signal),
    detach: (instance, _, signal) => operation(['detach'], wordsOf(instance), signal),
    createVolume: (volume, signal) => operation(['create'], wordsOf(volume), signal),
    extendVolume: (volume, _, signal) => operation(['resize'], wordsOf(volume), signal),
    snapshotVolume: (volume, _, signal) => operation(['snapshot'], wordsOf(volume), signal),
    deleteVolume: (volume, signal) => operation(['delete'], wordsOf(volume), signal),
    createNetwork: (network, signal) => operation(['create'], wordsOf(network), signal),
    updateNetwork: (network, { admin_state_up }, signal) =>
      operation(['update', admin_state_up ? 'up' : 'down'], wordsOf(network), signal),
    deleteNetwork: (network, signal) => operation(['delete'], wordsOf(network), signal),
  };
}

/** What is to fail. */
function wordsOf(subject: Instance | Volume | Network): readonly string[] {
  const text = 'flavor' in subject ? subject.user_data : 'size' in subject ? subject.display_name : subject.label;
  if (text === null) return [];
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return [...`${text}\n${decoded}`.matchAll(/fake\.fail=([a-z]+(?:,[a-z]+)*)/g)].flatMap(([, words = '']) =>
    words.split(','),
  );
}
