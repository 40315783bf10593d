import { CommanderError } from 'commander';
import { ClientError, type ClientErrorDetails, type Exchange, field } from '../../client/index.ts';
import { isAboutTheRequest, quotaExceeded } from './exit-code.ts';
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
  if (!(error instanceof ClientError)) return [error instanceof Error ? error.message : String(error), dump];
  return [error.problem, adviceOn(error.details) ?? error.details.advice ?? dump];
}

const dump = '--dump shows what was sent and received';

/** What to do with this command about a refusal, where that is more than the client library can tell. */
function adviceOn({ status, code, exchange }: ClientErrorDetails): string | undefined {
  if (status === undefined || exchange === undefined || exchange.request.confidential === true) return undefined;
  if (code === quotaExceeded) return 'occi quota shows what you use and may use; delete something, or ask for more';
  switch (isAboutTheRequest(code) ? 400 : status) {
    case 401:
      return saysWho(exchange)
        ? 'these credentials are not taken; check user name and password, or the token'
        : 'say who you are: --auth with --username or --token, or the same in ~/.config/occi/config';
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
    case 400:
    case 422:
      return 'occi model shows what is allowed, --dump shows the exchange';
    case 500:
      return 'the fault is at the server; try again later, --dump shows the exchange';
    default:
      return undefined;
  }
}

function saysWho({ request: { headers } }: Exchange): boolean {
  return ['authorization', 'x-auth-token'].some((name) => field(headers, name) !== undefined);
}
