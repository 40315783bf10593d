import { tooMany } from '../refusals.ts';
import { roomFor } from '../room.ts';
import type { Session } from '../session.ts';
import { Utf8Check } from '../utf8-check.ts';
import { slice } from '../values/value.ts';
import { writeRun } from '../written.ts';
import type { IncomingValue, IncomingValues } from './enqueue-request.ts';
import type { Entry } from './queue-values.ts';

/** Values that have been written and are in no queue yet. */
export interface WrittenValues {
  readonly entries: readonly Entry[];
  /** Gives them up: nobody will ever refer to them. */
  discard(): Promise<void>;
}

/**
 * Writes values as they come. They are written as one, since each that is written costs a flush.
 *
 * @throws OcciError `too-large`, `quota-exceeded`, `insufficient-storage`
 * @throws whatever the source throws
 */
export async function writeValues(session: Session, incoming: IncomingValues): Promise<WrittenValues> {
  const most = session.limits.batch;
  const heads: (Pick<Entry, 'mimetype' | 'encoding'> & { readonly end: number })[] = [];
  let end = 0;
  const all = async function* () {
    for await (const value of incoming) {
      if (heads.length === most) throw tooMany('put into a queue', most);
      const text = value.encoding === 'utf-8 if it is' ? new Utf8Check() : undefined;
      for await (const bytes of value.bytes) {
        text?.update(bytes);
        end += bytes.length;
        if (bytes.length > 0) yield bytes;
      }
      heads.push({ mimetype: value.mimetype, encoding: encodingOf(value, text), end });
    }
  };
  const room = await roomFor(session, undefined);
  const { value, discard } = await writeRun(session.values, { bytes: room(all()) }, {});
  const entries = heads.map(({ mimetype, encoding, end: to }, index) => {
    return { mimetype, encoding, value: slice(value, heads[index - 1]?.end ?? 0, to) };
  });
  if (end > 0) return { entries, discard };
  // Nothing refers to what has no bytes.
  await discard();
  return { entries, discard: async () => {} };
}

function encodingOf({ encoding }: IncomingValue, text: Utf8Check | undefined): Entry['encoding'] {
  if (encoding !== 'utf-8 if it is') return encoding;
  return text?.end() === true ? 'utf-8' : 'base64';
}
