import type { Trial } from '../trial.ts';

/** Says what has to be so of all. @throws Unmet naming the first of which it is not */
export function mustAll<T>(
  trial: Trial,
  all: readonly T[],
  isSo: (one: T) => boolean,
  expected: string,
  name: (one: T) => string,
) {
  const stray = all.find((one) => !isSo(one));
  trial.must(stray === undefined, expected, stray === undefined ? undefined : name(stray));
}
