import type { Before } from '../../gateway/carry-out.ts';
import { type Alongside, type Keeper, keeperOf, type Meant } from '../../gateway/keeper.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import { cdmiPath } from '../../gateway/reserved-paths.ts';
import { sameValue } from '../../occi/attribute.ts';
import { core, type Entity } from '../../occi/entity.ts';
import { OcciError, quoteToken } from '../../occi/errors.ts';
import type { ObjectChanges } from '../../store/objects.ts';
import type { ChangeSet } from '../../store/store.ts';
import { changed } from '../changes.ts';
import type { Found } from '../found.ts';
import type { Container } from '../object.ts';
import { readObjectId } from '../object-id.ts';
import { readPath } from '../path.ts';
import { type Cdmi, type Session, sessionFor } from '../session.ts';
import { toStored } from '../stored-form.ts';
import { find, findById } from '../tree.ts';
import { linkedTo } from './exported.ts';
import { containerMixin, containerOf, keeperName, storageSize, withoutExports } from './storage.ts';

const storageLink = 'http://schemas.ogf.org/occi/infrastructure#storagelink';
const deviceId = 'occi.storagelink.deviceid';

/** What OCCI has to know of containers that are exported to it (ISO/IEC 17826 §13.3, GFD.224 §3.4.3). */
export function containerKeeper(cdmi: Cdmi): Keeper {
  return {
    async meant(provider, scope, kind, said) {
      if (kind.id !== storageLink) return undefined;
      const device = said.get(deviceId);
      const session = sessionFor(cdmi, provider, scope, scope.space);
      const storage = await targetOf(session, said.get(core.target), readObjectId(String(device)));
      return storage === undefined ? undefined : meantBy(storage, device);
    },
    async alongside(provider, scope, changes, before) {
      checkCreated(changes);
      checkUpdated(changes, before);
      const gone = (changes.remove ?? []).filter((entity) => containerOf(entity) !== undefined);
      if (gone.length === 0) return undefined;
      return unexported(sessionFor(cdmi, provider, scope, scope.space), gone);
    },
  };
}

/**
 * The storage that is meant, by its location, by the URI of its container, or, where no target is named, by the
 * container's object ID.
 *
 * @throws OcciError `bad-reference` where there is none
 */
async function targetOf(session: Session, target: unknown, id: string | undefined): Promise<Entity | undefined> {
  if (typeof target !== 'string') {
    if (id === undefined) return undefined;
    return storageOf(session, await findById(session, id), deviceId, id);
  }
  if (target.startsWith(cdmiPath)) {
    const path = readPath(target.slice(cdmiPath.length - 1));
    return storageOf(session, await find(session, path), core.target, target);
  }
  if (!target.startsWith('/')) return undefined;
  const entity = (await session.store.view(target))?.entity;
  return entity !== undefined && containerOf(entity) !== undefined ? entity : undefined;
}

async function storageOf(session: Session, found: Found | undefined, name: string, said: string): Promise<Entity> {
  const linked = found?.object.kind === 'container' ? await linkedTo(session, found.object) : undefined;
  if (linked !== undefined) return linked.storage;
  throw new OcciError('bad-reference', `${name}: there is no exported container ${quoteToken(said)} here`, {
    token: said,
  });
}

/** GFD.224 §3.4.3 has the container's object ID in the link. */
function meantBy(target: Entity, said: unknown): Meant {
  const id = containerOf(target) as string;
  if (said !== undefined && String(said).toUpperCase() !== id) {
    throw new OcciError('bad-reference', `${deviceId} of a link to ${target.location} is the object ID ${id}`, {
      token: String(said),
    });
  }
  return { target, values: { [deviceId]: id } };
}

/** @throws OcciError `mixin-not-applicable` */
function checkCreated({ create = [] }: ChangeSet): void {
  for (const { mixins } of create) if (mixins.includes(containerMixin)) throw ofTheProvider();
}

/** @throws OcciError `mixin-not-applicable`, `attribute-immutable` */
function checkUpdated({ update = [] }: ChangeSet, before: Before): void {
  for (const after of update) {
    const old = before.get(after.location);
    if (old === undefined) continue;
    if (old.mixins.includes(containerMixin) !== after.mixins.includes(containerMixin)) throw ofTheProvider();
    if (keeperOf(old) !== keeperName) continue;
    for (const name of [storageSize, deviceId]) {
      const [value, other] = [old.attributes[name], after.attributes[name]];
      if (value === other || (value !== undefined && other !== undefined && sameValue(value, other))) continue;
      throw new OcciError('attribute-immutable', `${name} of ${after.location} cannot be changed: CDMI has it so`, {
        token: name,
      });
    }
  }
}

function ofTheProvider(): OcciError {
  return new OcciError(
    'mixin-not-applicable',
    `${containerMixin} is put on storage by exporting a container in CDMI, and goes with that storage`,
    { token: containerMixin },
  );
}

/** Takes the exports away for which storage stands that is to go; the containers stay. */
async function unexported(session: Session, storages: readonly Entity[]): Promise<Alongside> {
  authorizeFor(session, 'cdmi', 'update');
  const containers: Container[] = [];
  for (const storage of storages) {
    const found = await findById(session, containerOf(storage) as string);
    // It may have been exported anew while CDMI was off, and nobody saw this one go.
    if (found?.object.kind !== 'container' || found.object.storage !== storage.location) continue;
    changed(session, found, { named: [] }, ['attributes']);
    containers.push(found.object);
  }
  const after = new Map(
    containers.map((before) => [
      before,
      { ...withoutExports(before), modified: Math.max(session.now(), before.modified + 1) },
    ]),
  );
  return {
    objects: written(session, [...after.values()]),
    takenBack: async () => {
      const back = [...after].map(([before, without]) => asBefore(session, before, without));
      return written(session, await Promise.all(back));
    },
  };
}

/** A container with the exports that were taken away. @throws OcciError `conflict` when that cannot be undone any more */
async function asBefore(session: Session, before: Container, without: Container): Promise<Container> {
  const { id, exports, storage } = before;
  const now = (await findById(session, id))?.object;
  if (now?.kind !== 'container' || now.storage !== undefined || storage === undefined) {
    throw new OcciError('conflict', `the container ${id} has changed meanwhile`);
  }
  const modified = now.modified === without.modified ? before.modified : now.modified;
  return { ...now, exports, storage, modified };
}

function written(session: Session, update: readonly Container[]): ObjectChanges {
  return { update: update.map(toStored), now: session.now() / 1000 };
}
