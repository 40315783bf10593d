import type { EntityEvent } from '../backends/backend.ts';
import { sameValue, type Value } from '../occi/attribute.ts';
import type { Entity } from '../occi/entity.ts';
import type { Model } from '../occi/model.ts';
import type { Store } from '../store/store.ts';
import type { Catalogue } from './catalogue.ts';
import { retrying } from './commit.ts';
import { inOrder, stateOf, withState } from './lifecycle.ts';

/** An event on its way into the record. */
interface Waiting {
  readonly event: EntityEvent;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Brings what backends report into the record, in the order in which it was reported for each entity. What comes while
 * an entity is being written is written together afterwards, and an event that tells nothing new writes nothing, so
 * events may be many and may be repeated.
 */
export class EventSink {
  readonly #store: Store;
  readonly #catalogue: Catalogue;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #working = new Map<string, Promise<void>>();

  constructor(store: Store, catalogue: Catalogue) {
    this.#store = store;
    this.#catalogue = catalogue;
  }

  /** Resolves when the event is in the record. */
  apply(event: EntityEvent): Promise<void> {
    const { id } = event;
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(id) ?? [];
      waiting.push({ event, resolve, reject });
      this.#waiting.set(id, waiting);
      if (!this.#working.has(id)) this.#working.set(id, this.#work(id));
    });
  }

  /** Resolves when nothing is on its way into the record. */
  async idle(): Promise<void> {
    await Promise.all(this.#working.values());
  }

  async #work(id: string): Promise<void> {
    for (let batch = this.#waiting.get(id); batch !== undefined; batch = this.#waiting.get(id)) {
      this.#waiting.delete(id);
      try {
        const events = batch.map(({ event }) => event);
        await retrying(() => this.#write(id, events));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#working.delete(id);
  }

  async #write(id: string, events: readonly EntityEvent[]): Promise<void> {
    const entity = await this.#store.byId(id);
    if (entity === undefined) return;
    const { model } = this.#catalogue;
    const next = events.reduce((now, event) => afterEvent(model, now, event) ?? now, entity);
    if (next !== entity) await this.#store.commit({ update: [next] });
  }
}

/** An entity after an event; undefined when the event tells nothing new. */
export function afterEvent(model: Model, entity: Entity, event: EntityEvent): Entity | undefined {
  const lifecycle = model.lifecycleOf(entity.kind);
  const message = event.gone === true ? 'the backend does not have it any more' : event.message;
  const state = event.gone === true ? lifecycle?.error : event.state;
  // A change is over when the backend has nothing more to say about it, or when it failed.
  const settled = message === null || (state !== undefined && state === lifecycle?.error);
  const values: Record<string, Value> = { ...entity.attributes, ...event.attributes };
  const mixins = [...entity.mixins, ...news(model, entity, event.mixins ?? [])];
  const changed: Entity = {
    ...entity,
    mixins,
    attributes: inOrder(model, entity.kind, mixins, values),
    ...(event.handle === undefined ? {} : { handle: { ...entity.handle, ...event.handle } }),
  };
  const next = withState(model, changed, {
    ...(state === undefined ? {} : { state }),
    ...(message === undefined ? {} : { message }),
    ...(settled ? { pending: null } : {}),
  });
  const same =
    next.mixins.length === entity.mixins.length &&
    sameValue(next.attributes, entity.attributes) &&
    sameValue(next.handle ?? {}, entity.handle ?? {}) &&
    next.pending?.to === entity.pending?.to &&
    (lifecycle === undefined || stateOf(next, lifecycle) === stateOf(entity, lifecycle));
  return same ? undefined : next;
}

function news(model: Model, entity: Entity, mixins: readonly string[]): readonly string[] {
  return mixins.filter((id) => {
    const mixin = model.mixin(id);
    return mixin !== undefined && !entity.mixins.includes(id) && model.applies(mixin, entity.kind);
  });
}
