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
import { Overlay } from './overlay.ts';

/** An entity, as far as change sets depend on it. */
export interface Standing extends Counted {
  readonly seq: number;
  readonly location: string;
  readonly id: string;
  readonly revision: number;
  readonly source: string | null;
  readonly target: string | null;
  readonly mixins: readonly string[];
  /** The column of that name, when it is to be written. */
  readonly document?: string;
}

/** A run-time mixin. */
export interface Tag {
  readonly seq: number;
  readonly project: string;
  readonly id: string;
  readonly location: string;
  /** What is to be written, when it is new. */
  readonly document?: string;
}

/** A row of the outbox that is to be written. */
export interface NewCommand extends Omit<Command, 'body'> {
  readonly seq: number;
  readonly body: string;
}

/** What the database says about everything that is mentioned in some change sets. */
export interface Loaded {
  readonly revision: number;
  readonly seq: number;
  readonly entities: readonly Standing[];
  readonly mixins: readonly Tag[];
  /** Ids that are taken. */
  readonly commands: readonly string[];
  /** What the projects use that have limits. */
  readonly usage: readonly Booking[];
}

/**
 * The part of the record that some change sets are about, in memory: they are applied here one by one, each wholly or
 * not at all, and what has become of it is written in one go. Nobody may change the database meanwhile.
 */
export class Excerpt {
  readonly #loaded: Loaded;
  /** By location. */
  readonly #entities: Overlay<string, Standing>;
  /** Locations by id. */
  readonly #ids: Overlay<string, string>;
  /** By project and id. */
  readonly #mixins: Overlay<string, Tag>;
  /** By project and location. */
  readonly #collections: Overlay<string, Tag>;
  readonly #commands: Overlay<string, NewCommand | 'taken'>;
  /** New revisions of entities that are not here: no change set is based on them. */
  readonly #touched = new Overlay<string, number>();
  /** What projects used before, as far as it is known, with what the change sets have booked; and that alone. */
  readonly #used = new Bookings();
  readonly #booked = new Bookings();
  #revision: number;
  #seq: number;
  #mixinsChanged = false;

  constructor(loaded: Loaded) {
    const { entities, mixins, commands, usage } = loaded;
    this.#loaded = loaded;
    this.#revision = loaded.revision;
    this.#seq = loaded.seq;
    this.#entities = new Overlay(entities.map((entity) => [entity.location, entity]));
    this.#ids = new Overlay(entities.map(({ id, location }) => [id, location]));
    this.#mixins = new Overlay(mixins.map((mixin) => [ofProject(mixin.project, mixin.id), mixin]));
    this.#collections = new Overlay(mixins.map((mixin) => [ofProject(mixin.project, mixin.location), mixin]));
    this.#commands = new Overlay(commands.map((id) => [id, 'taken']));
    for (const { project, what, amount } of usage) this.#used.add(project, what, amount);
  }

  /**
   * What a change set is based on is compared with what is there before; what it requires, and that nothing is left
   * pointing at what it removed, is looked up in what is there after it.
   *
   * @param bookings what it changes of what projects use besides entities and mixins
   * @returns the revision of everything it has written
   * @throws Conflict, LimitExceeded, or Error when it makes no sense; it has changed nothing then
   */
  apply(changes: ChangeSet, bookings = new Bookings()): number {
    const parts = [this.#entities, this.#ids, this.#mixins, this.#collections, this.#commands, this.#touched];
    const revision = this.#revision + 1;
    try {
      this.#changeEntities(changes, revision, bookings);
      this.#changeMixins(changes, bookings);
      for (const command of changes.commands ?? []) this.#addCommand(command);
      this.#check(changes);
      this.#checkLimits(changes, bookings);
    } catch (error) {
      for (const part of parts) part.drop();
      throw error;
    }
    for (const part of parts) part.keep();
    for (const booked of [this.#used, this.#booked]) booked.addAll(bookings);
    this.#revision = revision;
    if (changes.addMixins?.length || changes.removeMixins?.length) this.#mixinsChanged = true;
    return revision;
  }

  /** What has to be written. */
  differences() {
    const { seq: start, entities, mixins } = this.#loaded;
    const present = [...this.#entities.values()];
    const known = new Map(entities.map((entity) => [entity.seq, entity]));
    const created = present.filter(({ seq }) => seq > start);
    const changed = present.filter((entity) => known.has(entity.seq) && known.get(entity.seq) !== entity);
    const retagged = changed.filter(({ seq, mixins }) => !sameMembers(mixins, known.get(seq)?.mixins ?? []));
    const touched = changed.filter(({ document }) => document === undefined);
    return {
      revision: this.#revision,
      seq: this.#seq,
      mixinsChanged: this.#mixinsChanged,
      removed: entities.filter(({ location, seq }) => this.#entities.get(location)?.seq !== seq).map(({ seq }) => seq),
      created,
      updated: changed.filter(({ document }) => document !== undefined),
      touched: [
        ...touched.map(({ location, revision }) => ({ location, revision })),
        ...[...this.#touched.entries()].map(([location, revision]) => ({ location, revision })),
      ],
      retagged: retagged.map(({ seq }) => seq),
      associations: [...created, ...retagged].flatMap(({ seq, project, mixins }) =>
        mixins.map((mixin) => ({ project, mixin, seq })),
      ),
      removedMixins: mixins
        .filter((mixin) => this.#mixins.get(ofProject(mixin.project, mixin.id)) !== mixin)
        .map(({ seq }) => seq),
      addedMixins: [...this.#mixins.values()].filter(({ document }) => document !== undefined),
      commands: [...this.#commands.values()].filter((command) => command !== 'taken'),
      bookings: [...this.#booked.rows()],
    };
  }

  #changeEntities({ remove = [], update = [], create = [] }: ChangeSet, revision: number, bookings: Bookings): void {
    const sources = new Set<string | null>();
    for (const entity of remove) this.#remove(entity, sources, bookings);
    for (const entity of update) this.#update(entity, revision, sources, bookings);
    for (const entity of create) this.#create(entity, revision, sources, bookings);
    // An entity is rendered with its links, so its revision has to tell when they have changed.
    for (const source of sources) if (source !== null) this.#touch(source, revision);
  }

  #remove(entity: Entity, sources: Set<string | null>, bookings: Bookings): void {
    const present = this.#present(entity);
    this.#entities.delete(present.location);
    this.#ids.delete(present.id);
    bookings.take(present);
    sources.add(present.source);
  }

  #update(entity: Entity, revision: number, sources: Set<string | null>, bookings: Bookings): void {
    const present = this.#present(entity);
    const { location, project, kind, id } = present;
    if (kind !== entity.kind || id !== idOf(entity) || project !== entity.project) {
      const wanted = `${idOf(entity)} of ${entity.kind} in ${entity.project}`;
      throw new Error(`${location} is ${id} of kind ${kind} in ${project} for life, not ${wanted}`);
    }
    const next = { ...present, ...contentOf(entity), revision };
    this.#entities.set(location, next);
    bookings.change(present, next.amounts);
    sources.add(present.source).add(next.source);
  }

  #create(entity: Entity, revision: number, sources: Set<string | null>, bookings: Bookings): void {
    const { location, project, kind } = entity;
    const id = idOf(entity);
    if (id === '') throw new Error(`${location} has no ${core.id}`);
    if (this.#entities.has(location) || this.#ids.has(id)) {
      throw new Conflict(`the location ${location} or the id ${id} is taken`);
    }
    const next = { seq: this.#next(), location, project, id, kind, revision, ...contentOf(entity) };
    this.#entities.set(location, next);
    this.#ids.set(id, location);
    bookings.give(next);
    sources.add(next.source);
  }

  #touch(location: string, revision: number): void {
    const present = this.#entities.get(location);
    if (present !== undefined) this.#entities.set(location, { ...present, revision });
    else this.#touched.set(location, revision);
  }

  #changeMixins({ project = commonProject, removeMixins = [], addMixins = [] }: ChangeSet, bookings: Bookings): void {
    for (const id of removeMixins) {
      const tag = this.#mixins.get(ofProject(project, id));
      if (tag === undefined) throw new Conflict(`there is no mixin ${id} any more`);
      this.#mixins.delete(ofProject(project, id));
      this.#collections.delete(ofProject(project, tag.location));
    }
    for (const mixin of addMixins) {
      const { id, location } = mixin;
      if (this.#mixins.has(ofProject(project, id)) || this.#collections.has(ofProject(project, location))) {
        throw new Conflict(`the mixin ${id} or its location ${location} is taken`);
      }
      const tag = { seq: this.#next(), project, id, location, document: JSON.stringify(mixin) };
      this.#mixins.set(ofProject(project, id), tag);
      this.#collections.set(ofProject(project, location), tag);
    }
    bookings.add(project, ownMixins, (addMixins.length - removeMixins.length) * perUnit);
  }

  #addCommand({ id, backend, location, body }: Command): void {
    if (this.#commands.has(id)) throw new Conflict(`the command id ${id} is taken`);
    this.#commands.set(id, { seq: this.#next(), id, backend, location, body: JSON.stringify(body) });
  }

  #check(changes: ChangeSet): void {
    const {
      project = commonProject,
      remove = [],
      requireEntities = [],
      removeMixins = [],
      requireMixins = [],
    } = changes;
    const gone = new Set(remove.map(({ location }) => location));
    const unwanted = new Set(removeMixins);
    if (gone.size + unwanted.size > 0) {
      for (const { location, project: owner, source, target, mixins } of this.#entities.values()) {
        const end = [source, target].find((end) => end !== null && gone.has(end));
        if (end !== undefined) throw new Conflict(`the link ${location} starts or ends at ${end}`);
        const mixin = owner === project ? mixins.find((mixin) => unwanted.has(mixin)) : undefined;
        if (mixin !== undefined) throw new Conflict(`${location} has the mixin ${mixin}`);
      }
    }
    for (const location of requireEntities) {
      if (!this.#entities.has(location)) throw new Conflict(`there is nothing at ${location}`);
    }
    for (const id of requireMixins) {
      if (!this.#mixins.has(ofProject(project, id))) throw new Conflict(`there is no mixin ${id}`);
    }
  }

  #checkLimits({ project = commonProject, limits = [] }: ChangeSet, bookings: Bookings): void {
    checkLimits(
      limits,
      (what) => this.#used.of(project, what),
      (what) => bookings.of(project, what),
    );
  }

  /** What is there now, provided that it is what a value is based on. */
  #present({ location, revision }: Entity): Standing {
    const present = this.#entities.get(location);
    if (present === undefined) throw new Conflict(`there is nothing at ${location} any more`);
    if (present.revision !== revision) {
      throw new Conflict(`${location} has changed: it is at revision ${present.revision}, not ${revision}`);
    }
    return present;
  }

  #next(): number {
    this.#seq += 1;
    return this.#seq;
  }
}

function contentOf(entity: Entity) {
  return {
    source: localEnd(entity, core.source),
    target: localEnd(entity, core.target),
    mixins: entity.mixins,
    amounts: amountsColumn(amountsOf(entity)),
    document: documentOf(entity),
  };
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(others);
  return new Set(some).size === set.size && some.every((item) => set.has(item));
}

/** What is a project's own; no name has a zero character in it. */
function ofProject(project: string, name: string): string {
  return `${project}\u0000${name}`;
}
