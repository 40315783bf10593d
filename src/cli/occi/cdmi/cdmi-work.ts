import type { Command } from 'commander';
import { type CdmiClient, ClientError, openCdmi } from '../../../client/index.ts';
import { connectionOptions } from '../connection.ts';
import { exitCodes } from '../exit-code.ts';
import { formats } from '../printers/formats.ts';
import { tablePrinter } from '../printers/table-printer.ts';
import type { Page } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { type CommonOptions, printAs, settingsFor, standardOutput } from '../work.ts';
import { ReaderGone } from './outlet.ts';
import { TransferBar } from './transfer-bar.ts';

/** What a verb of CDMI works with. */
export interface CdmiWork {
  readonly client: CdmiClient;
  /** What `--output` says. */
  readonly format: string;
  readonly page: Page;
  readonly bar: TransferBar;
  /** The path that somebody has typed, as a URL perhaps. */
  pathOf(word: string): string;
  /** Writes a result. */
  print(text: string): void;
  /** Writes where things are. */
  printUrls(paths: readonly string[]): void;
  /** Tells something besides the result. */
  warn(text: string): void;
}

interface CdmiOptions extends CommonOptions {
  readonly root?: string;
}

/** What a verb does with the words and options it is called with. */
export type CdmiBody<Options> = (work: CdmiWork, words: readonly string[], options: Options) => Promise<void>;

/** Makes the action of a command of it: with a client that is closed in the end, and an end by Ctrl-C. */
export function cdmiAction<Options extends object>(body: CdmiBody<Options>): (this: Command) => Promise<void> {
  return async function (this: Command) {
    const options = this.optsWithGlobals<CdmiOptions & Options & Record<string, unknown>>();
    const bar = new TransferBar();
    process.once('SIGINT', () => interrupted(bar));
    const connection = await connectionOptions(settingsFor(options), options.dump === true);
    const client = openCdmi({ ...connection, ...(options.root === undefined ? {} : { root: options.root }) });
    try {
      await body(workWith(client, options.output, bar), this.args, options);
    } catch (error) {
      if (!(error instanceof ReaderGone)) throw told(error);
    } finally {
      bar.end();
      client.close();
    }
  };
}

function workWith(client: CdmiClient, format: string, bar: TransferBar): CdmiWork {
  const print = (text: string) => {
    bar.end();
    printAs(format, text);
  };
  return {
    client,
    format,
    page: standardOutput(),
    bar,
    pathOf: (word) => pathIn(client.root, word),
    print,
    printUrls(paths) {
      // Of a failure, nothing but the complaint.
      if (paths.length > 0) print((formats[format] ?? tablePrinter).urls(paths.map(client.urlOf)));
    },
    warn(text) {
      bar.end();
      process.stderr.write(`occi: ${text}\n`);
    },
  };
}

/** @throws UsageError for the URL of something else */
function pathIn(root: string, word: string): string {
  if (!/^https?:\/\//i.test(word)) return word.replace(/^\/+/, '');
  const url = URL.parse(word)?.href;
  if (url?.startsWith(root) === true) return decodeURIComponent(url.slice(root.length));
  throw new UsageError(`${word} is not below ${root}`, 'name the right --endpoint, or a path');
}

/** What the client library advises is about CDMI; what this command advises about a status is about entities. */
function told(error: unknown): unknown {
  if (!(error instanceof ClientError) || error.details.status === 401) return error;
  const { exchange: _, ...details } = error.details;
  return new ClientError(error.kind, error.problem, details, { cause: error.cause });
}

function interrupted(bar: TransferBar): never {
  bar.end();
  process.stderr.write('\nocci: interrupted; get again goes on where it was, put does with --continue\n');
  process.exit(exitCodes.interrupted);
}
