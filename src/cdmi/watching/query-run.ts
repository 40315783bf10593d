import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoredObject } from '../../store/objects.ts';
import { Conflict, LimitExceeded } from '../../store/store.ts';
import type { Found, Holder } from '../found.ts';
import type { CdmiObject, Queue } from '../object.ts';
import { inTurn } from '../queue/turns.ts';
import { fromStored } from '../stored-form.ts';
import { type Filling, fill, inStatus, noQuota, onBehalf, roomIn, tooLong } from './filling.ts';
import { type OnBehalf, shownTo } from './shown-to.ts';
import { type Specification, specificationOf } from './specification.ts';
import type { KeptWatch } from './watches.ts';
import { isRunning } from './watching.ts';

/** Results that are put into the queue at once, and objects after which others have their turn. */
const batch = 100;
const turn = 50;

/**
 * Runs a query (ISO/IEC 17826 §22): each object of the project that it is about comes into the queue once. How far it
 * has come is written together with the results, so that it goes on there when the gateway has died; and where several
 * gateways run it, one of them is ahead, and the others follow.
 *
 * @param hasEnded whether it is to be left to the next start
 * @throws Conflict when somebody was faster: it has to be run again
 */
export async function runQuery(
  filling: Filling,
  project: string,
  watch: KeptWatch,
  hasEnded: () => boolean,
): Promise<void> {
  const queue = await queueOf(filling, watch.queue);
  if (queue?.watching === undefined || !isRunning(queue.watching)) return forget(filling, project, watch);
  const { begun, after } = queue.watching;
  const specification = specificationOf(queue.watching, queue.metadata, filling.capabilities);
  if (typeof specification === 'string') return stop(filling, project, watch, inStatus(queue, specification));
  const run: Run = {
    filling,
    project,
    watch,
    begun,
    specification,
    behalf: onBehalf(filling, project, queue.watching),
  };
  let results: Result[] = [];
  for await (const page of filling.store.objects.all(project, after)) {
    const ways = new Map<string, Way>();
    for (const [index, stored] of page.entries()) {
      if (index % turn === 0) await nextTurn();
      if (hasEnded()) return;
      const text = await resultOf(run, ways, stored);
      if (text !== undefined) results.push({ id: stored.id, text });
      if (results.length < batch) continue;
      if (!(await put(run, results, false))) return;
      results = [];
    }
  }
  await put(run, results, true);
}

interface Run {
  readonly filling: Filling;
  readonly project: string;
  readonly watch: KeptWatch;
  readonly begun: number;
  readonly specification: Specification;
  readonly behalf: OnBehalf;
}

interface Result {
  readonly id: string;
  readonly text: string;
}

async function queueOf({ store }: Filling, id: string): Promise<Queue | undefined> {
  const stored = await store.objects.object(id);
  const object = stored === undefined ? undefined : fromStored(stored);
  return object?.kind === 'queue' ? object : undefined;
}

async function forget({ store, now }: Filling, project: string, watch: KeptWatch): Promise<void> {
  await store.commit({ project, objects: { remove: [watch], now: now() / 1000 } });
}

/** @param queue as it is from then on */
async function stop(filling: Filling, project: string, watch: KeptWatch, queue: Queue): Promise<void> {
  await fill(filling, project, [{ queue, texts: [] }], { remove: [watch] });
}

/** What objects are that somebody can read. */
const kinds: readonly string[] = ['container', 'dataobject', 'queue', 'domain'];

async function resultOf(
  { filling, behalf, specification }: Run,
  ways: Map<string, Way>,
  stored: StoredObject,
): Promise<string | undefined> {
  if (!kinds.includes(stored.kind) || stored.hidden === true) return undefined;
  const object = fromStored(stored);
  const way = await wayTo(filling, ways, object);
  if (way === undefined) return undefined;
  const found: Found = { object, above: way };
  const visible = await shownTo(behalf, found, specification);
  if (visible === undefined || !specification.scope(visible.fields, visible.otherForms)) return undefined;
  const { fields, value } = visible;
  return JSON.stringify(specification.results(value === undefined ? fields : { ...fields, value }));
}

/** What something is in; nothing for what is in a snapshot, or has been deleted. */
type Way = readonly Holder[] | undefined;

async function wayTo({ store }: Filling, ways: Map<string, Way>, { id, parent }: CdmiObject): Promise<Way> {
  if (ways.has(parent)) return ways.get(parent);
  const lineage = (await store.objects.lineage(id)).map(fromStored);
  const above = lineage.slice(0, -1) as readonly CdmiObject[] as readonly Holder[];
  const isThere = lineage.length > 0 && above.every(({ hidden }) => hidden !== true);
  const way = isThere ? above : undefined;
  ways.set(parent, way);
  return way;
}

/**
 * Puts results into the queue that are not there yet.
 *
 * @returns whether there is more to do
 */
function put(run: Run, results: readonly Result[], isLast: boolean): Promise<boolean> {
  const { filling, watch, project, begun } = run;
  return inTurn([watch.queue], async () => {
    for (;;) {
      const queue = await queueOf(filling, watch.queue);
      const { watching } = queue ?? {};
      if (queue === undefined || watching === undefined) return false;
      if (watching.begun !== begun || !isRunning(watching)) return false;
      const { after = '' } = watching;
      const fresh = results.filter(({ id }) => id > after);
      const room = await roomIn(filling, queue);
      const fitting = fresh.slice(0, Math.max(0, room));
      const isFull = fitting.length < fresh.length;
      const last = fitting.at(-1)?.id ?? after;
      const next: Queue = { ...queue, watching: { ...watching, ...(last !== '' && { after: last }) } };
      const status = isFull ? tooLong(filling) : isLast ? 'Current' : 'Processing';
      const remove = status === 'Processing' ? [] : [watch];
      try {
        await fill(filling, project, [{ queue: inStatus(next, status), texts: fitting.map(({ text }) => text) }], {
          remove,
        });
        return status === 'Processing';
      } catch (error) {
        if (error instanceof LimitExceeded) {
          await stop(filling, project, watch, inStatus(queue, noQuota));
          return false;
        }
        // A client has taken something out meanwhile, or another gateway is ahead.
        if (!(error instanceof Conflict)) throw error;
        await nextTurn();
      }
    }
  });
}
