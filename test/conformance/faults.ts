import { createHash } from 'node:crypto';
import { type LaboratoryOptions, type Mutation, usualDialect } from './mutation.ts';
import { rooms } from './rooms.ts';

/** A fault, and the room whose checks are there for it. */
export interface Fault {
  readonly room: string;
  /** Its place among those of the room. */
  readonly at: number;
  readonly mutation: Mutation;
  /** How the gateway is set that has it. */
  readonly options?: LaboratoryOptions;
}

/** What all checks together have come to with a fault, by the ids of the checks that failed. */
export interface Finding {
  readonly fault: Fault;
  /** Whether exactly those of its room failed that had to. */
  readonly isCaught: boolean;
  /** Those of its room that failed. */
  readonly own: readonly string[];
  /** Those of other rooms that see the same thing, as `also` says. */
  readonly also: readonly string[];
  /** Those of other rooms that nobody has thought of. */
  readonly unexpected: readonly string[];
  /** Those of other rooms that should have failed, and have not. */
  readonly silent: readonly string[];
}

/** All faults, room by room. */
export const faults: readonly Fault[] = rooms.flatMap(({ name, mutations, options = {} }) =>
  mutations.map((mutation, at) => ({ room: name, at, mutation, options })),
);

const roomOf: ReadonlyMap<string, string> = new Map(
  rooms.flatMap(({ name, checks }) => checks.map(({ id }) => [id, name] as const)),
);

/** The room of a check. */
export function roomOfCheck(id: string): string {
  return roomOf.get(id) ?? '';
}

/** A fault as people read it. */
export function nameOf({ room, mutation }: Fault): string {
  return `${room}: ${mutation.name}`;
}

/** The dialect in which a fault shows. */
export function dialectOf({ mutation }: Fault) {
  return mutation.dialect ?? usualDialect;
}

/** Some of the faults, the same for the same seed. */
export function sampled(all: readonly Fault[], size: number, seed: string): readonly Fault[] {
  const lot = (fault: Fault) =>
    createHash('sha256')
      .update(`${seed} ${nameOf(fault)}`)
      .digest('hex');
  return all
    .map((fault) => ({ fault, lot: lot(fault) }))
    .toSorted((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, size)
    .map(({ fault }) => fault);
}

/**
 * Compares what failed with what had to.
 *
 * @param failed the ids of the checks of all rooms that failed with the fault
 * @param usual those that fail without any fault, since the gateway differs there: they tell nothing
 */
export function findingOf(fault: Fault, failed: readonly string[], usual: readonly string[]): Finding {
  const { breaks, also = [] } = fault.mutation;
  const telling = failed.filter((id) => breaks.includes(id) || also.includes(id) || !usual.includes(id));
  const own = telling.filter((id) => roomOf.get(id) === fault.room);
  const others = telling.filter((id) => roomOf.get(id) !== fault.room);
  return {
    fault,
    isCaught: own.length === breaks.length && breaks.every((id) => own.includes(id)),
    own,
    also: others.filter((id) => also.includes(id)),
    unexpected: others.filter((id) => !also.includes(id)),
    silent: also.filter((id) => !others.includes(id)),
  };
}
