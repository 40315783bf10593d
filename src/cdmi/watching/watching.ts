import type { Credentials } from '../../gateway/credentials.ts';
import type { NameSpace } from '../../occi/name-space.ts';
import type { CapabilitiesTree } from '../capabilities.ts';
import type { CdmiObject, JsonObject } from '../object.ts';

/**
 * What the server puts into a queue by itself: the results of a query (ISO/IEC 17826 §22), notifications of what
 * becomes of objects (§21), messages about requests (§20).
 */
export type WatchKind = 'query' | 'notification' | 'logging';

/** How far that is, as `cdmi_query_status` and its like tell it. */
export type WatchStatus = 'Processing' | 'Current' | 'Halted' | `Error: ${string}`;

/** That a queue is one of these, kept with it. */
export interface Watching {
  readonly kind: WatchKind;
  readonly status: WatchStatus;
  /** When it was begun, in microseconds since 1970: what works for one that was begun before knows it by that. */
  readonly begun: number;
  /** Who began it: what he may not read does not come into the queue. */
  readonly asker: Asker;
  /** Where he finds CDMI. */
  readonly space: NameSpace;
  /** The ID of the last object that a query has looked at; none before the first. */
  readonly after?: string;
}

/** Somebody as he was when he asked. */
export interface Asker extends Pick<Credentials, 'user' | 'project' | 'roles' | 'proof'> {
  readonly administrator: boolean;
}

const typeItem = 'cdmi_queue_type';

/** The values of `cdmi_queue_type`. */
const kinds: Readonly<Record<string, WatchKind>> = {
  cdmi_query_queue: 'query',
  cdmi_notification_queue: 'notification',
  cdmi_logging_queue: 'logging',
};

/**
 * What the metadata of a queue makes it; nothing where that is not offered: it is a queue as others are, which nobody
 * fills.
 */
export function kindIn(metadata: JsonObject, capabilities: CapabilitiesTree): WatchKind | undefined {
  const type = metadata[typeItem];
  const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  return kind !== undefined && capabilities.has(`cdmi_${kind}`) ? kind : undefined;
}

/** Whether anything will still be put into the queue. */
export function isRunning({ kind, status }: Watching): boolean {
  return status === (kind === 'query' ? 'Processing' : 'Current');
}

/** The item of the metadata that tells the status. */
export function statusItem({ kind, status }: Watching): JsonObject {
  return { [`cdmi_${kind}_status`]: status };
}

/** An object that the server does not fill, though it is a copy of one that it does. */
export function unwatched<O extends CdmiObject>(object: O): O {
  if (object.kind !== 'queue') return object;
  const { watching: _, ...plain } = object;
  return plain as O;
}
