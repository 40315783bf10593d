import { retrying } from '../gateway/commit.ts';
import type { Precondition } from '../gateway/precondition.ts';
import { compacted } from './compacted.ts';
import type { DataObjectDraft } from './data-object-draft.ts';
import { decide, type Plan, type Wish } from './data-object-plan.ts';
import { checkReading, hashOf } from './examined.ts';
import type { Found } from './found.ts';
import { hashAlgorithm } from './metadata/value-hash.ts';
import type { DataObject } from './object.ts';
import type { Target } from './place.ts';
import { inTurn } from './queue/turns.ts';
import { follow } from './references.ts';
import { roomFor } from './room.ts';
import { isRefusal, save } from './save.ts';
import type { Session } from './session.ts';
import { keysOf, sizeOf } from './values/value.ts';
import { type WrittenRun, writeRun } from './written.ts';

/** What has become of it. */
export interface Saved {
  readonly found: Found;
  readonly isNew: boolean;
}

/**
 * Makes a data object, or changes the one that is there (ISO/IEC 17826 §8.2, §8.6). All that could be wrong is looked
 * at before bytes are taken, and again when they are written: then all becomes visible at once.
 *
 * @throws OcciError
 */
export async function saveDataObject(
  session: Session,
  target: Target,
  draft: DataObjectDraft,
  precondition: Precondition,
): Promise<Saved> {
  const { content } = draft;
  const wish = { target, id: session.newId(), precondition };
  if (content === undefined) {
    const queue = draft.copy === undefined || draft.leaving !== true ? undefined : await follow(session, draft.copy);
    return inTurn(queue === undefined ? [] : [queue.found.object.id], () =>
      retrying(() => attempt(session, wish, draft)),
    );
  }
  const plan = await decide(session, wish, draft);
  const room = await roomFor(session, plan.before);
  const shown = content.encodingFor(plan.before?.encoding);
  const encoding = draft.encoding ?? (shown === 'utf-8 if it is' ? 'utf-8' : shown);
  const questions = { utf8: shown === 'utf-8 if it is', hash: hashAlgorithm(plan.after.metadata) };
  const written: WrittenRun[] = [];
  try {
    for await (const run of content.runs(encoding)) {
      written.push(await writeRun(session.values, { ...run, bytes: room(run.bytes) }, questions));
    }
    const isText = written.every(({ isUtf8 }) => isUtf8 !== false);
    const read = { ...draft, encoding: isText ? encoding : ('base64' as const) };
    const saved = await retrying(() => attempt(session, wish, read, written));
    const size = written.reduce((sum, { value }) => sum + sizeOf(value), 0);
    session.summaries?.count(saved.found.object, { writes: BigInt(size) });
    const used = new Set(keysOf((saved.found.object as DataObject).value));
    // What is empty, or lies under what came behind it, is not needed.
    await discard(written.filter(({ value }) => !keysOf(value).some((key) => used.has(key))));
    return { ...saved, found: { ...saved.found, object: await compacted(session, saved.found.object as DataObject) } };
  } catch (error) {
    // What is not known to have failed may have been committed; the collector finds out.
    if (isRefusal(error)) await discard(written);
    throw error;
  }
}

/** Removes them; what cannot be removed now, the collector finds. */
async function discard(written: readonly WrittenRun[]): Promise<void> {
  await Promise.allSettled(written.map((run) => run.discard()));
}

async function attempt(
  session: Session,
  wish: Wish,
  draft: DataObjectDraft,
  written?: readonly WrittenRun[],
): Promise<Saved> {
  const plan = await decide(session, wish, draft, written);
  const { before, spot, source } = plan;
  const object = await hashed(session, plan, written);
  const { update = [] } = source;
  const change = before === undefined ? { create: [object], update } : { update: [object, ...update] };
  const isCopy = draft.copy !== undefined && draft.leaving !== true;
  const revision = await save(session, { ...source, ...change, ...(isCopy && { as: 'cdmi_copy' }) });
  const above = spot.present?.above ?? (spot.parent === undefined ? [] : [...spot.parent.above, spot.parent.object]);
  return { found: { object: { ...object, revision }, above }, isNew: before === undefined };
}

/** The object with the hash that its metadata asks for. What is still coming has none: each part would be all again. */
async function hashed(
  session: Session,
  { after, hash }: Plan,
  written: readonly WrittenRun[] = [],
): Promise<DataObject> {
  const { hash: _, ...object } = after;
  const algorithm = hashAlgorithm(object.metadata);
  if (algorithm === undefined) return object;
  const [run, ...more] = written;
  const isAll = run?.at === undefined && more.length === 0;
  const known = [hash, isAll ? run?.hash : undefined].find((one) => one?.algorithm === algorithm);
  // Nobody is to send the last part in vain.
  if (known === undefined) checkReading(session, object.value);
  if (object.completion !== 'Complete') return object;
  const { digest } = known ?? (await hashOf(session, object.value, algorithm));
  return { ...object, hash: digest };
}
