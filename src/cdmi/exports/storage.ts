import { keptBy } from '../../gateway/keeper.ts';
import { inOrder } from '../../gateway/lifecycle.ts';
import { newId } from '../../gateway/new-id.ts';
import { sameValue } from '../../occi/attribute.ts';
import { core, type Entity, text } from '../../occi/entity.ts';
import type { Container } from '../object.ts';
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

/** The smallest size that is counted, in GB: that of a container of which nobody has said how large it is to be. */
const smallest = 0.001;

/** The storage that stands for a container (GFD.224 §3.4.3), to be made. */
export function newStorage(session: Session, container: Container): Entity {
  const { model, project, root } = session;
  const id = newId();
  const mixins = [containerMixin];
  const values = {
    [core.id]: `urn:uuid:${id}`,
    ...(container.name !== '' && { [core.title]: container.name }),
    [storageSize]: sizeOf(container),
    'occi.storage.state': 'online',
    [objectId]: container.id,
    // By its ID: so it stays the same wherever the container is moved.
    [uri]: `${root.path}${objectIdName}/${container.id}/`,
    [protocols]: protocolsOf(container),
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

/** The same storage when the container has changed; undefined when that makes no difference to it. */
export function changedStorage(storage: Entity, container: Container): Entity | undefined {
  const { attributes } = storage;
  const after = { ...attributes, [storageSize]: sizeOf(container), [protocols]: protocolsOf(container) };
  return sameValue(attributes, after) ? undefined : { ...storage, attributes: after };
}

/** The object ID of the container that a storage stands for; undefined for any other entity. */
export function containerOf(entity: Entity): string | undefined {
  return entity.mixins.includes(containerMixin) ? text(entity, objectId) : undefined;
}

/** A container that is not exported, and else the same. */
export function withoutExports({ storage: _, ...container }: Container): Container {
  return { ...container, exports: {} };
}

function protocolsOf({ exports }: Container): string {
  return Object.keys(exports).join(' ');
}

/**
 * How large a container looks to machines, in GB: what it is assigned (`cdmi_assignedsize`, ISO/IEC 17826 §16.4). What is
 * in it is counted elsewhere, and nobody knows how much that is without looking at all of it.
 */
function sizeOf({ metadata }: Container): number {
  const bytes = Number(metadata['cdmi_assignedsize'] ?? 0);
  return Number.isFinite(bytes) ? Math.max(Math.round(bytes / 1e6) / 1000, smallest) : smallest;
}
