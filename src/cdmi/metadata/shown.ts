import { writeAcl } from '../acl/acl-json.ts';
import type { CdmiObject, JsonObject } from '../object.ts';
import { statusItem } from '../watching/watching.ts';
import { itemNamed } from './items.ts';
import { writeTime } from './time.ts';
import { hashAlgorithm, valueHash } from './value-hash.ts';

/**
 * The metadata of an object as it is answered: what the system knows of it (ISO/IEC 17826 §16.3), what clients have
 * set, and behind it which of their wishes are fulfilled (§16.5). The system's texts are strings, but for the list of
 * who may do what.
 */
export function shownMetadata(object: CdmiObject): JsonObject {
  return {
    ...(object.kind === 'dataobject' && {
      cdmi_size: String(object.value.reduce((sum, { length }) => sum + length, 0)),
    }),
    cdmi_ctime: writeTime(object.created),
    cdmi_mtime: writeTime(object.modified),
    ...hashOf(object),
    ...(object.kind === 'queue' && object.watching !== undefined && statusItem(object.watching)),
    cdmi_owner: object.owner,
    cdmi_acl: writeAcl(object.acl),
    ...object.metadata,
    ...provided(object.metadata),
  };
}

/** The items whose names begin with one of some texts (`?metadata:<prefix>`); all where there are none. */
export function itemsWith(metadata: JsonObject, prefixes: readonly string[]): JsonObject {
  if (prefixes.length === 0) return metadata;
  const items = Object.entries(metadata).filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)));
  return Object.fromEntries(items);
}

function hashOf(object: CdmiObject): JsonObject {
  return object.kind === 'dataobject' && object.hash !== undefined ? { cdmi_hash: object.hash } : {};
}

function provided(metadata: JsonObject): JsonObject {
  const wishes = Object.entries(metadata).filter(([name]) => isProvided(name, metadata));
  return Object.fromEntries(wishes.map(([name, value]) => [`${name}_provided`, value]));
}

function isProvided(name: string, metadata: JsonObject): boolean {
  return itemNamed(name)?.provided === true && (name !== valueHash || hashAlgorithm(metadata) !== undefined);
}
