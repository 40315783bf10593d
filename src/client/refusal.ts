import { ClientError } from './client-error.ts';
import { type Exchange, type Fields, field } from './exchange.ts';

/**
 * The error for an answer that says no: what the server says, and what to do.
 *
 * @param advice in place of the usual one
 * @param shown the exchange as it may be shown
 */
export function refusal(exchange: Exchange, advice?: string, shown = exchange): ClientError {
  const { method, url } = exchange.request;
  const { status, reason, headers, body } = exchange.response;
  const { said, code } = wordsOf(headers, body);
  const what = `${method} ${url} is refused with ${status} ${reason}`.trimEnd();
  return new ClientError('refused', said === undefined ? what : `${what}: ${said}`, {
    advice: advice ?? adviceOn(status, headers),
    status,
    ...(said === undefined ? {} : { said }),
    ...(code === undefined ? {} : { code }),
    exchange: shown,
  });
}

interface Words {
  readonly said?: string;
  readonly code?: string;
}

const longestWords = 500;

/** What a server says about an error: problem details (RFC 9457), what passes for them elsewhere, a line of text. */
function wordsOf(headers: Fields, body: Uint8Array): Words {
  const text = new TextDecoder().decode(body).trim();
  const problem = text.startsWith('{') ? wordsInJson(text) : undefined;
  if (problem !== undefined) return problem;
  const isPage = /^<(?:!doctype|html|\?xml)/i.test(text);
  const line = isPage ? /<title>([^<]*)/i.exec(text)?.[1] : text;
  const said = (field(headers, 'x-occi-error') ?? line ?? '').replace(/\s+/g, ' ').trim();
  return said === '' || said === 'OK' ? {} : { said: said.slice(0, longestWords) };
}

function wordsInJson(text: string): Words | undefined {
  try {
    const object = JSON.parse(text) as Record<string, unknown>;
    const inner = Object.values(object).find((value) => typeof value === 'object' && value !== null);
    const all = { ...(inner as Record<string, unknown> | undefined), ...object };
    const said = ['detail', 'message', 'error', 'title']
      .map((name) => all[name])
      .find((one) => typeof one === 'string');
    const code = typeof all['code'] === 'string' ? { code: all['code'] } : {};
    return { ...(said === undefined ? {} : { said: String(said).slice(0, longestWords) }), ...code };
  } catch {
    return undefined;
  }
}

function adviceOn(status: number, headers: Fields): string {
  switch (status) {
    case 401:
      return `say who you are: ${field(headers, 'www-authenticate') ?? 'the server does not say how'}`;
    case 403:
      return 'you may not do this, or nobody may';
    case 404:
      return 'there is nothing; list the collection to see what there is';
    case 405:
      return `this cannot be done here${allowed(headers)}`;
    case 406:
    case 415:
      return 'the server does not speak this rendering; choose another one';
    case 409:
      return 'the present state does not allow it; look at it, and try again later';
    case 429:
    case 503:
      return 'the server is busy; try again later';
    default:
      if (status >= 300 && status < 400) return `use ${field(headers, 'location') ?? 'another endpoint'} instead`;
      return status >= 500 ? 'the fault is at the server' : 'look at what the query interface says is allowed';
  }
}

function allowed(headers: Fields): string {
  const methods = field(headers, 'allow');
  return methods === undefined ? '' : `, only ${methods}`;
}
