import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the Keystone of a test says about a token. */
export type Description = Readonly<Record<string, unknown>> | number | 'hang up' | 'silence' | 'rubbish';

/** A Keystone whose every answer the test decides. */
export interface ScriptedKeystone {
  readonly url: string;
  /** Tokens by what is said about them. */
  readonly tokens: Map<string, Description>;
  /** Own tokens it has given out, which it takes back when they are removed. */
  readonly own: Set<string>;
  /** How long the next own token lives. */
  ownLife: number;
  /** What it answers when an own token is asked for; 201 unless another status is set. */
  ownStatus: number;
  /** Requests to be told who a token is, as `own about subject`. */
  readonly asked: string[];
  given: number;
  /** Answers wait for this. */
  gate: Promise<void>;
  close(): Promise<void>;
}

/** Starts one. @param now what time it has */
export async function startScriptedKeystone(now: () => number = Date.now): Promise<ScriptedKeystone> {
  const server: Server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const keystone: ScriptedKeystone = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3`,
    tokens: new Map(),
    own: new Set(),
    ownLife: 3_600_000,
    ownStatus: 201,
    asked: [],
    given: 0,
    gate: Promise.resolve(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  const refuse = (response: ServerResponse, code: number) => json(response, code, { error: { code, message: 'no' } });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await keystone.gate;
    if (request.method === 'POST') {
      request.resume();
      if (keystone.ownStatus !== 201) return void refuse(response, keystone.ownStatus);
      keystone.given += 1;
      const token = `own-${keystone.given}`;
      keystone.own.add(token);
      const expires_at = new Date(now() + keystone.ownLife).toISOString();
      json(response, 201, { token: { expires_at, project: { id: 'service' } } }, { 'x-subject-token': token });
      return;
    }
    const by = String(request.headers['x-auth-token']);
    const subject = String(request.headers['x-subject-token']);
    keystone.asked.push(`${by} about ${subject}`);
    const description = keystone.tokens.get(subject);
    if (by !== subject && !keystone.own.has(by)) refuse(response, 401);
    else if (description === undefined) refuse(response, by === subject ? 401 : 404);
    else if (description === 'hang up') request.socket.destroy();
    else if (description === 'rubbish') response.end('<html>');
    else if (description === 'silence') return;
    else if (typeof description === 'number') refuse(response, description);
    else json(response, 200, { token: description });
  };
  return keystone;
}
