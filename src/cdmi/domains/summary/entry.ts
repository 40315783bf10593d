import type { Basis, DomainLoad, ObjectReader } from '../../../store/objects.ts';
import type { CdmiObject, Container, Domain, Summary } from '../../object.ts';
import { summaryName } from '../../path.ts';
import { fromStored } from '../../stored-form.ts';
import { type Account, count } from './account.ts';
import { fromJson, toJson } from './account-json.ts';
import { advanced, type Ledger, newLedger, placeAt } from './ledger.ts';
import type { ByDay } from './pending.ts';
import { bounded, nameOf, type Scale } from './period.ts';
import { type Making, newNote, newSummary } from './summary-objects.ts';

/** What is kept of a domain. */
export interface Kept {
  readonly domain: Domain;
  /** The container of it all; without it, nothing is kept yet. */
  readonly outer?: Container;
  readonly cumulative?: Summary;
}

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

export async function readKept(objects: ObjectReader, domain: Domain): Promise<Kept> {
  const [outer, cumulative] = (await objects.path(domain.id, [summaryName, 'cumulative'])).map(fromStored);
  return {
    domain,
    ...(outer && { outer: outer as Container }),
    ...(cumulative && { cumulative: cumulative as Summary }),
  };
}

/**
 * Decides what is written down of a domain.
 *
 * @returns nothing when all of it is there already, but for the time that has passed
 */
export async function entryFor(
  objects: ObjectReader,
  making: Making,
  { domain, outer, cumulative }: Kept,
  { now, load, counts, days }: Findings,
): Promise<Entry | undefined> {
  if (outer === undefined || cumulative === undefined) {
    const ledger = new Map(newLedger(now, load));
    for (const [place, account] of ledger) ledger.set(place, [...counts.values()].reduce(count, account));
    return { create: newSummary(making, domain, ledger), update: [], remove: [] };
  }
  const last = fromJson(cumulative.account);
  const isSame = last.load.count === load.count && last.load.size === load.size;
  const isOver = now > last.at && nameOf('daily', now) !== nameOf('daily', last.at);
  if (isSame && !isOver && counts.size === 0) return undefined;

  const notes = new Map<string, Summary>([['cumulative', cumulative]]);
  const containers = new Map<string, Container>();
  const find = async (scale: Exclude<Scale, 'cumulative'>, name: string) => {
    const [container, note] = (await objects.path(outer.id, [scale, name])).map(fromStored);
    if (container !== undefined) containers.set(scale, container as Container);
    if (note !== undefined) notes.set(`${scale}/${name}`, note as Summary);
  };
  for (const scale of bounded) await find(scale, nameOf(scale, last.at));
  for (const day of counts.keys()) {
    for (const scale of bounded) await find(scale, nameOf(scale, Date.parse(day)));
  }
  const places = ['cumulative', ...bounded.map((scale) => placeAt(scale, last.at))];
  const present = new Map([...notes].filter(([place]) => places.includes(place)).map(accountOf));
  const oldest = placeAt('daily', now - (days - 1) * 86_400_000);
  const ledger = new Map(
    [...advanced(present, now, load)].filter(
      ([place]) => notes.has(place) || !place.startsWith('daily/') || place >= oldest,
    ),
  );
  const latest = Math.max(now, last.at);
  for (const [day, some] of counts) {
    for (const scale of ['cumulative', ...bounded] as const) {
      const wanted = placeAt(scale, Date.parse(day));
      // A clock may be behind the one by which the domain was made.
      const place = ledger.has(wanted) || notes.has(wanted) ? wanted : placeAt(scale, latest);
      const account = ledger.get(place) ?? fromJson((notes.get(place) as Summary).account);
      ledger.set(place, count(account, some));
    }
  }
  const create: CdmiObject[] = [];
  const update: CdmiObject[] = [];
  for (const [place, account] of ledger) {
    const note = notes.get(place);
    if (note !== undefined) update.push({ ...note, modified: making.now(), account: toJson(account) });
    else {
      const [scale = '', name = ''] = place.split('/');
      create.push(newNote(making, containers.get(scale) as Container, name, account));
    }
  }
  return { create, update, remove: await tooOld(objects, containers.get('daily'), ledger, notes, days) };
}

function accountOf([place, note]: readonly [string, Summary]): readonly [string, Account] {
  return [place, fromJson(note.account)];
}

/** Daily summaries that go, because there are more than may stay. */
async function tooOld(
  objects: ObjectReader,
  daily: Container | undefined,
  ledger: Ledger,
  notes: ReadonlyMap<string, Summary>,
  days: number,
): Promise<readonly Basis[]> {
  const more = [...ledger.keys()].filter((place) => place.startsWith('daily/') && !notes.has(place)).length;
  if (daily === undefined || more === 0) return [];
  const excess = (await objects.countMembers(daily.id)) + more - days;
  if (excess <= 0) return [];
  const first = await objects.membersAfter(daily.id, undefined, excess);
  return first.filter(({ name }) => !ledger.has(`daily/${name}`)).map(({ id, revision }) => ({ id, revision }));
}
