import { CommanderError } from 'commander';
import { ClientError } from '../../client/index.ts';
import { isAboutTheRequest } from './exit-code.ts';
import { printable } from './printable.ts';
import { UsageError } from './usage-error.ts';
import { WaitError } from './wait-error.ts';

/** An error as two lines for people: what is wrong, and what to do. */
export function complaintOf(error: unknown): string {
  const [what, advice] = linesOf(error);
  return `occi: ${printable(what)}\n      ${printable(advice)}\n`;
}

function linesOf(error: unknown): readonly [what: string, advice: string] {
  if (error instanceof UsageError || error instanceof WaitError) return [error.message, error.advice];
  if (error instanceof CommanderError) {
    return [error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '), 'occi --help tells how it is written'];
  }
  if (!(error instanceof ClientError)) {
    return [error instanceof Error ? error.message : String(error), '--dump shows what was sent and received'];
  }
  return refusalLines(error) ?? halves(error.message);
}

/** What the server said, and what to do about it with this command. */
function refusalLines({ kind, details }: ClientError): readonly [string, string] | undefined {
  const { exchange, status, said, code } = details;
  if (kind !== 'refused' || exchange === undefined || status === undefined) return undefined;
  const { method, url } = exchange.request;
  const what = `${method} ${url} is refused with ${status} ${exchange.response.reason}`.trimEnd();
  return [said === undefined ? what : `${what}: ${said}`, adviceOn(isAboutTheRequest(code) ? 400 : status)];
}

function adviceOn(status: number): string {
  switch (status) {
    case 401:
      return 'say who you are: --auth with --username or --token, or the same in ~/.config/occi/config';
    case 403:
      return 'you may not do this; ask whoever runs the server';
    case 404:
    case 410:
      return 'occi list shows what there is';
    case 406:
    case 415:
      return 'try another --rendering';
    case 409:
    case 412:
      return 'look at its state with occi describe, and try again';
    default:
      return status >= 500
        ? 'the fault is at the server; try again later, --dump shows the exchange'
        : 'occi model shows what is allowed, --dump shows the exchange';
  }
}

/** The messages of the client library end in their advice. */
function halves(message: string): readonly [string, string] {
  const [, what, advice] = /^(.*)(?:; | \()(.*?)\)?$/s.exec(message) ?? [];
  return what === undefined || advice === undefined
    ? [message, '--dump shows what was sent and received']
    : [what, advice];
}
