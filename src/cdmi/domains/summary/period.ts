/** How long a summary reaches; `cumulative` has no end. */
export type Scale = 'cumulative' | 'daily' | 'monthly' | 'yearly';

/** Those that come to an end. */
export const bounded = ['daily', 'monthly', 'yearly'] as const;

/** How much of a time such as `2026-11-22T08:00:00.000Z` is the name of the period it is in. */
const letters = { daily: 10, monthly: 7, yearly: 4 } as const;

/** The name of the period that a time is in, in UTC: `2026-11-22`, `2026-11`, `2026`. @param time in milliseconds */
export function nameOf(scale: Exclude<Scale, 'cumulative'>, time: number): string {
  return new Date(time).toISOString().slice(0, letters[scale]);
}

/** The first millisecond behind the period that a time is in; infinite where there is no end. */
export function endOf(scale: Scale, time: number): number {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (scale) {
    case 'cumulative':
      return Number.POSITIVE_INFINITY;
    case 'daily':
      return Date.UTC(year, month, date.getUTCDate() + 1);
    case 'monthly':
      return Date.UTC(year, month + 1);
    case 'yearly':
      return Date.UTC(year + 1, 0);
  }
}
