import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences } from './exchanges/differences.ts';
import { type Exchange, parseExchange, readExchanges } from './exchanges/exchange.ts';
import { type Answer, base, L1, L2, type Lab, P1, S1, startEmptyHomeLab, startHomeLab } from './http/home-lab.ts';

const exchanges = readExchanges();
const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const fixture = [L1, L2, S1, P1].join();

describe('Exchanges', () => {
  it.for(exchanges)('$id $title', async (exchange) => {
    const lab = await (exchange.response.headers['www-authenticate'] === undefined ? startHomeLab() : startGuarded());
    try {
      const ids = new Map<string, string>();
      const before = exchange.after === undefined ? undefined : byId.get(exchange.after);
      if (before !== undefined) learn(ids, before, await send(lab, before, ids));
      compare(await send(lab, exchange, ids), exchange, ids);
    } finally {
      await lab.close();
    }
  });

  it('are 106, and every difference concerns at least one of them', () => {
    expect(exchanges).toHaveLength(106);
    const idle = differences.filter(({ expect }) => exchanges.every((one) => expect(one.response) === one.response));
    expect(idle).toEqual([]);
  });

  it('are refused when Content-Length is wrong', () => {
    const text = '# t\nGET / HTTP/1.1\n\n---\nHTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 2\n\na\n';
    expect(() => parseExchange('E', text)).toThrow('the body has 3 bytes');
  });
});

/** A home lab whose door is closed: nobody has a password yet. */
async function startGuarded(): Promise<Lab> {
  const directory = mkdtempSync(join(tmpdir(), 'occi-users-'));
  const authUsersFile = join(directory, 'users');
  writeFileSync(authUsersFile, '');
  const lab = await startEmptyHomeLab({ auth: ['basic'], authUsersFile, authRealm: 'homelab' });
  return {
    ...lab,
    async close() {
      await lab.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Sends the request of an exchange, with the ids that the server chose in place of those of the example. */
function send(lab: Lab, { request }: Exchange, ids: ReadonlyMap<string, string>): Promise<Answer> {
  const [method = '', path = ''] = request.start.split(' ');
  const real = new Map([...ids].map(([actual, example]) => [example, actual]));
  return lab.request(method, base + rename(path, real), {
    headers: request.headers,
    ...(request.body === '' ? {} : { body: rename(request.body, real) }),
  });
}

function compare(answer: Answer, exchange: Exchange, ids: Map<string, string>): void {
  learn(ids, exchange, answer);
  const { start, headers, body } = differences.reduce(
    (response, difference) => difference.expect(response),
    exchange.response,
  );
  const listed = Object.keys(headers).map((name) => [name, rename(header(answer, name), ids)]);
  const failed = answer.status >= 400;
  expect({
    status: String(answer.status),
    headers: Object.fromEntries(listed),
    body: failed ? '' : rename(answer.text, ids),
  }).toEqual({ status: start.split(' ')[1], headers, body });
  if (failed) expect(answer.text).toContain(exchange.names);
}

/** A header as text. Its bytes are UTF-8; `Content-Length` is left to the HTTP server. */
function header({ headers, text }: Answer, name: string): string {
  if (name === 'content-length') return String(Buffer.byteLength(text));
  return Buffer.from(headers.get(name) ?? '(none)', 'latin1').toString('utf8');
}

/** Pairs the ids that the server chose with those of the example, in the order in which they appear. */
function learn(ids: Map<string, string>, { request, response }: Exchange, answer: Answer): void {
  const known = fixture + request.start + JSON.stringify(request.headers) + request.body;
  const chosen = (location: string | null | undefined, body: string) => [
    ...new Set(`${location ?? ''} ${body}`.match(uuid)?.filter((id) => !known.includes(id))),
  ];
  const expected = chosen(response.headers['location'], response.body);
  const actual = chosen(answer.headers.get('location'), answer.text).filter((id) => !ids.has(id));
  for (const [at, id] of actual.entries()) ids.set(id, expected[at] ?? id);
}

function rename(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replaceAll(uuid, (id) => ids.get(id) ?? id);
}
