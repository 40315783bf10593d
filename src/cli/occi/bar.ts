const partial = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar that is filled to some part. @param part 0 to 1 @param cells how many columns it takes */
export function bar(part: number, cells: number): string {
  const eighths = Math.floor(Math.min(Math.max(part, 0), 1) * cells * 8);
  return `${'█'.repeat(Math.floor(eighths / 8))}${partial[eighths % 8]}`.padEnd(cells, '░');
}
