import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { Client } from '../../client/index.ts';
import { spaceOf, urlOf } from '../../client/location.ts';
import type { NameSpace } from '../../occi/name-space.ts';
import { connectionTo } from './connection.ts';
import { settingsIn } from './connection-options.ts';
import { exitCodes } from './exit-code.ts';
import { printableLines } from './printable.ts';
import { formats } from './printers/formats.ts';
import type { Printer, Surroundings } from './printers/printer.ts';
import { tablePrinter } from './printers/table-printer.ts';
import { Progress } from './progress.ts';
import { reference } from './reference.ts';
import { readSettings, type Settings } from './settings.ts';
import type { Page } from './table.ts';

/** What a verb works with. */
export interface Work {
  readonly client: Client;
  readonly printer: Printer;
  readonly surroundings: Surroundings;
  readonly progress: Progress;
  /** The URL that somebody has typed, as a path perhaps. */
  urlOf(word: string): string;
  /** Writes a result, and nothing when there is none. */
  print(text: string): void;
}

/** The options that all verbs have, as commander gives them. */
export interface CommonOptions {
  readonly profile?: string;
  readonly output: string;
  readonly dump?: boolean;
}

/** What a verb does with the words and options it is called with. */
export type Body<Options> = (work: Work, words: readonly string[], options: Options) => Promise<void>;

/** Makes the action of a command of it: with a connection that is closed in the end, and an end by Ctrl-C. */
export function action<Options extends object>(body: Body<Options>): (this: Command) => Promise<void> {
  return async function (this: Command) {
    const options = this.optsWithGlobals<CommonOptions & Options & Record<string, unknown>>();
    const settings = settingsFor(options);
    const progress = new Progress();
    process.once('SIGINT', () => interrupted(progress));
    const client = await connectionTo(settings, options.dump === true);
    try {
      await body(workWith(client, spaceOf(settings.endpoint ?? ''), options.output, progress), this.args, options);
    } finally {
      client.close();
    }
  };
}

/** What command line, environment and file say. @throws UsageError */
export function settingsFor(options: CommonOptions & Readonly<Record<string, unknown>>): Settings {
  return readSettings({
    options: settingsIn(options),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    environment: process.env,
    warn: (message) => process.stderr.write(`occi: ${message}\n`),
  });
}

function workWith(client: Client, space: NameSpace, format: string, progress: Progress): Work {
  const page = standardOutput();
  const printer = formats[format] ?? tablePrinter;
  return {
    client,
    printer,
    surroundings: {
      get catalogue() {
        return client.catalogue;
      },
      page,
    },
    progress,
    urlOf: (word) => urlOf(space, reference(client.catalogue, word)),
    print: (text) => printAs(format, text),
  };
}

/** The page that the standard output is. */
export function standardOutput(): Page {
  const { stdout } = process;
  return {
    // Some terminals say that they have none.
    columns: (stdout.isTTY && stdout.columns) || Number.POSITIVE_INFINITY,
    // It minds NO_COLOR, and whether anybody looks.
    strong: (text: string) => styleText('bold', text, { stream: stdout }),
  };
}

/** Writes a result, and nothing when there is none. @param format that of `--output` in which it is */
export function printAs(format: string, text: string): void {
  const { stdout } = process;
  if (text === '') return;
  // Tables have made it so themselves, and have bold type.
  const isSafe = !stdout.isTTY || format === 'table';
  stdout.write(`${isSafe ? text : printableLines(text)}\n`);
}

function interrupted(progress: Progress): never {
  const { text } = progress;
  progress.end();
  const rest = text === '' ? 'what was sent may be carried out all the same' : `${text}, and goes on without you`;
  process.stderr.write(`\nocci: interrupted; ${rest}\n`);
  process.exit(exitCodes.interrupted);
}
