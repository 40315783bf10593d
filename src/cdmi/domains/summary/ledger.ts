import type { DomainLoad } from '../../../store/objects.ts';
import { type Account, begin, elapse, look } from './account.ts';
import { bounded, endOf, nameOf, type Scale } from './period.ts';

/** The accounts of a domain by their places below `cdmi_domain_summary/`: `cumulative`, `daily/2026-11-22`. */
export type Ledger = ReadonlyMap<string, Account>;

/** The place of an account. */
export function placeOf({ scale, from }: Pick<Account, 'scale' | 'from'>): string {
  return placeAt(scale, from);
}

/** The place of the account of a scale at some time. @param time in milliseconds since 1970 */
export function placeAt(scale: Scale, time: number): string {
  return scale === 'cumulative' ? scale : `${scale}/${nameOf(scale, time)}`;
}

/** That of a domain that is looked at for the first time. */
export function newLedger(from: number, load: DomainLoad): Ledger {
  const scales = ['cumulative', ...bounded] as const;
  return new Map(scales.map((scale) => [placeAt(scale, from), begin(scale, from, load)]));
}

/**
 * Goes on to some time: what is over is closed, what follows it is begun, as often as it takes.
 *
 * @param present the accounts that were not over at the last look, one of each scale
 * @param load what there is now
 * @returns all that is changed, or new
 */
export function advanced(present: Ledger, now: number, load: DomainLoad): Ledger {
  const after = new Map<string, Account>();
  const put = (account: Account) => after.set(placeOf(account), account);
  for (const account of present.values()) {
    let last = account;
    for (let end = endOf(last.scale, last.from); end <= now; end = endOf(last.scale, last.from)) {
      put(elapse(last, end));
      last = begin(last.scale, end, last.load);
    }
    put(look(elapse(last, now), load));
  }
  return after;
}
