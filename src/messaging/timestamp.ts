let last = 0;

/**
 * The time of a notification as Python writes it: UTC, a space, microseconds, no zone. No two of a process are the same,
 * and a later one sorts after an earlier one.
 */
export function timestamp(): string {
  last = Math.max(last + 1, Math.round((performance.timeOrigin + performance.now()) * 1000));
  const [milliseconds, microseconds] = [Math.floor(last / 1000), last % 1000];
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', String(microseconds).padStart(3, '0'));
}
