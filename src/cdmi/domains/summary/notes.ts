import type { ObjectReader } from '../../../store/objects.ts';
import type { Container, Domain, Summary } from '../../object.ts';
import { summaryName } from '../../path.ts';
import { fromStored } from '../../stored-form.ts';

/** What is kept of a domain. */
export interface Kept {
  readonly domain: Domain;
  /** The container of it all, and what is in the midst of it; without them, nothing is kept yet. */
  readonly begun?: { readonly outer: Container; readonly cumulative: Summary };
}

/** @returns nothing when the domain is not there any more */
export async function readKept(objects: ObjectReader, { id }: Pick<Domain, 'id'>): Promise<Kept | undefined> {
  const stored = await objects.object(id);
  const domain = stored && (fromStored(stored) as Domain);
  if (domain === undefined || domain.gone === true) return undefined;
  const [outer, cumulative] = (await objects.path(domain.id, [summaryName, 'cumulative'])).map(fromStored);
  if (outer === undefined || cumulative === undefined) return { domain };
  return { domain, begun: { outer: outer as Container, cumulative: cumulative as Summary } };
}

/** Some of the accounts of a domain, as they are kept. */
export interface Notes {
  /** By their places; what is not there is missing. */
  readonly at: ReadonlyMap<string, Summary>;
  /** What accounts are in, by the first parts of their places. */
  readonly containers: ReadonlyMap<string, Container>;
}

/** Reads those at some places, such as `daily/2026-11-22`, besides the cumulative one. */
export async function readNotes(
  objects: ObjectReader,
  { outer, cumulative }: NonNullable<Kept['begun']>,
  places: Iterable<string>,
): Promise<Notes> {
  const at = new Map([['cumulative', cumulative]]);
  const containers = new Map<string, Container>();
  for (const place of new Set(places)) {
    if (at.has(place)) continue;
    const names = place.split('/');
    const [container, note] = (await objects.path(outer.id, names)).map(fromStored);
    if (container !== undefined) containers.set(names[0] as string, container as Container);
    if (note !== undefined) at.set(place, note as Summary);
  }
  return { at, containers };
}
