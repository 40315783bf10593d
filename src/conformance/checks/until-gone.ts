import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';

/** Waits for an entity that was deleted to be gone, which may take its time. @returns the last answer */
export function untilGone(trial: Trial, location: string): Promise<Reply> {
  return trial.askUntil({ location }, ({ isSuccess }) => !isSuccess);
}
