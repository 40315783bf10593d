import { keptBy } from '../../gateway/keeper.ts';
import { inOrder } from '../../gateway/lifecycle.ts';
import { newId } from '../../gateway/new-id.ts';
import { core, type Entity, text } from '../../occi/entity.ts';
import type { Container, JsonObject } from '../object.ts';
import { objectIdName } from '../path.ts';
import type { Session } from '../session.ts';

/** The mixin of storage that stands for containers, and its attributes; see `spec/model/cdmi.json`. */
export const containerMixin = 'http://localhost/occi/cdmi#container';
const objectId = 'cdmi.objectid';
const uri = 'cdmi.uri';
const protocols = 'cdmi.protocols';

/** Who keeps it, and links to it. */
export const keeperName = 'cdmi';

const storageKind = 'http://schemas.ogf.org/occi/infrastructure#storage';
/** Its size, which it has to have. */
export const storageSize = 'occi.storage.size';

/**
 * What a container is large, in GB: as large as what is in it, which nobody knows without looking at all of it. It is the
 * smallest that is counted, since the bytes are counted where they are.
 */
const nominalSize = 0.001;

/** The storage that stands for a container (GFD.224 §3.4.3), to be made. */
export function newStorage(session: Session, container: Container, exports: JsonObject): Entity {
  const { model, project, root } = session;
  const id = newId();
  const mixins = [containerMixin];
  const values = {
    [core.id]: `urn:uuid:${id}`,
    ...(container.name !== '' && { [core.title]: container.name }),
    [storageSize]: nominalSize,
    'occi.storage.state': 'online',
    [objectId]: container.id,
    // By its ID: so it stays the same wherever the container is moved.
    [uri]: `${root.path}${objectIdName}/${container.id}/`,
    [protocols]: listed(exports),
  };
  return {
    location: `${model.kind(storageKind)?.location}${id}`,
    project,
    kind: storageKind,
    mixins,
    attributes: inOrder(model, storageKind, mixins, values),
    revision: 0,
    handle: keptBy(keeperName),
  };
}

/** The same storage when the container is exported by other protocols; undefined when it is by the same. */
export function withProtocols(storage: Entity, exports: JsonObject): Entity | undefined {
  const list = listed(exports);
  if (storage.attributes[protocols] === list) return undefined;
  return { ...storage, attributes: { ...storage.attributes, [protocols]: list } };
}

/** The object ID of the container that a storage stands for; undefined for any other entity. */
export function containerOf(entity: Entity): string | undefined {
  return entity.mixins.includes(containerMixin) ? text(entity, objectId) : undefined;
}

function listed(exports: JsonObject): string {
  return Object.keys(exports).join(' ');
}
