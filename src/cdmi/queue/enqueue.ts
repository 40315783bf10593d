import { retrying } from '../../gateway/commit.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import { changed } from '../changes.ts';
import type { Found } from '../found.ts';
import type { Described } from '../metadata/change.ts';
import type { Queue } from '../object.ts';
import { checkPrecondition } from '../precondition.ts';
import { follow } from '../references.ts';
import { isRefusal, save } from '../save.ts';
import type { Session } from '../session.ts';
import { sizeOf } from '../values/value.ts';
import type { EnqueueRequest } from './enqueue-request.ts';
import { appended } from './queue-values.ts';
import { later, type QueueWay, type Taken, taken } from './taken.ts';
import { inTurn } from './turns.ts';
import { writeValues } from './written-values.ts';

/**
 * Puts values behind the last one of a queue (ISO/IEC 17826 §11.6), all of them or none.
 *
 * @throws OcciError
 */
export async function enqueue(session: Session, way: QueueWay, request: EnqueueRequest): Promise<void> {
  const found = await way.look();
  if (!('values' in request)) {
    const { by, from } = request;
    const { object: source } = (await follow(session, from)).found;
    const ids = [found.object.id, ...(by === 'move' ? [source.id] : [])];
    await inTurn(ids, () => append(session, way, (queue) => taken(session, by, from, queue)));
    session.summaries?.count(found.object, { puts: 1n });
    return;
  }
  // What is refused anyhow is not written before.
  mayAppend(session, found);
  const { entries, discard } = await writeValues(session, request.values);
  try {
    await inTurn([found.object.id], () => append(session, way, () => ({ entries, decision: {} })));
  } catch (error) {
    if (isRefusal(error)) await discard();
    throw error;
  }
  const size = entries.reduce((sum, { value }) => sum + sizeOf(value), 0);
  session.summaries?.count(found.object, { puts: 1n, writes: BigInt(size) });
}

type Source = (queue: Queue) => Taken | Promise<Taken>;

function append(session: Session, { look, precondition }: QueueWay, source: Source): Promise<void> {
  return retrying(async () => {
    const found = await look();
    checkPrecondition(precondition, found.object);
    const described = mayAppend(session, found);
    const { entries, decision } = await source(found.object);
    const before = { ...found.object, ...described, modified: later(session, found.object) };
    const { queue, values } = appended(session, before, entries);
    const { update = [], expect = [], ...others } = decision;
    await save(session, {
      ...others,
      // It is its own witness where values are copied within it.
      expect: expect.filter(({ id }) => id !== queue.id),
      update: [...update, queue],
      create: values,
    });
  });
}

function mayAppend(session: Session, found: Found<Queue>): Described {
  authorizeFor(session, 'cdmi', 'update');
  session.capabilities.require('cdmi_modify_value', 'queue');
  return changed(session, found, { named: [] }, ['append']);
}
