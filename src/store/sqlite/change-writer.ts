import type { DatabaseSync } from 'node:sqlite';
import { commonProject, core, type Entity, idOf } from '../../occi/entity.ts';
import {
  amountsColumn,
  amountsOf,
  type Booking,
  Bookings,
  type Counted,
  checkLimits,
  ownMixins,
  perUnit,
} from '../amounts.ts';
import { documentOf, localEnd } from '../rows.ts';
import { type ChangeSet, type Command, Conflict } from '../store.ts';
import { ObjectWriter } from './object-writer.ts';
import { prepareWrites, type WriteStatements } from './statements.ts';

interface Present extends Counted {
  readonly seq: number;
  readonly id: string;
  readonly revision: number;
  readonly source: string | null;
}

/**
 * Writes change sets into the transaction that is open.
 *
 * What a change set is based on is compared with what is there before; what it requires, and that nothing is left
 * pointing at what it removed, is looked up in what is there after it.
 */
export class ChangeWriter {
  /** The locations whose views may have changed since somebody last emptied it, each with its last revision. */
  readonly touched = new Map<string, number>();
  readonly #sql: WriteStatements;
  readonly #objects: ObjectWriter;

  #revision = 0;
  /** What the change sets of the transaction have booked. */
  #booked = new Bookings();
  /** What projects used before it, as far as somebody has asked. */
  readonly #usage = new Map<string, ReadonlyMap<string, number>>();

  constructor(database: DatabaseSync) {
    this.#sql = prepareWrites(database);
    this.#objects = new ObjectWriter(database);
  }

  /** Has to come first in a transaction: it reads the counter, which is counted on in memory. */
  begin(): void {
    this.#revision = (this.#sql.revision.get() as { revision: number }).revision;
    this.#booked = new Bookings();
    this.#usage.clear();
  }

  /** Has to come last in a transaction. */
  end(): void {
    this.#sql.setRevision.run(this.#revision);
    for (const { project, what, amount } of this.#booked.rows()) this.#sql.book.run(project, what, amount);
  }

  /**
   * @returns the revision of everything that was written
   * @throws Conflict, LimitExceeded and leaves half of it written: the caller rolls back
   */
  apply(changes: ChangeSet): number {
    const revision = this.#revision + 1;
    const bookings = new Bookings();
    this.#changeEntities(changes, revision, bookings);
    this.#changeMixins(changes, bookings);
    if (changes.objects !== undefined) this.#objects.apply(changes.objects, revision, bookings);
    for (const command of changes.commands ?? []) this.#addCommand(command);
    this.#check(changes);
    this.#checkLimits(changes, bookings);
    this.#revision = revision;
    this.#booked.addAll(bookings);
    return revision;
  }

  /** Forgets commands. */
  settle(ids: Iterable<string>): void {
    this.#sql.deleteCommands.run(JSON.stringify([...ids]));
  }

  #changeEntities({ remove = [], update = [], create = [] }: ChangeSet, revision: number, bookings: Bookings): void {
    const sources = new Set<string>();
    for (const entity of remove) this.#remove(entity, sources, bookings);
    for (const entity of update) this.#update(entity, revision, sources, bookings);
    for (const entity of create) this.#create(entity, revision, sources, bookings);
    // An entity is rendered with its links, so its revision has to tell when they have changed.
    for (const source of sources) this.#sql.touchEntity.run(revision, source);
    for (const { location } of [...remove, ...update, ...create]) this.touched.set(location, revision);
    for (const source of sources) {
      this.touched.set(source, revision);
      // Where it is a link itself, it is shown with what it starts at.
      const { source: above = null } = (this.#sql.present.get(source) as Present | undefined) ?? {};
      if (above !== null) this.touched.set(above, revision);
    }
  }

  #changeMixins({ project = commonProject, removeMixins = [], addMixins = [] }: ChangeSet, bookings: Bookings): void {
    for (const id of removeMixins) {
      if (this.#sql.deleteMixin.run(project, id).changes === 0) throw new Conflict(`there is no mixin ${id} any more`);
    }
    for (const mixin of addMixins) {
      const { changes } = this.#sql.insertMixin.run(project, mixin.id, mixin.location, JSON.stringify(mixin));
      if (changes === 0) throw new Conflict(`the mixin ${mixin.id} or its location ${mixin.location} is taken`);
    }
    if (removeMixins.length + addMixins.length > 0) this.#sql.countMixinChange.run();
    bookings.add(project, ownMixins, (addMixins.length - removeMixins.length) * perUnit);
  }

  #check(changes: ChangeSet): void {
    const {
      project = commonProject,
      remove = [],
      requireEntities = [],
      removeMixins = [],
      requireMixins = [],
    } = changes;
    for (const { location } of remove) {
      const link = this.#sql.linkAt.get(location);
      if (link !== undefined) throw new Conflict(`the link ${link['location']} starts or ends at ${location}`);
    }
    for (const location of requireEntities) {
      if (this.#sql.present.get(location) === undefined) throw new Conflict(`there is nothing at ${location}`);
    }
    for (const id of removeMixins) {
      const entity = this.#sql.entityWith.get(project, id);
      if (entity !== undefined) throw new Conflict(`${entity['location']} has the mixin ${id}`);
    }
    for (const id of requireMixins) {
      if (this.#sql.mixin.get(project, id) === undefined) throw new Conflict(`there is no mixin ${id}`);
    }
  }

  #checkLimits({ project = commonProject, limits = [] }: ChangeSet, bookings: Bookings): void {
    if (limits.length === 0) return;
    const recorded = this.#usageOf(project);
    checkLimits(
      limits,
      (what) => (recorded.get(what) ?? 0) + this.#booked.of(project, what),
      (what) => bookings.of(project, what),
    );
  }

  /** What a project used before the transaction. */
  #usageOf(project: string): ReadonlyMap<string, number> {
    let usage = this.#usage.get(project);
    if (usage === undefined) {
      const rows = this.#sql.usage.all(project) as unknown as readonly Omit<Booking, 'project'>[];
      usage = new Map(rows.map(({ what, amount }) => [what, amount]));
      this.#usage.set(project, usage);
    }
    return usage;
  }

  #remove(entity: Entity, sources: Set<string>, bookings: Bookings): void {
    const present = this.#present(entity);
    this.#sql.deleteEntity.run(present.seq);
    bookings.take(present);
    if (present.source !== null) sources.add(present.source);
  }

  #update(entity: Entity, revision: number, sources: Set<string>, bookings: Bookings): void {
    const present = this.#present(entity);
    const { seq, project, kind, id, source: before } = present;
    if (kind !== entity.kind || id !== idOf(entity) || project !== entity.project) {
      const wanted = `${idOf(entity)} of ${entity.kind} in ${entity.project}`;
      throw new Error(`${entity.location} is ${id} of kind ${kind} in ${project} for life, not ${wanted}`);
    }
    const source = localEnd(entity, core.source);
    const target = localEnd(entity, core.target);
    const amounts = amountsColumn(amountsOf(entity));
    this.#sql.updateEntity.run(revision, source, target, amounts, documentOf(entity), seq);
    bookings.change(present, amounts);
    for (const end of [before, source]) if (end !== null) sources.add(end);

    const associated = new Set(this.#sql.associations.all(seq).map((row) => row['mixin'] as string));
    for (const mixin of entity.mixins) if (!associated.delete(mixin)) this.#sql.associate.run(project, mixin, seq);
    for (const mixin of associated) this.#sql.disassociate.run(project, mixin, seq);
  }

  #create(entity: Entity, revision: number, sources: Set<string>, bookings: Bookings): void {
    const { location, project, kind } = entity;
    const id = idOf(entity);
    if (id === '') throw new Error(`${location} has no ${core.id}`);
    const source = localEnd(entity, core.source);
    const target = localEnd(entity, core.target);
    const taken = amountsOf(entity);
    const amounts = amountsColumn(taken);
    // In the order of the columns: names would be looked up for every row.
    const row = [location, project, id, kind, revision, source, target, amounts, documentOf(entity)] as const;
    const { changes, lastInsertRowid: seq } = this.#sql.insertEntity.run(...row);
    if (changes === 0) throw new Conflict(`the location ${location} or the id ${id} is taken`);
    for (const mixin of entity.mixins) this.#sql.associate.run(project, mixin, seq);
    bookings.give({ project, kind, amounts }, taken);
    if (source !== null) sources.add(source);
  }

  #addCommand({ id, backend, location, body }: Command): void {
    const { changes } = this.#sql.insertCommand.run(id, backend, location, JSON.stringify(body));
    if (changes === 0) throw new Conflict(`the command id ${id} is taken`);
  }

  /** What is there now, provided that it is what a value is based on. */
  #present({ location, revision }: Entity): Present {
    const present = this.#sql.present.get(location) as Present | undefined;
    if (present === undefined) throw new Conflict(`there is nothing at ${location} any more`);
    if (present.revision !== revision) {
      throw new Conflict(`${location} has changed: it is at revision ${present.revision}, not ${revision}`);
    }
    return present;
  }
}
