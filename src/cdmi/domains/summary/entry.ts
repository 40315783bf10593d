import type { Basis, DomainLoad, ObjectReader, StoredObject } from '../../../store/objects.ts';
import type { CdmiObject, Container } from '../../object.ts';
import { type Account, count } from './account.ts';
import { fromJson, toJson } from './account-json.ts';
import { advanced, type Ledger, newLedger, placeAt } from './ledger.ts';
import { type Kept, type Notes, readNotes } from './notes.ts';
import type { ByDay } from './pending.ts';
import { bounded, nameOf } from './period.ts';
import { type Making, newNote, newSummary } from './summary-objects.ts';

/** What is to be written down. */
export interface Entry {
  readonly create: readonly CdmiObject[];
  readonly update: readonly CdmiObject[];
  readonly remove: readonly Basis[];
}

/** What an entry is about. */
export interface Findings {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly load: DomainLoad;
  readonly counts: ByDay;
  /** How many daily summaries stay. */
  readonly days: number;
}

const scales = ['cumulative', ...bounded] as const;

/**
 * Decides what is written down of a domain.
 *
 * @returns nothing when all of it is there already, but for the time that has passed
 */
export async function entryFor(
  objects: ObjectReader,
  making: Making,
  { domain, begun }: Kept,
  { now, load, counts, days }: Findings,
): Promise<Entry | undefined> {
  if (begun === undefined) {
    const all = [...counts.values()];
    const ledger = [...newLedger(now, load)].map(([place, account]) => [place, all.reduce(count, account)] as const);
    return { create: newSummary(making, domain, new Map(ledger)), update: [], remove: [] };
  }
  const last = fromJson(begun.cumulative.account);
  const isSame = last.load.count === load.count && last.load.size === load.size;
  const isOver = now > last.at && nameOf('daily', now) !== nameOf('daily', last.at);
  if (isSame && !isOver && counts.size === 0) return undefined;

  const present = placesAt(last.at);
  const notes = await readNotes(objects, begun, [...present, ...[...counts.keys()].map(Date.parse).flatMap(placesAt)]);
  const ledger = advanced(accountsAt(notes, present), now, load);
  const all = withCounts(ledger, notes, counts, Math.max(now, last.at));
  const daily = notes.containers.get('daily') as Container;
  const oldest = placeAt('daily', now - (days - 1) * 86_400_000);
  for (const place of all.keys()) {
    if (place.startsWith('daily/') && place < oldest && !notes.at.has(place)) all.delete(place);
  }
  const tooMany = await excess(
    objects,
    daily,
    [...all.keys()].filter((place) => !notes.at.has(place)),
    days,
  );
  for (const { name } of tooMany) all.delete(`daily/${name}`);
  return { ...written(making, all, notes), remove: tooMany.map(({ id, revision }) => ({ id, revision })) };
}

/** Those of the accounts that time is in. @param time in milliseconds since 1970 */
function placesAt(time: number): readonly string[] {
  return scales.map((scale) => placeAt(scale, time));
}

function accountsAt({ at }: Notes, places: readonly string[]): Ledger {
  const found = places.flatMap((place) => at.get(place) ?? []);
  const accounts = found.map(({ account }) => fromJson(account));
  return new Map(accounts.map((account) => [placeAt(account.scale, account.from), account]));
}

/** Adds what has been done to the accounts of the days on which it was. @param latest a time that is accounted for */
function withCounts(ledger: Ledger, { at }: Notes, counts: ByDay, latest: number): Map<string, Account> {
  const all = new Map(ledger);
  for (const [day, some] of counts) {
    for (const scale of scales) {
      const wanted = placeAt(scale, Date.parse(day));
      // A clock may be behind the one by which the domain was made.
      const place = all.has(wanted) || at.has(wanted) ? wanted : placeAt(scale, latest);
      const kept = at.get(place);
      const account = all.get(place) ?? (kept && fromJson(kept.account));
      if (account !== undefined) all.set(place, count(account, some));
    }
  }
  return all;
}

/** Daily summaries that go, the oldest first, because there would be more than may stay. */
async function excess(
  objects: ObjectReader,
  { id }: Container,
  created: readonly string[],
  days: number,
): Promise<readonly StoredObject[]> {
  const more = created.filter((place) => place.startsWith('daily/')).length;
  if (more === 0) return [];
  const tooMany = (await objects.countMembers(id)) + more - days;
  return tooMany > 0 ? objects.membersAfter(id, undefined, tooMany) : [];
}

function written(making: Making, ledger: Ledger, { at, containers }: Notes): Pick<Entry, 'create' | 'update'> {
  const create: CdmiObject[] = [];
  const update: CdmiObject[] = [];
  for (const [place, account] of ledger) {
    const note = at.get(place);
    const [scale = '', name = ''] = place.split('/');
    if (note !== undefined) update.push({ ...note, modified: making.now(), account: toJson(account) });
    else create.push(newNote(making, containers.get(scale) as Container, name, account));
  }
  return { create, update };
}
