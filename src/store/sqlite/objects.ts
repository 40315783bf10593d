import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Bookmarks, placedPage } from '../bookmarks.ts';
import { type ObjectRow, objectFrom } from '../object-row.ts';
import type { DomainLoad, Member, MemberPage, ObjectReader, StoredObject } from '../objects.ts';
import { prepareObjectReads } from './object-reads.ts';

/** Objects in a page of all. */
const pageSize = 500;

/** Objects that are counted at once: some milliseconds. */
const loadPage = 20_000;

/** The objects in the embedded store. */
export class SqliteObjects implements ObjectReader {
  readonly #sql;
  readonly #begin: () => void;
  readonly #bookmarks = new Bookmarks();

  /** @param begin has to be called before everything that is read in one go */
  constructor(database: DatabaseSync, begin: () => void) {
    this.#sql = prepareObjectReads(database);
    this.#begin = begin;
  }

  async object(id: string): Promise<StoredObject | undefined> {
    this.#begin();
    return objectIn(this.#sql.object.get(id));
  }

  async member(parent: string, name: string): Promise<StoredObject | undefined> {
    this.#begin();
    return objectIn(this.#sql.member.get(parent, name));
  }

  async path(parent: string, names: readonly string[]): Promise<readonly StoredObject[]> {
    this.#begin();
    return objectsIn(this.#sql.path.all(parent, JSON.stringify(names)));
  }

  async lineage(id: string): Promise<readonly StoredObject[]> {
    this.#begin();
    return objectsIn(this.#sql.lineage.all(id));
  }

  async members(parent: string, page: MemberPage): Promise<readonly Member[]> {
    this.#begin();
    const { offset, limit } = page;
    const { members, membersBehind } = this.#sql;
    const before = this.#bookmarks.at(parent, offset);
    const placed = placedPage(page);
    const found =
      before === undefined
        ? members.all(parent, placed.limit, placed.offset)
        : membersBehind.all(parent, before.name, limit);
    const rows = (found as unknown as readonly Member[]).map(({ id, name, kind }) => ({ id, name, kind }));
    return this.#bookmarks.keep({ parent, offset, rows, isPlaced: before === undefined, revision: 0 });
  }

  /** Has to be called when objects have changed. */
  changed(): void {
    this.#bookmarks.forget();
  }

  async countMembers(parent: string): Promise<number> {
    this.#begin();
    return (this.#sql.countMembers.get(parent) as { count: number }).count;
  }

  async membersAfter(parent: string, name: string | undefined, count: number): Promise<readonly StoredObject[]> {
    this.#begin();
    const { firstMembers, membersAfter } = this.#sql;
    return objectsIn(name === undefined ? firstMembers.all(parent, count) : membersAfter.all(parent, name, count));
  }

  async guardIn(id: string, now: number): Promise<StoredObject | undefined> {
    this.#begin();
    return objectIn(this.#sql.guardIn.get(id, now));
  }

  async isDeeper(id: string, levels: number): Promise<boolean> {
    this.#begin();
    return this.#sql.isDeeper.get(id, levels) !== undefined;
  }

  async ofDomain(domain: string, count: number): Promise<readonly StoredObject[]> {
    this.#begin();
    return objectsIn(this.#sql.ofDomain.all(domain, count));
  }

  async domainLoad(domain: string): Promise<DomainLoad> {
    const load = { count: 0, size: 0 };
    for (let last = ''; ; await nextTurn()) {
      this.#begin();
      const page = this.#sql.domainLoad.get(domain, last, loadPage) as unknown as DomainLoad & { last: string };
      load.count += page.count;
      load.size += page.size;
      if (page.count < loadPage) return load;
      last = page.last;
    }
  }

  async *all(project: string, after = ''): AsyncGenerator<readonly StoredObject[]> {
    let last = after;
    for (;;) {
      this.#begin();
      const objects = objectsIn(this.#sql.ofProject.all(project, last, pageSize));
      if (objects.length > 0) yield objects;
      if (objects.length < pageSize) return;
      last = objects.at(-1)?.id ?? last;
      await nextTurn();
    }
  }

  async expired(now: number, count: number): Promise<readonly StoredObject[]> {
    this.#begin();
    return objectsIn(this.#sql.expired.all(now, count));
  }

  async unusedValues(count: number): Promise<readonly string[]> {
    this.#begin();
    return this.#sql.unusedValues.all(count).map(({ value }) => value as string);
  }

  async usedValues(keys: readonly string[]): Promise<ReadonlySet<string>> {
    this.#begin();
    return new Set(this.#sql.usedValues.all(JSON.stringify(keys)).map(({ value }) => value as string));
  }
}

function objectIn(row: unknown): StoredObject | undefined {
  return row === undefined ? undefined : objectFrom(row as ObjectRow);
}

function objectsIn(rows: readonly unknown[]): readonly StoredObject[] {
  return (rows as readonly ObjectRow[]).map(objectFrom);
}
