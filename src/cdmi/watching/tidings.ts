import type { Basis, StoredObject } from '../../store/objects.ts';
import type { CdmiObject } from '../object.ts';
import { keysOf } from '../values/value.ts';
import type { Event, LoggingClass, LogMessage, Tidings } from './event.ts';
import { type KeptWatch, keptTidings } from './watches.ts';

/** What is written into the record together with what it tells about. */
export interface Records {
  readonly create: readonly StoredObject[];
  readonly update: readonly StoredObject[];
  readonly remove: readonly Basis[];
}

export const noRecords: Records = { create: [], update: [], remove: [] };

/** What of some tidings somebody wants to hear; nothing when nobody does. */
export function wanted(watches: readonly KeptWatch[], tidings: Tidings): Tidings | undefined {
  const events = tidings.events.filter(({ name }) => watches.some((one) => hears(one, name)));
  const log = tidings.log === undefined ? undefined : heard(watches, tidings.log);
  if (events.length === 0 && log === undefined) return undefined;
  const { log: _, ...rest } = tidings;
  return { ...rest, events, ...(log && { log }) };
}

/** Whether a queue is to be told of events of a name. */
export function hears({ kind, events }: Pick<KeptWatch, 'kind' | 'events'>, name: Event['name']): boolean {
  return kind === 'notification' && events.includes(name);
}

/** Whether somebody keeps a log of a class. */
function isLogged(watches: readonly KeptWatch[], of: LoggingClass): boolean {
  return watches.some(({ kind, classes }) => kind === 'logging' && classes.includes(of));
}

function heard(watches: readonly KeptWatch[], log: LogMessage): LogMessage | undefined {
  const classes = log.classes.filter((one) => isLogged(watches, one));
  return classes.length === 0 ? undefined : { ...log, classes };
}

/**
 * Tidings as they are kept. The values that they speak of stay as long as they do, where somebody wants them.
 *
 * @param id a new one
 */
export function tidingsRecord(
  watches: readonly KeptWatch[],
  project: string,
  id: string,
  tidings: Tidings,
): StoredObject {
  // Among what has become of one object, it is in the order of that, whatever the clock says.
  const time = tidings.events.reduce((latest, { object }) => Math.max(latest, object.modified), tidings.time);
  const stored = keptTidings(id, project, time, tidings);
  if (!watches.some(({ wantsValue }) => wantsValue)) return stored;
  return { ...stored, values: [...new Set(tidings.events.flatMap(({ object }) => keysIn(object)))] };
}

function keysIn(object: CdmiObject): readonly string[] {
  return object.kind === 'dataobject' ? keysOf(object.value) : [];
}
