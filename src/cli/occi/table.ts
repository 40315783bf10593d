import { displayWidth, fitted } from './display-width.ts';
import { printable } from './printable.ts';

/** What a table is written for. */
export interface Page {
  /** How many columns there are; infinite where nobody looks at lines as a whole. */
  readonly columns: number;
  /** Makes headings stand out. */
  readonly strong: (text: string) => string;
}

const gap = '  ';
const narrowest = 8;

/**
 * Rows in columns, under headings where there are any. Where they do not fit, the widest columns but the last are cut:
 * references are last, and no use when cut.
 */
export function table(rows: readonly (readonly string[])[], page: Page, headings?: readonly string[]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = narrowed(naturalWidths(headings === undefined ? cells : [headings, ...cells]), page.columns);
  const lines = cells.map((row) => line(row, widths));
  return [...(headings === undefined ? [] : [page.strong(line(headings, widths))]), ...lines].join('\n');
}

function naturalWidths(rows: readonly (readonly string[])[]): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, at) => Math.max(0, ...rows.map((row) => displayWidth(row[at] ?? ''))));
}

function narrowed(widths: number[], columns: number): readonly number[] {
  const total = () => widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));
  for (let excess = total() - columns; excess > 0; excess = total() - columns) {
    const cuttable = widths.slice(0, -1);
    const widest = Math.max(0, ...cuttable);
    if (widest <= narrowest) break;
    const second = Math.max(narrowest, ...cuttable.filter((width) => width < widest));
    widths[cuttable.indexOf(widest)] = Math.max(second, widest - excess, narrowest);
  }
  return widths;
}

function line(row: readonly string[], widths: readonly number[]): string {
  const padded = row.map((cell, at) => {
    if (at === row.length - 1) return cell;
    const text = fitted(cell, widths[at] ?? 0);
    return text + ' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(text)));
  });
  return padded.join(gap).trimEnd();
}
