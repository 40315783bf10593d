import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { Extent } from '../../conformance/report/extent.ts';
import { htmlReport } from '../../conformance/report/html.ts';
import { jsonReport } from '../../conformance/report/json.ts';
import { junitReport } from '../../conformance/report/junit.ts';
import type { Report } from '../../conformance/report/report.ts';
import { textReport } from '../../conformance/report/text.ts';
import { UsageError } from '../occi/usage-error.ts';

/** What reports can look like. */
export const forms = { text: textReport, json: jsonReport, junit: junitReport, html: htmlReport } as const;
export type Form = keyof typeof forms;

const known = Object.keys(forms).join(', ');
const isForm = (word: string): word is Form => Object.hasOwn(forms, word);

/** A report that is wanted, and the file it goes to; standard output without one. */
export interface Destination {
  readonly form: Form;
  readonly file?: string;
}

const extensions: Readonly<Record<string, Form>> = {
  '.txt': 'text',
  '.json': 'json',
  '.xml': 'junit',
  '.html': 'html',
};

/**
 * Collects destinations in the order of the command line: a file is for the report that is named before it, or of the
 * form that its name ends in.
 */
export class Destinations {
  readonly #all: Destination[] = [];

  /** @throws UsageError */
  addForm(form: string): void {
    if (!isForm(form)) throw new UsageError(`there is no report ${JSON.stringify(form)}`, `there are ${known}`);
    this.#all.push({ form });
  }

  /** @throws UsageError */
  addFile(file: string): void {
    const last = this.#all.at(-1);
    if (last !== undefined && last.file === undefined) {
      this.#all[this.#all.length - 1] = { ...last, file };
      return;
    }
    const form = extensions[extname(file).toLowerCase()];
    if (form === undefined)
      throw new UsageError(`it is not clear what ${file} is to be`, 'put --report in front of it');
    this.#all.push({ form, file });
  }

  /** All of them, text on standard output when nothing was said. @throws UsageError when they cannot be written */
  get all(): readonly Destination[] {
    const all: readonly Destination[] = this.#all.length === 0 ? [{ form: 'text' }] : this.#all;
    if (all.filter(({ file }) => file === undefined).length > 1) {
      throw new UsageError('several reports on standard output cannot be told apart', 'use --output for all but one');
    }
    for (const { file } of all) if (file !== undefined) checkWritable(file);
    return all;
  }
}

/** Before there is a report, since it would be lost. */
function checkWritable(file: string): void {
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
  } catch (cause) {
    throw unwritable(file, cause as Error);
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw unwritable(file, cause as Error);
  }
}

function unwritable(file: string, cause: Error): UsageError {
  return new UsageError(`${file} cannot be written: ${cause.message}`, 'name another file', { cause });
}

/** Writes a report to where it is wanted. @throws UsageError when a file cannot be written after all */
export function deliver(report: Report, destinations: readonly Destination[], extent: Extent): void {
  for (const { form, file } of destinations) {
    const text = forms[form](report, extent);
    if (file === undefined) process.stdout.write(text);
    else write(file, text);
  }
}
