import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoredObject } from '../../store/objects.ts';
import { LimitExceeded } from '../../store/store.ts';
import type { Queue } from '../object.ts';
import { inTurn } from '../queue/turns.ts';
import { fromStored } from '../stored-form.ts';
import type { Tidings } from './event.ts';
import { type Addition, type Filling, fill, inStatus, noQuota, onBehalf, roomIn, tooLong } from './filling.ts';
import { specificationOf } from './specification.ts';
import { type Listener, textsFor } from './told-text.ts';
import { firstTidings, type KeptWatch, watchesIn } from './watches.ts';
import { isRunning, type WatchStatus } from './watching.ts';

/** How many tidings are looked at in one go, and from how many events on that is enough. */
const page = 100;
const enough = 200;

/** Watches of one project that are read at once: there are never so many. */
const allWatches = 100_000;

/**
 * Puts the first tidings of a project into the queues that are to have them (ISO/IEC 17826 §20, §21), and forgets them
 * in the same commit: so each comes into each queue once, whoever of several gateways does it, and whenever one dies.
 *
 * @returns whether there may be more
 * @throws Conflict when somebody else was faster
 */
export async function deliver(filling: Filling, project: string): Promise<boolean> {
  const { store } = filling;
  const kept = await firstTidings(store, project, page);
  if (kept.length === 0) return false;
  const batch = firstOf(kept);
  const watches = (await watchesIn(store, project, allWatches)).filter(({ kind }) => kind !== 'query');
  const ids = watches.map(({ queue }) => queue);
  await inTurn(ids, async () => {
    const ends = await Promise.all(watches.map((watch) => endOf(filling, project, watch)));
    const dead = watches.filter((_, index) => ends[index] === undefined);
    const additions: Addition[] = [];
    for (const end of ends) if (end !== undefined) additions.push(...(await additionFor(filling, end, batch)));
    const write = (all: readonly Addition[]) => {
      return fill(filling, project, all, { remove: [...batch, ...dead, ...endedOf(watches, all)] });
    };
    try {
      await write(additions);
    } catch (error) {
      if (!(error instanceof LimitExceeded)) throw error;
      await write(additions.map(({ queue }) => ({ queue: inStatus(queue, noQuota), texts: [] })));
    }
  });
  return true;
}

/** In the order in which all was committed, and no more of it than can be thought of at once. */
function firstOf(kept: readonly StoredObject[]): readonly StoredObject[] {
  const inOrder = kept.toSorted((a, b) => a.revision - b.revision || (a.name < b.name ? -1 : 1));
  let events = 0;
  const end = inOrder.findIndex(({ document }) => {
    events += (document as Tidings).events.length;
    return events >= enough;
  });
  return end === -1 ? inOrder : inOrder.slice(0, end + 1);
}

/** A queue that is filled: by whom it is listened at, or why it is filled no more. */
interface End {
  readonly queue: Queue;
  readonly listener: Listener | WatchStatus;
}

/** Nothing where the queue has gone with what it was in, or is not filled any more. */
async function endOf(filling: Filling, project: string, watch: KeptWatch): Promise<End | undefined> {
  const stored = await filling.store.objects.object(watch.queue);
  const queue = stored === undefined ? undefined : fromStored(stored);
  if (queue?.kind !== 'queue' || queue.watching === undefined || !isRunning(queue.watching)) return undefined;
  const specification = specificationOf(queue.watching, queue.metadata, filling.capabilities);
  if (typeof specification === 'string') return { queue, listener: specification };
  return { queue, listener: { watch, specification, behalf: onBehalf(filling, project, queue.watching) } };
}

/** What comes into a queue, as far as it has room; nothing where it stays as it is. */
async function additionFor(
  filling: Filling,
  { queue, listener }: End,
  batch: readonly StoredObject[],
): Promise<readonly Addition[]> {
  if (typeof listener === 'string') return [{ queue: inStatus(queue, listener), texts: [] }];
  const texts: string[] = [];
  for (const { document } of batch) texts.push(...(await textsFor(listener, document as Tidings)));
  await nextTurn();
  if (texts.length === 0) return [];
  const room = await roomIn(filling, queue);
  if (texts.length <= room) return [{ queue, texts }];
  return [{ queue: inStatus(queue, tooLong(filling)), texts: texts.slice(0, Math.max(0, room)) }];
}

/** The watches of queues that are not filled any more from now on. */
function endedOf(watches: readonly KeptWatch[], additions: readonly Addition[]): readonly KeptWatch[] {
  const ended = new Set(
    additions.flatMap(({ queue: { id, watching } }) => (watching !== undefined && isRunning(watching) ? [] : [id])),
  );
  return watches.filter(({ queue }) => ended.has(queue));
}
