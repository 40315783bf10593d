/** The end of what is under way, by the ID of the queue. */
const last = new Map<string, Promise<unknown>>();

/**
 * Those who change the same queues take turns: all of them want an end, or a beginning, and would only meet conflicts.
 * It holds within this process; among several, the record decides.
 *
 * @param ids of the queues
 */
export function inTurn<T>(ids: Iterable<string>, work: () => Promise<T>): Promise<T> {
  // In the same order for everybody, so that nobody waits for somebody who waits for him.
  return [...new Set(ids)].sort().reduceRight((rest, id) => () => inTurnAt(id, rest), work)();
}

async function inTurnAt<T>(id: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(id) ?? Promise.resolve();
  const mine = before.then(work);
  const settled = mine.catch(() => undefined);
  last.set(id, settled);
  try {
    return await mine;
  } finally {
    if (last.get(id) === settled) last.delete(id);
  }
}
