import type { Value } from '../occi/attribute.ts';
import type { Entity } from '../occi/entity.ts';
import { usualSize } from '../occi/usual-size.ts';
import { type Excess, type Limit, LimitExceeded } from './store.ts';

/**
 * What amounts are counted by in the record: thousandths, which are whole numbers, so that sums are exact, and are zero
 * again when all is given back.
 */
export const perUnit = 1000;

/** No amount of one entity is counted for more, in units, so that sums stay exact whatever clients write down. */
const mostUnits = 1e9;

/** The name under which the mixins that a project has added are counted. */
export const ownMixins = '#mixins';

/**
 * What entities are given of what they do not say how much they want of: by kind, then by attribute, in units.
 * GFD.224 leaves the size of a machine that names none to the provider.
 */
const presumed: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'http://schemas.ogf.org/occi/infrastructure#compute': usualSize,
};

/** What an entity takes: its attributes that are numbers, in thousandths. */
export type Amounts = Readonly<Record<string, number>>;

/** The part of an entity that tells what it takes. */
type Taker = Pick<Entity, 'kind' | 'attributes' | 'pending'>;

/** What an entity takes, with what it has claimed already. Negative numbers take nothing, and give nothing. */
export function amountsOf({ kind, attributes, pending }: Taker): Amounts {
  const amounts: Record<string, number> = Object.create(null);
  const usual = Object.hasOwn(presumed, kind) ? presumed[kind] : undefined;
  const add = (name: string, value: Value | undefined): void => {
    if (typeof value !== 'number' || !(value > 0)) return;
    // What is there at all is not nothing.
    const amount = Math.max(1, Math.round(Math.min(value, mostUnits) * perUnit));
    amounts[name] = Math.max(amount, amounts[name] ?? 0);
  };
  for (const name of Object.keys(attributes)) add(name, attributes[name]);
  if (usual !== undefined) {
    for (const name of Object.keys(usual)) if (!Object.hasOwn(attributes, name)) add(name, usual[name]);
  }
  for (const [name, value] of Object.entries(pending?.claims ?? {})) add(name, value);
  return amounts;
}

/** What stands in the column `amounts`; null for an entity that takes nothing but its place. */
export function amountsColumn(amounts: Amounts): string | null {
  const json = JSON.stringify(amounts);
  return json === '{}' ? null : json;
}

function amountsIn(column: string | null): Amounts {
  return column === null ? {} : JSON.parse(column);
}

/** An entity as far as it is counted. */
export interface Counted {
  readonly project: string;
  readonly kind: string;
  /** The column of that name. */
  readonly amounts: string | null;
}

/** A row of what projects use: how many entities of a kind, or how much of all of an attribute, in thousandths. */
export interface Booking {
  readonly project: string;
  readonly what: string;
  readonly amount: number;
}

/** What is added to what projects use, and taken from it. */
export class Bookings {
  readonly #projects = new Map<string, Map<string, number>>();

  /** Books an entity that is new. */
  give(entity: Counted, amounts = amountsIn(entity.amounts)): void {
    this.#count(entity, amounts, 1);
  }

  /** Books an entity that is gone. */
  take(entity: Counted): void {
    this.#count(entity, amountsIn(entity.amounts), -1);
  }

  /** Books an entity that takes something else than before. */
  change(before: Counted, amounts: string | null): void {
    if (before.amounts === amounts) return;
    this.take(before);
    this.give({ ...before, amounts });
  }

  add(project: string, what: string, amount: number): void {
    let own = this.#projects.get(project);
    if (own === undefined) {
      own = new Map();
      this.#projects.set(project, own);
    }
    own.set(what, (own.get(what) ?? 0) + amount);
  }

  /** Books all that others have booked. */
  addAll(others: Bookings): void {
    for (const [project, own] of others.#projects) for (const [what, amount] of own) this.add(project, what, amount);
  }

  of(project: string, what: string): number {
    return this.#projects.get(project)?.get(what) ?? 0;
  }

  /** All that makes a difference. */
  *rows(): Generator<Booking> {
    for (const [project, own] of this.#projects) {
      for (const [what, amount] of own) if (amount !== 0) yield { project, what, amount };
    }
  }

  #count({ project, kind }: Counted, amounts: Amounts, sign: 1 | -1): void {
    this.add(project, kind, sign * perUnit);
    for (const [what, amount] of Object.entries(amounts)) this.add(project, what, sign * amount);
  }
}

/**
 * Compares what a project will use with its limits. Who asks for no more may go on, even above a limit: it may have
 * been lowered, and what backends report is never refused.
 *
 * @param used what was used before of something, in thousandths
 * @param asked what is to be added to that
 * @throws LimitExceeded
 */
export function checkLimits(
  limits: readonly Limit[],
  used: (what: string) => number,
  asked: (what: string) => number,
): void {
  const excesses: Excess[] = [];
  for (const { resource, counts, most } of limits) {
    const more = sum(counts, asked);
    if (more <= 0) continue;
    const before = sum(counts, used);
    if (before + more <= Math.round(most * perUnit)) continue;
    excesses.push({ resource, most, used: before / perUnit, asked: more / perUnit });
  }
  if (excesses.length > 0) throw new LimitExceeded(excesses);
}

function sum(counts: readonly string[], amount: (what: string) => number): number {
  return counts.reduce((total, what) => total + amount(what), 0);
}

/** What a project uses, in units, from its rows. */
export function usageFrom(rows: readonly Pick<Booking, 'what' | 'amount'>[]): ReadonlyMap<string, number> {
  return new Map(rows.map(({ what, amount }) => [what, amount / perUnit]));
}
