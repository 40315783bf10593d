import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Account, elapse } from '../../../../src/cdmi/domains/summary/account.ts';
import { fromJson, toJson } from '../../../../src/cdmi/domains/summary/account-json.ts';
import { advanced, type Ledger, newLedger, placeAt } from '../../../../src/cdmi/domains/summary/ledger.ts';
import { bounded, endOf } from '../../../../src/cdmi/domains/summary/period.ts';
import { summaryOf } from '../../../../src/cdmi/domains/summary/summary-value.ts';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 22, 8);

/** All accounts there ever were, the last form of each. */
class Book {
  readonly all = new Map<string, Account>();
  #at: number;

  constructor(from: number, load = { count: 0, size: 0 }) {
    this.#at = from;
    this.#keep(newLedger(from, load));
  }

  look(time: number, load: { count: number; size: number }): void {
    const places = ['cumulative', ...bounded.map((scale) => placeAt(scale, this.#at))];
    const present = new Map(places.map((place) => [place, this.all.get(place) as Account]));
    this.#keep(advanced(present, time, load));
    this.#at = time;
  }

  /** What they come to at some time. */
  at(time: number): ReadonlyMap<string, Account> {
    return new Map([...this.all].map(([place, account]) => [place, elapse(account, time)]));
  }

  #keep(ledger: Ledger): void {
    for (const [place, account] of ledger) this.all.set(place, fromJson(JSON.parse(JSON.stringify(toJson(account)))));
  }
}

describe('ISO/IEC 17826 §10 domain summaries', () => {
  it('[CDMI-O6] sum up objects and bytes over time, day by day', () => {
    const book = new Book(start);
    book.look(start + hour, { count: 2, size: 10 });
    book.look(start + 3 * hour, { count: 1, size: 4 });
    book.look(start + day, { count: 1, size: 4 });
    expect([...book.all.keys()]).toEqual([
      'cumulative',
      'daily/2026-11-22',
      'monthly/2026-11',
      'yearly/2026',
      'daily/2026-11-23',
    ]);
    const all = book.all.get('cumulative') as Account;
    expect(summaryOf(all, '/cdmi/cdmi_domains/lab/', start + day)).toEqual({
      cdmi_domainURI: '/cdmi/cdmi_domains/lab/',
      cdmi_summary_start: '2026-11-22T08:00:00.000000Z',
      cdmi_summary_end: '2026-11-23T08:00:00.000000Z',
      cdmi_summary_objecthours: '25',
      cdmi_summary_objectsmin: '0',
      cdmi_summary_objectsmax: '2',
      cdmi_summary_objectsaverage: '1.041',
      cdmi_summary_puts: '0',
      cdmi_summary_gets: '0',
      cdmi_summary_bytehours: '104',
      cdmi_summary_bytesmin: '0',
      cdmi_summary_bytesmax: '10',
      cdmi_summary_bytesaverage: '4.333',
      cdmi_summary_writes: '0',
      cdmi_summary_reads: '0',
      objects: '1',
      bytes: '4',
    });
    expect(summaryOf(book.all.get('daily/2026-11-22') as Account, '', start + 9 * day)).toMatchObject({
      cdmi_summary_end: '2026-11-23T00:00:00.000000Z',
      cdmi_summary_objecthours: '17',
      cdmi_summary_objectsmin: '0',
    });
    expect(summaryOf(book.all.get('daily/2026-11-23') as Account, '', start + day)).toMatchObject({
      cdmi_summary_start: '2026-11-23T00:00:00.000000Z',
      cdmi_summary_objecthours: '8',
      cdmi_summary_objectsmin: '1',
      cdmi_summary_objectsaverage: '1',
    });
  });

  const load = fc.record({ count: fc.nat(1e9), size: fc.nat(2 ** 50) });
  const looks = fc.array(fc.record({ after: fc.nat(40 * day), load }), { maxLength: 12 });

  it('[CDMI-O6] come to the same however often somebody looks', () => {
    fc.assert(
      fc.property(looks, fc.array(fc.nat(400 * day), { maxLength: 20 }), (changes, others) => {
        let time = start;
        const timeline = changes.map((change) => {
          time += change.after;
          return { time, load: change.load };
        });
        const end = time + day;
        const seldom = new Book(start);
        for (const one of timeline) seldom.look(one.time, one.load);
        seldom.look(end, timeline.at(-1)?.load ?? { count: 0, size: 0 });
        const often = new Book(start);
        const extra = others.map((after) => start + (after % (end - start + 1)));
        // Of changes at one time, the last one holds.
        const times = [...extra.map((at) => ({ time: at })), ...timeline].sort((a, b) => a.time - b.time);
        let present = { count: 0, size: 0 };
        for (const one of times) {
          if ('load' in one) present = one.load as typeof present;
          often.look(one.time, present);
        }
        often.look(end, timeline.at(-1)?.load ?? present);
        expect(often.at(end)).toEqual(seldom.at(end));
      }),
      { numRuns: 300 },
    );
  });

  it('[CDMI-O6] of days come to those of their months, these to their years, and these to all', () => {
    fc.assert(
      fc.property(looks, (changes) => {
        let time = start;
        const book = new Book(start);
        for (const change of changes) {
          time += change.after;
          book.look(time, change.load);
        }
        const sums = ['daily', 'monthly', 'yearly', 'cumulative'].map((scale) => {
          const own = [...book.all.values()].filter((account) => account.scale === scale);
          return own.reduce((all, { byteTime }) => all + byteTime, 0n);
        });
        expect(new Set(sums).size).toBe(1);
        for (const { from, at, scale } of book.all.values()) expect(at).toBeLessThanOrEqual(endOf(scale, from));
      }),
      { numRuns: 100 },
    );
  });

  it('[CDMI-O6] take nothing back when a clock does', () => {
    const book = new Book(start, { count: 1, size: 0 });
    book.look(start + hour, { count: 1, size: 0 });
    book.look(start - hour, { count: 3, size: 0 });
    expect(book.all.get('cumulative')).toMatchObject({ at: start + hour, objectTime: BigInt(hour) });
    expect(book.all.get('cumulative')?.most.count).toBe(3);
  });
});
