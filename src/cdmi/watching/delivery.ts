import type { StoredObject } from '../../store/objects.ts';
import { LimitExceeded } from '../../store/store.ts';
import { domainOf, uriOf } from '../domains/owning-domain.ts';
import { hasDomains } from '../domains/top-domain.ts';
import type { Holder } from '../found.ts';
import { writeTime } from '../metadata/time.ts';
import type { CdmiObject, JsonObject, Queue } from '../object.ts';
import { inTurn } from '../queue/turns.ts';
import { fromStored } from '../stored-form.ts';
import type { Event, LogMessage, Tidings } from './event.ts';
import { type Addition, type Filling, fill, inStatus, noQuota, onBehalf, roomIn, tooLong } from './filling.ts';
import { type OnBehalf, shownTo } from './shown-to.ts';
import { readSpecification, type Specification } from './specification.ts';
import { hears } from './tidings.ts';
import { firstTidings, type KeptWatch, watchesIn } from './watches.ts';
import { isRunning } from './watching.ts';

/** How many tidings are looked at in one go, and from how many events on that is enough. */
const page = 100;
const enough = 500;

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
    const open = ends.filter((end) => end !== undefined);
    for (const { document } of batch) {
      for (const end of open) end.texts.push(...(await textsFor(end, document as Tidings)));
    }
    const dead = watches.filter((_, index) => ends[index] === undefined);
    const additions = await Promise.all(
      open.filter(({ texts }) => texts.length > 0).map((end) => fitting(filling, end)),
    );
    const told = [...batch, ...dead, ...endedOf(watches, additions)];
    try {
      await fill(filling, project, additions, { remove: told });
    } catch (error) {
      if (!(error instanceof LimitExceeded)) throw error;
      const halted = additions.map(({ queue }) => ({ queue: inStatus(queue, noQuota), texts: [] }));
      await fill(filling, project, halted, { remove: [...batch, ...dead, ...endedOf(watches, halted)] });
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

/** A queue that is filled, and what comes into it. */
interface End {
  readonly queue: Queue;
  readonly watch: KeptWatch;
  readonly specification: Specification;
  readonly behalf: OnBehalf;
  readonly texts: string[];
}

/** Nothing where the queue has gone with what it was in, or is not filled any more. */
async function endOf(filling: Filling, project: string, watch: KeptWatch): Promise<End | undefined> {
  const stored = await filling.store.objects.object(watch.queue);
  const queue = stored === undefined ? undefined : fromStored(stored);
  if (queue?.kind !== 'queue' || queue.watching === undefined || !isRunning(queue.watching)) return undefined;
  const specification = readSpecification(queue.metadata, filling.capabilities);
  return { queue, watch, specification, behalf: onBehalf(filling, project, queue.watching), texts: [] };
}

async function textsFor(end: End, tidings: Tidings): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const event of tidings.events) {
    const text = hears(end.watch, event.name) ? await notification(end, tidings, event) : undefined;
    if (text !== undefined) texts.push(text);
  }
  if (end.watch.kind === 'logging' && tidings.log !== undefined) {
    const classes = tidings.log.classes.filter((one) => end.watch.classes.includes(one));
    if (classes.length > 0) texts.push(await message(end, tidings, { ...tidings.log, classes }));
  }
  return texts;
}

/** What a notification says of an event; nothing where it is not meant, or not to be seen by who asks. */
async function notification(
  { specification, behalf }: End,
  { time, user, result }: Tidings,
  { name, object, above }: Event,
): Promise<string | undefined> {
  // Of what it is in, nothing but the names is shown.
  const found = { object, above: above.map((one) => ({ name: one }) as Holder) };
  const visible = await shownTo(behalf, found, specification);
  if (visible === undefined) return undefined;
  const event: JsonObject = {
    cdmi_event: name,
    cdmi_event_result: result,
    cdmi_event_time: writeTime(time),
    cdmi_event_user: user,
  };
  const { fields, otherForms, value } = visible;
  if (!specification.scope({ ...event, ...fields }, otherForms)) return undefined;
  return JSON.stringify(specification.results({ ...event, ...fields, ...(value !== undefined && { value }) }));
}

async function message({ behalf }: End, { time, user, result }: Tidings, log: LogMessage): Promise<string> {
  const { classes, operation, uri, domain } = log;
  const belongs = domain === undefined ? undefined : await domainOf(behalf, { domain } as CdmiObject);
  return JSON.stringify({
    time: writeTime(time),
    class: classes,
    domain: hasDomains(behalf) ? uriOf(behalf, belongs) : '',
    operation,
    URI: uri,
    principal: user,
    result,
  });
}

/** As many as the queue has room for. */
async function fitting(filling: Filling, { queue, texts }: End): Promise<Addition> {
  const room = await roomIn(filling, queue);
  if (texts.length <= room) return { queue, texts };
  return { queue: inStatus(queue, tooLong(filling)), texts: texts.slice(0, Math.max(0, room)) };
}

/** The watches of queues that are not filled any more from now on. */
function endedOf(watches: readonly KeptWatch[], additions: readonly Addition[]): readonly KeptWatch[] {
  const ended = new Set(
    additions.flatMap(({ queue: { id, watching } }) => (watching !== undefined && isRunning(watching) ? [] : [id])),
  );
  return watches.filter(({ queue }) => ended.has(queue));
}
