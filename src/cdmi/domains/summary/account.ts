import type { DomainLoad } from '../../../store/objects.ts';
import { type Counts, nothing, sum } from './counts.ts';
import { endOf, type Scale } from './period.ts';

/**
 * What a domain had and did in a period, as far as that has been looked at. What it had is the integral of its load
 * over time: what was found at one look is what it had until the next. All of it is whole numbers, so that it makes no
 * difference how often somebody looks.
 */
export interface Account {
  readonly scale: Scale;
  /** When it begins, in milliseconds since 1970: with the period, or with the domain. */
  readonly from: number;
  /** Up to when it has been added up. */
  readonly at: number;
  /** What there was at the last look. */
  readonly load: DomainLoad;
  /** Objects times milliseconds. */
  readonly objectTime: bigint;
  /** Bytes times milliseconds. */
  readonly byteTime: bigint;
  /** The least that was found, and the most. */
  readonly least: DomainLoad;
  readonly most: DomainLoad;
  readonly counts: Counts;
}

/** A new one, from some time on. */
export function begin(scale: Scale, from: number, load: DomainLoad): Account {
  return { scale, from, at: from, load, objectTime: 0n, byteTime: 0n, least: load, most: load, counts: nothing };
}

/** Adds up what there was until some time, at most until the end of the period. Clocks that go back add nothing. */
export function elapse(account: Account, time: number): Account {
  const { scale, from, at, load } = account;
  const until = Math.min(time, endOf(scale, from));
  if (until <= at) return account;
  const passed = BigInt(until - at);
  return {
    ...account,
    at: until,
    objectTime: account.objectTime + BigInt(load.count) * passed,
    byteTime: account.byteTime + BigInt(load.size) * passed,
  };
}

/** Takes notice of what there is now. */
export function look(account: Account, load: DomainLoad): Account {
  const { least, most } = account;
  return { ...account, load, least: pick(Math.min, least, load), most: pick(Math.max, most, load) };
}

/** Takes notice of what has been done. */
export function count(account: Account, counts: Counts): Account {
  return { ...account, counts: sum(account.counts, counts) };
}

function pick(choose: (a: number, b: number) => number, a: DomainLoad, b: DomainLoad): DomainLoad {
  return { count: choose(a.count, b.count), size: choose(a.size, b.size) };
}
