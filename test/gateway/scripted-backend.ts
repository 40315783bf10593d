import type { Backend, DeliverableCommand, EntityEvent, Intent, ModelFragment } from '../../src/index.ts';

/** A command of the scripted backend: what is to be done with which entity. */
export interface Scripted {
  readonly do: Intent['do'];
  readonly id: string;
  readonly action?: string;
}

/** A backend that notes what it is asked to do, and answers as a test wants. */
export interface ScriptedBackend extends Backend {
  needs?: NonNullable<Backend['needs']>;
  readonly delivered: (Scripted &
    Pick<DeliverableCommand, 'location' | 'redelivered'> & { readonly commandId: string })[];
  /** Decides what becomes of a command: events, or an exception. */
  answer: (command: Scripted, delivery: DeliverableCommand) => readonly EntityEvent[];
  /** Resolves when all listeners have dealt with it. */
  emit(event: EntityEvent): Promise<void>;
  /** Has it doubt whether it has told everything. */
  doubt(): void;
  observations: readonly EntityEvent[];
  fault: Error | undefined;
  closed: boolean;
}

/** A backend for kinds, by type identifier. */
export function scriptedBackend(
  kinds: readonly string[],
  offers: ModelFragment = { kinds: [], mixins: [], actions: [] },
): ScriptedBackend {
  const listeners = new Set<(event: EntityEvent) => Promise<void> | void>();
  const doubters = new Set<() => void>();
  const backend: ScriptedBackend = {
    name: 'scripted',
    offers,
    delivered: [],
    answer: () => [],
    observations: [],
    fault: undefined,
    closed: false,
    serves: (kind) => kinds.includes(kind),
    plan(intent) {
      const entity = intent.do === 'update' ? intent.after : intent.entity;
      const body: Scripted = {
        do: intent.do,
        id: String(entity.attributes['occi.core.id']),
        ...(intent.do === 'act' ? { action: intent.invocation.action.term } : {}),
      };
      return [{ location: entity.location, body }];
    },
    async deliver(delivery) {
      const command = delivery.body as Scripted;
      const { id: commandId, location, redelivered } = delivery;
      backend.delivered.push({ ...command, commandId, location, ...(redelivered === true ? { redelivered } : {}) });
      return backend.answer(command, delivery);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async *survey() {
      yield* backend.observations;
    },
    async health() {
      if (backend.fault !== undefined) throw backend.fault;
    },
    async close() {
      backend.closed = true;
    },
    onDoubt(listener) {
      doubters.add(listener);
      return () => doubters.delete(listener);
    },
    async emit(event) {
      await Promise.all([...listeners].map((listener) => listener(event)));
    },
    doubt() {
      for (const doubter of doubters) doubter();
    },
  };
  return backend;
}
