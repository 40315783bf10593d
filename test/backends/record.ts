import { randomUUID } from 'node:crypto';
import type { Backend, EntityEvent, Intent, PlannedCommand, RecordReader } from '../../src/backends/backend.ts';
import { core, type Entity, idOf } from '../../src/occi/entity.ts';

export const context = { requestId: 'req-900329a2', user: 'alice', project: 'tenant-1' };

/** What is known about an entity after all events. */
export type Known = Omit<EntityEvent, 'id'>;

/** A record of certain entities. */
export function recordOf(entities: () => readonly Entity[]): RecordReader {
  const ends = (entity: Entity) => [entity.attributes[core.source], entity.attributes[core.target]];
  return {
    at: async (location) => entities().find((entity) => entity.location === location),
    byId: async (id) => entities().find((entity) => idOf(entity) === id),
    linksAt: async (location) => entities().filter((entity) => ends(entity).includes(location)),
    async *entities(kind) {
      yield* entities().filter((entity) => entity.kind === kind);
    },
  };
}

/** The part of a gateway that a backend deals with: it delivers commands and keeps what events tell. */
export class Record {
  readonly backend: Backend;
  readonly #entities = new Map<string, Entity>();
  /** What the backend sees of it. */
  readonly reader = recordOf(() => [...this.#entities.values()]);
  /** How often something about an entity has come to an end. */
  readonly #settlements = new Map<string, number>();
  readonly #known = new Map<string, Known>();
  readonly #waiting = new Set<() => void>();

  constructor(backend: Backend) {
    this.backend = backend;
    backend.subscribe((event) => this.#apply(event));
  }

  /** Has an intent carried out. @returns its commands, as they were stored */
  async carryOut(intent: Intent): Promise<readonly PlannedCommand[]> {
    const subject = intent.do === 'update' ? intent.after : intent.entity;
    const commands = this.backend.plan(this.#present(intent), context);
    if (intent.do === 'delete') this.#entities.delete(subject.location);
    else this.#entities.set(subject.location, this.#entities.get(subject.location) ?? subject);
    for (const command of commands) await this.deliver(command);
    return commands;
  }

  /** Has a command delivered as the outbox does: as text, with an id of its own unless one is given. */
  async deliver(command: PlannedCommand, id: string = randomUUID(), redelivered = false): Promise<void> {
    const stored = JSON.parse(JSON.stringify({ ...command, id, redelivered }));
    this.apply(await this.backend.deliver(stored, this.reader));
  }

  /** Brings events into the record. */
  apply(events: readonly EntityEvent[]): void {
    for (const event of events) this.#apply(event);
  }

  /** Has an entity in the record without a command. */
  adopt(entity: Entity): Entity {
    this.#entities.set(entity.location, entity);
    return entity;
  }

  /** Has an entity in the record no more, without a command. */
  forget({ location }: Entity): void {
    this.#entities.delete(location);
  }

  /** What a survey tells, which is not brought into the record. */
  async survey(): Promise<readonly EntityEvent[]> {
    const told: EntityEvent[] = [];
    for await (const event of this.backend.survey(this.reader)) told.push(event);
    return told;
  }

  /** What is known about an entity now. */
  known(entity: Entity): Known {
    return this.#known.get(idOf(entity)) ?? {};
  }

  /** Has an intent carried out and waits until it is reported as over, with the entity in a state. */
  async finish(intent: Intent, state: string): Promise<Known> {
    const subject = intent.do === 'update' ? intent.after : intent.entity;
    const before = this.#settlements.get(idOf(subject)) ?? 0;
    await this.carryOut(intent);
    return this.until(subject, state, before + 1);
  }

  /** Waits until an entity is in a state and nothing is going on, or is gone; and that for the n-th time at least. */
  async until(entity: Entity, state: string, n = 1): Promise<Known> {
    for (;;) {
      const known = this.known(entity);
      if ((this.#settlements.get(idOf(entity)) ?? 0) >= n) {
        if (known.state === state && (known.message === null || state === 'error')) return known;
        if (known.gone === true && state === 'gone') return known;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
      this.#waiting.delete(resolve);
    }
  }

  /** The intent about the entities as they are now, with what backends want to remember. */
  #present<I extends Intent>(intent: I): I {
    const now = (entity: Entity) => {
      const { handle } = this.#entities.get(entity.location) ?? {};
      return handle === undefined ? entity : { ...entity, handle };
    };
    const entries = Object.entries(intent).map(([name, value]) =>
      ['entity', 'source', 'target', 'before', 'after'].includes(name) ? [name, now(value)] : [name, value],
    );
    return Object.fromEntries(entries) as I;
  }

  #apply({ id, at: _, ...event }: EntityEvent): void {
    const before = this.#known.get(id) ?? {};
    const attributes = { ...before.attributes, ...event.attributes };
    if (event.message === null || event.state === 'error' || event.gone === true) {
      this.#settlements.set(id, (this.#settlements.get(id) ?? 0) + 1);
    }
    this.#known.set(id, { ...before, ...event, attributes });
    for (const [location, entity] of this.#entities) {
      if (idOf(entity) !== id) continue;
      const host = event.host === undefined ? {} : { host: event.host };
      const handle = { ...host, ...entity.handle, ...event.handle };
      this.#entities.set(location, {
        ...entity,
        attributes: { ...entity.attributes, ...event.attributes },
        ...(Object.keys(handle).length === 0 ? {} : { handle }),
      });
    }
    for (const look of this.#waiting) look();
  }
}
