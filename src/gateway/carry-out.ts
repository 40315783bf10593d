import { type Intent, Refusal, Unanswered, Unreachable } from '../backends/backend.ts';
import { core, type Entity, isLink } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';
import type { ChangeSet, Command } from '../store/store.ts';
import { retrying } from './commit.ts';
import { type Alongside, backendFor } from './keeper.ts';
import { newId } from './new-id.ts';
import { Undelivered } from './outbox.ts';
import type { Provider, Scope } from './provider.ts';

/** The commands that make an intent real, ready for the outbox. */
export function commandsFor(provider: Provider, scope: Scope, intent: Intent): readonly Command[] {
  const backend = backendFor(provider, intent.do === 'update' ? intent.after : intent.entity);
  if (backend === undefined) return [];
  try {
    return backend.plan(intent, scope.context).map((command) => ({ ...command, id: newId(), backend: backend.name }));
  } catch (error) {
    throw toClient(error);
  }
}

/**
 * Commits a change set, has its commands carried out, and takes everything back when the backend will not.
 *
 * @returns the revision of what was written
 * @throws OcciError with the backend's reason; nothing has changed then
 */
export async function carryOut(provider: Provider, scope: Scope, wanted: ChangeSet, before: Before): Promise<number> {
  const alongside = await provider.keeper?.alongside(provider, scope, wanted, before);
  const changes = alongside === undefined ? wanted : { ...wanted, objects: alongside.objects };
  if (scope.trail !== undefined) scope.trail.changes = changes;
  try {
    return await provider.outbox.carryOut(changes);
  } catch (error) {
    if (!(error instanceof Undelivered)) throw toClient(error);
    if (error.cause instanceof Unanswered && (changes.remove ?? []).length > 0) {
      // What may be gone already cannot be brought back. That it shall go is written, and is done until it is answered.
      void provider.outbox.pursue(error.failed, true);
      return error.revision;
    }
    try {
      await takeBack(provider, scope, error, changes, before, alongside);
    } catch (failure) {
      // What cannot be undone is in the record, so it has to become true.
      void provider.outbox.pursue(error.failed, true);
      throw failure;
    }
    throw toClient(error.cause);
  }
}

/** What has to be known to undo a change set: the entities as they were before it updated or removed them. */
export type Before = ReadonlyMap<string, Entity>;

/** The entities of a change set as they were. */
export function beforeOf(entities: readonly Entity[]): Before {
  return new Map(entities.map((entity) => [entity.location, entity]));
}

async function takeBack(
  provider: Provider,
  scope: Scope,
  { accepted, failed, cause }: Undelivered,
  changes: ChangeSet,
  before: Before,
  alongside: Alongside | undefined,
): Promise<void> {
  const isUnknown = cause instanceof Unanswered;
  const refused = new Set(failed.map(({ location }) => location));
  // What nobody has answered may have been carried out all the same.
  const done = new Set([...accepted, ...(isUnknown ? failed.slice(0, 1) : [])].map(({ location }) => location));
  const undone = await retrying(async () => {
    const created = await present(provider, changes.create ?? []);
    const updated = await present(provider, changes.update ?? []);
    const commands: Command[] = [];
    for (const entity of created.filter(({ location }) => done.has(location)).reverse()) {
      commands.push(...commandsFor(provider, scope, { do: 'delete', entity, ...(await endsOf(provider, entity)) }));
    }
    return provider.outbox.compensate(failed, {
      // What a backend has accepted stays as it is now; the rest goes back to what it was.
      update: updated.map((entity) => {
        const old = before.get(entity.location);
        return old !== undefined && refused.has(entity.location) ? { ...old, revision: entity.revision } : entity;
      }),
      remove: created,
      create: changes.remove ?? [],
      removeMixins: (changes.addMixins ?? []).map(({ id }) => id),
      ...(alongside && { objects: await alongside.takenBack() }),
      commands,
    });
  });
  if ((changes.addMixins ?? []).length > 0) await provider.catalogue.refresh();
  // Whatever the backend says now, the record is clean, and the outbox goes on until it is answered. Where somebody
  // answers, the client need not find traces of what it was refused.
  if (!(cause instanceof Unreachable)) await undone();
}

/** The resources at the ends of a link, as far as they are entities of this provider. */
export async function endsOf(provider: Provider, entity: Entity): Promise<{ source?: Entity; target?: Entity }> {
  if (!isLink(entity)) return {};
  const [source, target] = await Promise.all(
    [core.source, core.target].map((name) => provider.store.view(String(entity.attributes[name]))),
  );
  return {
    ...(source === undefined ? {} : { source: source.entity }),
    ...(target === undefined ? {} : { target: target.entity }),
  };
}

async function present(provider: Provider, entities: readonly Entity[]): Promise<Entity[]> {
  const views = await Promise.all(entities.map(({ location }) => provider.store.view(location)));
  return views.flatMap((view) => (view === undefined ? [] : [view.entity]));
}

/** What a client is told when a backend did not do something. */
function toClient(error: unknown): unknown {
  if (error instanceof Refusal) return new OcciError(error.code, error.message, {}, { cause: error });
  if (error instanceof Unreachable) {
    return new OcciError('unavailable', error.message, { retryAfter: 5 }, { cause: error });
  }
  return error;
}
