import type { Verdict } from '../run.ts';
import type { Measure } from './shortened.ts';

/** How much a report tells. */
export interface Extent {
  /** Whether what was said for checks that passed is told like everything else, and not only in brief. */
  readonly isFull?: boolean;
}

const whole: Measure = { body: 65_536, field: 65_536 };
const brief: Measure = { body: 500, field: 300 };

/** How much of its exchanges is told of a result. What has gone well is only looked at by the way. */
export function measureOf(verdict: Verdict, { isFull = false }: Extent): Measure {
  return verdict === 'pass' && !isFull ? brief : whole;
}
