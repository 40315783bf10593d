/**
 * Tries something that an agent was asked for.
 *
 * @param stopping aborted when the agent stops
 * @returns null when it is done; what went wrong, for users to read; undefined when the agent stopped first, so that
 *   it is neither done nor failed
 */
export async function attempt(stopping: AbortSignal, work: () => Promise<void>): Promise<string | null | undefined> {
  if (stopping.aborted) return undefined;
  try {
    await work();
    return null;
  } catch (error) {
    if (stopping.aborted) return undefined;
    return error instanceof Error ? error.message : String(error);
  }
}
