import type { QueryConfig } from 'pg';
import { Bookmarks, placedPage } from '../bookmarks.ts';
import { type ObjectRow, objectColumns, objectFrom } from '../object-row.ts';
import type { DomainLoad, Member, MemberPage, ObjectReader, StoredObject } from '../objects.ts';

/** Objects in a page of all. */
const pageSize = 500;

const all = `SELECT ${objectColumns} FROM object`;

const members = 'SELECT id, name, kind FROM object WHERE parent = $1 AND NOT hidden';

/** A page of members, and the revision of the record that they are from. */
const membersAt = `
  SELECT page.*, counter.revision FROM (${members} ORDER BY name LIMIT $2 OFFSET $3) AS page CROSS JOIN counter
  ORDER BY name`;

/** The same behind a name, where it was the last one before in that revision. Only one of the two is read. */
const membersBehind = `
  SELECT page.*, counter.revision
  FROM counter CROSS JOIN LATERAL (
    (${members} AND counter.revision = $6 AND name > $5 ORDER BY name LIMIT $4)
    UNION ALL
    (${members} AND counter.revision <> $6 ORDER BY name LIMIT $2 OFFSET $3)
  ) AS page
  ORDER BY name`;

/** An object, which is a parameter, and all below. */
const below = (id: string) => `
  WITH RECURSIVE below (id) AS (
    SELECT ${id} UNION SELECT inside.id FROM below JOIN object AS inside ON inside.parent = below.id
  )`;

/** The objects in a PostgreSQL database. */
export class PostgresObjects implements ObjectReader {
  readonly #rows: <Row extends object>(statement: QueryConfig) => Promise<readonly Row[]>;
  readonly #bookmarks = new Bookmarks();

  /** @param rows asks the database */
  constructor(rows: <Row extends object>(statement: QueryConfig) => Promise<readonly Row[]>) {
    this.#rows = rows;
  }

  async object(id: string): Promise<StoredObject | undefined> {
    const [object] = await this.#objects('object', `${all} WHERE id = $1`, [id]);
    return object;
  }

  async member(parent: string, name: string): Promise<StoredObject | undefined> {
    const [object] = await this.#objects('member', `${all} WHERE parent = $1 AND name = $2`, [parent, name]);
    return object;
  }

  path(parent: string, names: readonly string[]): Promise<readonly StoredObject[]> {
    const text = `
      WITH RECURSIVE way (depth, id) AS (
        SELECT 1, id FROM object WHERE parent = $1 AND name = ($2::text[])[1]
        UNION ALL
        SELECT depth + 1, object.id
        FROM way JOIN object ON object.parent = way.id AND object.name = ($2::text[])[depth + 1]
      )
      SELECT ${objectColumns} FROM way JOIN object ON object.id = way.id ORDER BY depth`;
    return this.#objects('path', text, [parent, names]);
  }

  lineage(id: string): Promise<readonly StoredObject[]> {
    const text = `
      WITH RECURSIVE way (height, id, parent) AS (
        SELECT 0, id, parent FROM object WHERE id = $1
        UNION ALL
        SELECT height + 1, object.id, object.parent FROM way JOIN object ON object.id = way.parent
      )
      SELECT ${objectColumns} FROM way JOIN object ON object.id = way.id ORDER BY height DESC`;
    return this.#objects('lineage', text, [id]);
  }

  async members(parent: string, page: MemberPage): Promise<readonly Member[]> {
    const { offset } = page;
    const before = this.#bookmarks.at(parent, offset);
    const placed = placedPage(page);
    const at = [parent, placed.limit, placed.offset];
    const found = await this.#rows<Member & { readonly revision: number }>(
      before === undefined
        ? { name: 'members', text: membersAt, values: at }
        : { name: 'members behind', text: membersBehind, values: [...at, page.limit, before.name, before.revision] },
    );
    const rows = found.map(({ id, name, kind }) => ({ id, name, kind }));
    const revision = found[0]?.revision ?? 0;
    const isPlaced = before === undefined || before.revision !== revision;
    return this.#bookmarks.keep({ parent, offset, rows, isPlaced, revision });
  }

  async countMembers(parent: string): Promise<number> {
    const text = 'SELECT count(*) AS count FROM object WHERE parent = $1 AND NOT hidden';
    const [row] = await this.#rows<{ count: number }>({ name: 'count members', text, values: [parent] });
    return row?.count ?? 0;
  }

  membersAfter(parent: string, name: string | undefined, count: number): Promise<readonly StoredObject[]> {
    if (name === undefined) {
      return this.#objects('first members', `${all} WHERE parent = $1 ORDER BY name LIMIT $2`, [parent, count]);
    }
    const text = `${all} WHERE parent = $1 AND name > $2 ORDER BY name LIMIT $3`;
    return this.#objects('members after', text, [parent, name, count]);
  }

  async guardIn(id: string, now: number): Promise<StoredObject | undefined> {
    const text = `
      ${below('$1::text COLLATE "C"')}
      SELECT ${objectColumns} FROM below JOIN object ON object.id = below.id WHERE object.guarded > $2 LIMIT 1`;
    const [object] = await this.#objects('guard in', text, [id, now]);
    return object;
  }

  async isDeeper(id: string, levels: number): Promise<boolean> {
    const text = `
      WITH RECURSIVE below (id, level) AS (
        SELECT $1::text COLLATE "C", 0
        UNION ALL
        SELECT inside.id, level + 1 FROM below JOIN object AS inside ON inside.parent = below.id
        WHERE level <= $2 AND NOT inside.hidden
      )
      SELECT 1 FROM below WHERE level > $2 LIMIT 1`;
    return (await this.#rows({ name: 'is deeper', text, values: [id, levels] })).length > 0;
  }

  ofDomain(domain: string, count: number): Promise<readonly StoredObject[]> {
    return this.#objects('of domain', `${all} WHERE domain = $1 ORDER BY id LIMIT $2`, [domain, count]);
  }

  async domainLoad(domain: string): Promise<DomainLoad> {
    const text = 'SELECT count(*) AS count, coalesce(sum(size), 0)::bigint AS size FROM object WHERE domain = $1';
    const [load] = await this.#rows<DomainLoad>({ name: 'domain load', text, values: [domain] });
    return load ?? { count: 0, size: 0 };
  }

  async *all(project: string, after = ''): AsyncGenerator<readonly StoredObject[]> {
    let last = after;
    for (;;) {
      const text = `${all} WHERE project = $1 AND id > $2 ORDER BY id LIMIT $3`;
      const objects = await this.#objects('objects of project', text, [project, last, pageSize]);
      if (objects.length > 0) yield objects;
      if (objects.length < pageSize) return;
      last = objects.at(-1)?.id ?? last;
    }
  }

  expired(now: number, count: number): Promise<readonly StoredObject[]> {
    const text = `
      ${all} WHERE expires <= $1 AND NOT EXISTS (
        ${below('object.id')}
        SELECT FROM below JOIN object AS inside ON inside.id = below.id WHERE inside.guarded > $1
      )
      ORDER BY expires LIMIT $2`;
    return this.#objects('expired objects', text, [now, count]);
  }

  async unusedValues(count: number): Promise<readonly string[]> {
    const text = 'SELECT value FROM unused_value ORDER BY value LIMIT $1';
    return (await this.#rows<{ value: string }>({ name: 'unused values', text, values: [count] })).map(
      ({ value }) => value,
    );
  }

  async usedValues(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const text = 'SELECT DISTINCT value FROM object_value WHERE value = ANY ($1)';
    const rows = await this.#rows<{ value: string }>({ name: 'used values', text, values: [keys] });
    return new Set(rows.map(({ value }) => value));
  }

  async #objects(name: string, text: string, values: readonly unknown[]): Promise<readonly StoredObject[]> {
    return (await this.#rows<ObjectRow>({ name, text, values: [...values] })).map(objectFrom);
  }
}
