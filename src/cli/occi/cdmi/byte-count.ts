const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes for people: `512 B`, `1.5 MiB`. */
export function byteCount(bytes: number): string {
  let [value, unit] = [bytes, 'B'];
  for (const larger of units) {
    if (value < 1024) break;
    [value, unit] = [value / 1024, larger];
  }
  return `${unit === 'B' || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}
