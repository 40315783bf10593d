import type { DataObject } from './object.ts';
import { isRefusal, save } from './save.ts';
import type { Session } from './session.ts';
import { sizeOf } from './values/value.ts';
import { type WrittenRun, writeRun } from './written.ts';

/** So many pieces are no burden, whatever their size. */
const mostPieces = 256;

/** From this size on, in bytes, a piece is worth its place in the record. */
const goodSize = 1_048_576;

/**
 * An object whose value is in one piece, where writing a little again and again has left too many: each of them is
 * read and written with the object. So what a small write costs does not grow with the number of those before it.
 *
 * @returns the same object where it is well as it is, or where it cannot be done now
 */
export async function compacted(session: Session, object: DataObject): Promise<DataObject> {
  const { value } = object;
  const size = sizeOf(value);
  if (value.length <= mostPieces || size / value.length >= goodSize) return object;
  let whole: WrittenRun | undefined;
  try {
    whole = await writeRun(session.values, { bytes: session.reader.read(value, 0, size) }, {});
    const next: DataObject = { ...object, value: whole.value };
    return { ...next, revision: await save(session, { update: [next] }) };
  } catch (error) {
    // What the client wants is done already, and whoever writes next tries again.
    if (isRefusal(error)) await whole?.discard().catch(() => {});
    return object;
  }
}
