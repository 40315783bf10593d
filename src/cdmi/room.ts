import { objectCount, objectSize } from '../gateway/quota/resource.ts';
import { quotaExceeded } from '../gateway/quota/within-quota.ts';
import type { DataObject } from './object.ts';
import type { Session } from './session.ts';
import { sizeOf } from './values/value.ts';

/** Lets bytes through, as long as there is room for them. */
export type Room = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/**
 * The room that a project has for a value that is still to come. The record decides when all is there; but until then
 * nobody is to fill the disk with what will be refused.
 *
 * @param before what is there already
 * @returns throws OcciError `quota-exceeded` while the bytes come
 * @throws OcciError `quota-exceeded` when there is no room for another object
 */
export async function roomFor(session: Session, before: DataObject | undefined): Promise<Room> {
  const limited = await session.limited(objectCount, objectSize);
  const excess = (name: string, asked: number) => {
    const one = limited.find((standing) => standing.name === name);
    if (one?.limit === undefined || asked <= Math.max(0, one.limit - one.used)) return undefined;
    return quotaExceeded([{ resource: name, most: one.limit, used: one.used, asked }]);
  };
  const another = before === undefined ? excess(objectCount, 1) : undefined;
  if (another !== undefined) throw another;
  const present = sizeOf(before?.value ?? []);
  let size = 0;
  return async function* (bytes) {
    for await (const some of bytes) {
      size += some.length;
      const more = excess(objectSize, (size - present) / 1000);
      if (more !== undefined) throw more;
      yield some;
    }
  };
}
