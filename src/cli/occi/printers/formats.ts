import { jsonPrinter } from './json-printer.ts';
import type { Printer } from './printer.ts';
import { tablePrinter } from './table-printer.ts';
import { textPrinter } from './text-printer.ts';
import { uriPrinter } from './uri-printer.ts';

/** The printers by what `--output` calls them. */
export const formats: Readonly<Record<string, Printer>> = {
  table: tablePrinter,
  json: jsonPrinter,
  text: textPrinter,
  uri: uriPrinter,
};
