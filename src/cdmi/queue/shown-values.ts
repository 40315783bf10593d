import type { JsonObject, Queue } from '../object.ts';
import { wholeOf, within, writeRange } from '../range.ts';
import type { Shown } from '../read.ts';
import { invalid } from '../refusals.ts';
import { rangesOf, type Selectors, selects } from '../selectors.ts';
import type { Session } from '../session.ts';
import { sizeOf, slice } from '../values/value.ts';
import { choiceIn, chosenOf, designatorOf } from './queue-values.ts';

/**
 * The values of a queue that are meant, the oldest one where none are named (ISO/IEC 17826 §11.4): lists side by side.
 * Where there is none, there is nothing but `queueValues`.
 *
 * @throws OcciError
 */
export async function shownValues(session: Session, queue: Queue, selectors: Selectors): Promise<Shown> {
  const [oldest] = await chosenOf(session, queue, { oldest: 1 });
  const lowest = oldest === undefined ? undefined : designatorOf(oldest);
  const designators = lowest === undefined ? undefined : { first: lowest, last: Math.max(lowest, queue.next - 1) };
  const queueValues: JsonObject = { queueValues: writeRange(designators) };
  if (oldest === undefined) return { fields: queueValues };
  const [range, more] = rangesOf(selectors, 'value');
  const choice = choiceIn(selectors) ?? { oldest: 1 };
  const isOne = 'oldest' in choice && choice.oldest === 1;
  if (more !== undefined || (range !== undefined && !isOne)) throw invalid('a range is one of the oldest value');
  const values = isOne ? [oldest] : await chosenOf(session, queue, choice);
  if (values.length === 0) return { fields: queueValues };
  const shown = values.map(({ mimetype, encoding, value }) => {
    const size = sizeOf(value);
    const part = range === undefined ? wholeOf(size) : within(range, size);
    return {
      mimetype,
      encoding: range === undefined ? encoding : ('base64' as const),
      range: writeRange(part),
      value: part === undefined ? [] : slice(value, part.first, part.last + 1),
    };
  });
  const areMeant = selects(selectors, 'value') || selects(selectors, 'values');
  return {
    fields: {
      ...queueValues,
      mimetype: shown.map(({ mimetype }) => mimetype),
      valuetransferencoding: shown.map(({ encoding }) => encoding),
      valuerange: shown.map(({ range: one }) => one),
    },
    ...(areMeant && { value: shown.map(({ value, encoding, mimetype }) => ({ value, encoding, mimetype })) }),
  };
}
