import type { SQLInputValue } from 'node:sqlite';
import type { EntityRow } from '../rows.ts';
import type { Selection } from '../store.ts';
import type { PageCache } from './page-cache.ts';
import { entityColumns, type Prepare } from './statements.ts';

/** Members of a collection that follow one another. */
export interface Slice<Item> {
  readonly items: readonly Item[];
  /** The place of the last of them in the order of creation. */
  readonly last: number;
}

/** A link, and the entity it starts at. */
export interface LinkRow extends EntityRow {
  readonly source: string;
}

/** What a slice is gathered in: a JSON array, and null for the place of the last when there is none. */
interface Gathered {
  readonly locations: string;
  readonly last: number | null;
}

type Parameters = Record<string, SQLInputValue>;

/**
 * The members of a selection, in slices: the first `count` of those that were created after the one at `after`.
 * Finding them reads indexes only.
 */
export class Members {
  readonly #prepare: Prepare;
  readonly #pages: PageCache;
  /** What is selected. */
  readonly #name: string;
  readonly #query: string;
  readonly #parameters: Parameters;

  constructor(prepare: Prepare, pages: PageCache, selection: Selection) {
    const { project, kind, under, mixins = [] } = selection;
    const fewUnder = under !== undefined && areFewUnder(prepare, under);
    const rare = rarestFirst(prepare, project, mixins);
    const { query, parameters } = membersOf({ ...selection, mixins: rare }, fewUnder);
    this.#prepare = prepare;
    this.#pages = pages;
    this.#name = JSON.stringify([project, kind, under, mixins]);
    this.#query = query;
    this.#parameters = parameters;
  }

  /** The place after which the members begin when so many are left out; undefined when there are not more. */
  skip(offset: number): number | undefined {
    if (offset === 0) return 0;
    const statement = this.#prepare(`${this.#query} LIMIT 1 OFFSET :before`);
    const last = statement.get({ ...this.#parameters, after: 0, before: offset - 1 }) as
      | { readonly seq: number }
      | undefined;
    return last?.seq;
  }

  /** Where they are. */
  locations(after: number, count: number): Slice<string> {
    return this.#pages.get(`${this.#name} ${after} ${count}`, () => this.#locations(after, count));
  }

  /** One row with all of them is several times as fast as a row for each. */
  #locations(after: number, count: number): Slice<string> {
    const query = `
      SELECT json_group_array(member.location) AS locations, max(member.seq) AS last
      FROM (${this.#query} LIMIT :count) AS member`;
    const { locations, last } = this.#prepare(query).get({ ...this.#parameters, after, count }) as unknown as Gathered;
    return { items: JSON.parse(locations) as string[], last: last ?? after };
  }

  /** The same members as entities. */
  entities(after: number, count: number): readonly EntityRow[] {
    const query = `
      SELECT ${entityColumns}
      FROM (${this.#query} LIMIT :count) AS member CROSS JOIN entity ON entity.seq = member.seq
      ORDER BY member.seq`;
    return this.#all(query, after, count) as readonly EntityRow[];
  }

  /** All links that start at these members, in order of creation. */
  links(after: number, count: number): readonly LinkRow[] {
    const query = `
      SELECT ${entityColumns}, entity.source
      FROM (${this.#query} LIMIT :count) AS member CROSS JOIN entity ON entity.source = member.location
      ORDER BY entity.seq`;
    return this.#all(query, after, count) as readonly LinkRow[];
  }

  #all(sql: string, after: number, count: number): readonly unknown[] {
    return this.#prepare(sql).all({ ...this.#parameters, after, count });
  }
}

/** How many entities are cheaper to sort for every slice than to look for among all others. */
const few = 1_000;

function areFewUnder(prepare: Prepare, under: string): boolean {
  const statement = prepare(`
    SELECT count(*) AS found FROM (SELECT 1 FROM entity WHERE location >= :from AND location < :to LIMIT :few)`);
  return found(statement.get({ ...rangeUnder(under), few })) < few;
}

/** Mixins in the order of how many entities have them; beyond a few it does not matter. */
function rarestFirst(prepare: Prepare, project: string | undefined, mixins: readonly string[]): readonly string[] {
  if (mixins.length < 2 || project === undefined) return mixins;
  const statement = prepare(`
    SELECT count(*) AS found
    FROM (SELECT 1 FROM association WHERE project = :project AND mixin = :mixin LIMIT :few)`);
  const counted = mixins.map((mixin) => ({ mixin, members: found(statement.get({ project, mixin, few })) }));
  return counted.sort((a, b) => a.members - b.members).map(({ mixin }) => mixin);
}

function found(row: unknown): number {
  return (row as { readonly found: number }).found;
}

/** All paths that begin with `/a/`, and nothing else, sort from `/a/` up to `/a0`, because `0` comes after `/`. */
function rangeUnder(path: string): { readonly from: string; readonly to: string } {
  return { from: path, to: `${path.slice(0, -1)}0` };
}

/**
 * The query for `seq` and `location` of all members after `:after`. There is a fixed number of these queries, whatever
 * clients ask for.
 *
 * The indexes are named because SQLite has no idea how large a collection is: it may sort all that is left of one
 * again for every slice, where it could walk it in order.
 */
function membersOf({ project, kind, mixins = [], under }: Selection, fewUnder: boolean) {
  const conditions: string[] = [];
  const parameters: Parameters = {};
  let others = mixins;
  let seq = 'entity.seq';
  // Only who runs everything asks for all projects; what that costs does not matter.
  const order = kind === undefined ? 'entity_order' : 'entity_kind';
  let from = project === undefined ? 'entity' : `entity INDEXED BY ${order}`;
  if (fewUnder) {
    from = 'entity INDEXED BY entity_location';
  } else if (mixins[0] !== undefined) {
    others = mixins.slice(1);
    seq = 'association.entity';
    from = `association CROSS JOIN ${from} ON entity.seq = association.entity`;
    conditions.push('association.mixin = :mixin');
    parameters['mixin'] = mixins[0];
    if (project !== undefined) conditions.push('association.project = :project');
  }
  if (project !== undefined) {
    conditions.push('entity.project = :project');
    parameters['project'] = project;
  }
  if (kind !== undefined) {
    conditions.push('entity.kind = :kind');
    parameters['kind'] = kind;
  }
  if (under !== undefined) {
    conditions.push('entity.location >= :from AND entity.location < :to');
    Object.assign(parameters, rangeUnder(under));
  }
  if (others.length > 0) {
    conditions.push(`NOT EXISTS (
      SELECT 1 FROM json_each(:others) AS other
      WHERE NOT EXISTS (
        SELECT 1 FROM association AS a
        WHERE a.project = entity.project AND a.mixin = other.value AND a.entity = ${seq}))`);
    parameters['others'] = JSON.stringify(others);
  }
  conditions.push(`${seq} > :after`);
  return {
    query: `SELECT ${seq} AS seq, entity.location FROM ${from} WHERE ${conditions.join(' AND ')} ORDER BY ${seq}`,
    parameters,
  };
}
