import type { CdmiObject, JsonObject } from '../object.ts';
import { mask } from './bits.ts';
import type { Principal, Protected } from './permitted.ts';

const anyReading = mask.READ_OBJECT | mask.READ_METADATA | mask.READ_ATTRIBUTES | mask.READ_ACL;

/**
 * What has to be permitted for what, as masks (ISO/IEC 17826 §16.1.5): one of the bits is enough. Everything a request
 * does is looked up here, and all of it has to be permitted.
 */
export const needs = {
  /** Fields of an answer, which are left out otherwise; a field that is not here needs `else`. */
  read: {
    value: mask.READ_OBJECT,
    valuerange: mask.READ_OBJECT,
    children: mask.LIST_CONTAINER,
    childrenrange: mask.LIST_CONTAINER,
    metadata: mask.READ_METADATA | mask.READ_ACL,
    else: anyReading,
  },
  /** Items of the metadata, likewise. */
  item: {
    cdmi_acl: mask.READ_ACL,
    else: mask.READ_METADATA,
  },
  /** Parts of an object that a request changes. */
  change: {
    value: mask.WRITE_OBJECT,
    /** Bytes behind the last one, a value behind the last one of a queue. */
    append: mask.APPEND_DATA | mask.WRITE_OBJECT,
    /** `mimetype` and `valuetransferencoding`, which say how the value is to be read. */
    presentation: mask.WRITE_OBJECT | mask.WRITE_ATTRIBUTES,
    /** All other fields: `exports`, those that the standard does not define. */
    attributes: mask.WRITE_ATTRIBUTES,
    metadata: mask.WRITE_METADATA,
    acl: mask.WRITE_ACL,
    retention: mask.WRITE_RETENTION,
    hold: mask.WRITE_RETENTION_HOLD,
  },
  /** What a request does in a container. */
  container: {
    traverse: mask.TRAVERSE_CONTAINER,
    addObject: mask.ADD_OBJECT,
    addSubcontainer: mask.ADD_SUBCONTAINER,
  },
  /** Its source has to let itself be read as a whole. */
  copy: {
    value: mask.READ_OBJECT,
    metadata: mask.READ_METADATA,
  },
} as const;

/** A part of an object that is changed under a right of its own; who may change `owner` see {@link mayGive}. */
export type Change = keyof typeof needs.change | 'owner';

/** Whether one of the bits of a need is among those that are permitted. */
export function suffices(granted: number, need: number): boolean {
  return (granted & need) !== 0;
}

/** Whether a field may be shown. */
export function mayRead(field: string, granted: number): boolean {
  return suffices(granted, lookUp(needs.read, field));
}

/** The items of the metadata that may be shown. */
export function readable(metadata: JsonObject, granted: number): JsonObject {
  const all = Object.entries(metadata);
  const shown = all.filter(([item]) => suffices(granted, lookUp(needs.item, item)));
  return shown.length === all.length ? metadata : Object.fromEntries(shown);
}

/** Whether a new member of some kind may be made in a container, or moved into it. */
export function mayAdd(kind: CdmiObject['kind'], container: number): boolean {
  const { addObject, addSubcontainer } = needs.container;
  return suffices(container, kind === 'container' || kind === 'domain' ? addSubcontainer : addObject);
}

/**
 * Whether an object may be removed, with all that is below it: it is enough that it lets itself be deleted, or that the
 * container it is in lets its members be deleted, as in RFC 7530 §6.2.1.3.2.
 *
 * @param container what is permitted there; nothing where there is none
 */
export function mayRemove(own: number, container: number): boolean {
  // Members that are objects and members that are containers have the same bit.
  return suffices(own, mask.DELETE) || suffices(container, mask.DELETE_OBJECT);
}

/** Whether an object may be given to an owner: by the one it has, or to somebody who runs the cloud and takes it. */
export function mayGive(who: Principal, object: Protected, to: string, granted: number): boolean {
  if (who.administrator && to === who.user) return true;
  return who.user === object.owner && suffices(granted, mask.WRITE_OWNER);
}

function lookUp(table: Readonly<Record<string, number>> & { readonly else: number }, name: string): number {
  return Object.hasOwn(table, name) ? (table[name] ?? table.else) : table.else;
}
