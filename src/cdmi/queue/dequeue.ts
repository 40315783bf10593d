import { retrying } from '../../gateway/commit.ts';
import { authorizeFor } from '../../gateway/policy/authorize.ts';
import type { Queue } from '../object.ts';
import { checkPrecondition } from '../precondition.ts';
import { invalid } from '../refusals.ts';
import { save } from '../save.ts';
import type { Session } from '../session.ts';
import { type Choice, chosenOf, designatorOf } from './queue-values.ts';
import { dequeued, type QueueWay } from './taken.ts';
import { inTurn } from './turns.ts';

/**
 * Removes the oldest values of a queue (ISO/IEC 17826 §11.7): as many as are named, or those up to a designator, which
 * can be said twice.
 *
 * @throws OcciError `invalid-request` when older ones would stay
 */
export async function dequeue(session: Session, way: QueueWay, choice: Choice): Promise<void> {
  const { id } = (await way.look()).object;
  await inTurn([id], () =>
    retrying(async () => {
      const found = await way.look();
      checkPrecondition(way.precondition, found.object);
      authorizeFor(session, 'cdmi', 'update');
      session.capabilities.require('cdmi_modify_value', 'queue');
      if ('by' in choice && choice.by.first > (await lowestOf(session, found.object))) {
        throw invalid('values leave a queue oldest first, and there are older ones');
      }
      const values = await chosenOf(session, found.object, choice);
      await save(session, dequeued(session, found, values));
    }),
  );
}

/** The designator of the oldest value; of the next one where there is none. */
async function lowestOf(session: Session, queue: Queue): Promise<number> {
  const [oldest] = await chosenOf(session, queue, { oldest: 1 });
  return oldest === undefined ? queue.next : designatorOf(oldest);
}
