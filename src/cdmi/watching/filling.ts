import { cdmiPath } from '../../gateway/reserved-paths.ts';
import type { ObjectChanges } from '../../store/objects.ts';
import { projectStore } from '../../store/project-store.ts';
import type { Limit, Store } from '../../store/store.ts';
import { principalOf } from '../acl/permitted.ts';
import type { Queue } from '../object.ts';
import { appended, chosenOf, designatorOf } from '../queue/queue-values.ts';
import { later } from '../queue/taken.ts';
import { isRefusal } from '../save.ts';
import type { Cdmi } from '../session.ts';
import { toStored } from '../stored-form.ts';
import { slice } from '../values/value.ts';
import { writeRun } from '../written.ts';
import type { OnBehalf } from './shown-to.ts';
import type { Watching, WatchStatus } from './watching.ts';

/** What queues are filled with, in the background. */
export interface Filling extends Pick<Cdmi, 'values' | 'reader' | 'capabilities' | 'newId' | 'now' | 'limits'> {
  readonly store: Store;
  /** How much a project may use. */
  readonly limitsOf: (project: string) => readonly Limit[];
  /** How many values may be in a queue that the server fills. */
  readonly longest: number;
}

/** Values for a queue. */
export interface Addition {
  /** As it is to be but for its values. */
  readonly queue: Queue;
  /** JSON, each of it a value. */
  readonly texts: readonly string[];
}

/**
 * Puts values into queues, all of them or none, together with whatever else has to be written then.
 *
 * @throws Conflict, LimitExceeded
 */
export async function fill(
  filling: Filling,
  project: string,
  additions: readonly Addition[],
  others: Pick<ObjectChanges, 'remove'> = {},
): Promise<void> {
  const { store, values, now, limitsOf } = filling;
  const bytes = additions.map(({ texts }) => texts.map((text) => Buffer.from(text)));
  // They are written as one, since each that is written costs a flush.
  const all = bytes.flat();
  const written = all.length === 0 ? undefined : await writeRun(values, { bytes: inOrder(all) }, {});
  let end = 0;
  const changes = additions.map(({ queue }, index) => {
    const entries = (bytes[index] ?? []).map(({ length }) => {
      const start = end;
      end += length;
      return {
        mimetype: 'application/json',
        encoding: 'utf-8',
        value: slice(written?.value ?? [], start, end),
      } as const;
    });
    const owner = { newId: filling.newId, now, credentials: { ...nobody, user: queue.owner } };
    return appended(owner, { ...queue, modified: later(filling, queue) }, entries);
  });
  try {
    await store.commit({
      project,
      limits: limitsOf(project),
      objects: {
        ...others,
        update: changes.map(({ queue }) => toStored(queue)),
        create: changes.flatMap((change) => change.values.map(toStored)),
        now: now() / 1000,
      },
    });
  } catch (error) {
    if (isRefusal(error)) await written?.discard();
    throw error;
  }
}

const nobody = { project: '', roles: [], proof: 'none' } as const;

async function* inOrder(all: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const bytes of all) yield bytes;
}

/** How many values may still be put into a queue. */
export async function roomIn({ store, limits, longest }: Filling, queue: Queue): Promise<number> {
  const [oldest] = await chosenOf({ store: projectStore(store, queue.project), limits }, queue, { oldest: 1 });
  return longest - (oldest === undefined ? 0 : queue.next - designatorOf(oldest));
}

/** A queue with another status. */
export function inStatus(queue: Queue, status: WatchStatus): Queue {
  return queue.watching === undefined ? queue : { ...queue, watching: { ...queue.watching, status } };
}

/** Why nothing is put into a queue any more. */
export function tooLong({ longest }: Filling): WatchStatus {
  return `Error: halted, there are ${longest} values in the queue (OCCI_CDMI_MAX_FILLED_VALUES)`;
}

export const noQuota: WatchStatus = 'Error: halted, the project has no room left for another value (quota)';

/** Reads objects on behalf of whoever has asked for a queue to be filled. */
export function onBehalf(filling: Filling, project: string, { asker, space }: Watching): OnBehalf {
  const { reader, capabilities, limits, store } = filling;
  return {
    reader,
    capabilities,
    limits,
    space,
    store: projectStore(store, project),
    credentials: asker,
    principal: principalOf(asker, asker.administrator),
    root: { origin: space.origin, path: space.prefix + cdmiPath },
  };
}
