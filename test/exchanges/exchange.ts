import { readdirSync, readFileSync } from 'node:fs';

/**
 * Exchanges as data: `<id>.http` holds one request and the response to it, as HTTP/1.1 sends them.
 *
 *     # A title
 *     # proves: HTTP-9.3-a TEXT-5.3-a        the requirements this exchange proves
 *     # after: E04-P                         an exchange that comes before this one, if any
 *     # names: test.lab.watts                what an error has to name
 *     POST /-/ HTTP/1.1                      the request: start line, headers, an empty line, the body
 *     …
 *     ---
 *     HTTP/1.1 200 OK                        the response
 *     …
 *
 * Lines end in LF here. On the wire they end in CR LF, in the body too when it is text/plain or text/uri-list, and then
 * also the last one; the body `OK` and the bodies of other types have no line end. `Content-Length` counts what is on the wire.
 */
export interface Exchange {
  readonly id: string;
  readonly title: string;
  readonly proves: readonly string[];
  readonly after?: string;
  readonly names?: string;
  readonly request: Message;
  readonly response: Message;
}

/** A request or response as it is on the wire, its header names in lower case. */
export interface Message {
  readonly start: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** All exchanges of this directory in order of their ids. @throws Error when a file is not as described above. */
export function readExchanges(): readonly Exchange[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.http'));
  return files.sort().map((file) => parseExchange(file.slice(0, -'.http'.length), read(file)));
}

/** Reads one exchange. @throws Error naming it when a part is missing or `Content-Length` is wrong. */
export function parseExchange(id: string, text: string): Exchange {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => !line.startsWith('# '));
  const [title = '', ...about] = lines.slice(0, start).map((line) => line.slice('# '.length));
  const facts = new Map(about.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(': ') + 2)]));
  const after = facts.get('after');
  const names = facts.get('names');
  const [request, response, ...more] = lines.slice(start).join('\n').split('---\n');
  if (title === '' || request === undefined || response === undefined || more.length > 0)
    throw new Error(`${id} is not one title, one request and one response`);
  return {
    id,
    title,
    proves: facts.get('proves')?.split(' ') ?? [],
    ...(after === undefined ? {} : { after }),
    ...(names === undefined ? {} : { names }),
    request: parseMessage(id, request),
    response: parseMessage(id, response),
  };
}

function parseMessage(id: string, text: string): Message {
  const end = text.indexOf('\n\n');
  const [start = '', ...fields] = text.slice(0, end).split('\n');
  const headers = Object.fromEntries(
    fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 2)]),
  );
  const body = onTheWire(text.slice(end + 2), headers['content-type'] ?? '');
  if (Number(headers['content-length'] ?? 0) !== Buffer.byteLength(body))
    throw new Error(`${id}: ${start}: the body has ${Buffer.byteLength(body)} bytes`);
  return { start, headers, body };
}

function onTheWire(body: string, type: string): string {
  const lines = /^text\/(plain|uri-list)/.test(type) && body !== 'OK\n';
  return lines ? body.replaceAll('\n', '\r\n') : body.replace(/\n$/, '');
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}
