import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Exchange,
  exchangeText,
  fieldsNamed,
  openWire,
  type Wire,
  type WireRequest,
} from '../../src/client/index.ts';
import { redirected } from '../../src/client/redirected.ts';
import { repeated } from '../../src/client/repeated.ts';
import { reply, type Script, type ScriptedServer, startScripted, startServer } from './scripted-server.ts';

const noBody = new Uint8Array();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function wired(options: Parameters<typeof openWire>[0] = {}): Wire {
  const wire = openWire(options);
  open.push(wire);
  return wire;
}

async function scripted(script: Script): Promise<ScriptedServer> {
  const server = await startScripted(script);
  open.push(server);
  return server;
}

const get = (url: string, more: Partial<WireRequest> = {}): WireRequest => ({
  method: 'GET',
  url,
  headers: [],
  body: noBody,
  ...more,
});
const text = ({ response }: Exchange) => new TextDecoder().decode(response.body);

describe('a request on the wire', () => {
  it('has the fields it is given, as they are spelt and ordered, and none besides', async () => {
    const server = await scripted(() => reply('200 OK'));
    const headers = [
      ['x-OCCI-attribute', 'a.b="é☂"'],
      ['Category', 'one'],
      ['Category', 'two'],
    ] as const;
    await wired().send(get(`${server.url}/a?b=c`, { headers, body: new TextEncoder().encode('über') }));
    const [request] = server.requests;
    expect(request?.path).toBe('/a?b=c');
    expect(request?.body).toBe('über');
    expect(request?.fields).toEqual([
      ['Host', new URL(server.url).host],
      ...headers,
      ['Content-Length', '5'],
      ['Connection', 'keep-alive'],
    ]);
  });

  it('says so when a POST has no body', async () => {
    const server = await scripted(() => reply('204 No Content'));
    await wired().send(get(server.url, { method: 'POST' }));
    expect(server.requests[0]?.header('content-length')).toBe('0');
  });

  it('goes over as many connections as are allowed, which are kept', async () => {
    const waiting: ServerResponse[] = [];
    let connections = 0;
    const { url, server, close } = await startServer((_, response) => {
      waiting.push(response);
      if (waiting.length === 2) for (const one of waiting.splice(0)) one.end('here');
    });
    open.push({ close });
    server.on('connection', () => {
      connections += 1;
    });
    const { send } = wired({ maxConnections: 2 });
    const exchanges = await Promise.all(Array.from({ length: 10 }, () => send(get(url))));
    expect(exchanges.map(text)).toEqual(Array(10).fill('here'));
    expect(connections).toBe(2);
  });

  it('has a connection of its own when it must not be repeated: one that was kept may just be closing', async () => {
    const server = await scripted(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK');
    const { send } = wired();
    for (const method of ['GET', 'POST', 'POST', 'DELETE']) {
      expect(text(await send(get(server.url, { method })))).toBe('OK');
    }
  });
});

describe('an answer on the wire', () => {
  it('is kept as it is: status, reason, repeated fields, bytes', async () => {
    const fields = ['X-OCCI-Location: http://a.test/1', 'x-occi-location: http://a.test/é', 'Server: OCCI/1.1'];
    const server = await scripted(() => reply('299 Quite Fine', fields, '☂'));
    const { response } = await wired().send(get(server.url));
    expect(response).toMatchObject({ status: 299, reason: 'Quite Fine' });
    expect(fieldsNamed(response.headers, 'X-OCCI-Location')).toEqual(['http://a.test/1', 'http://a.test/é']);
    expect(new TextDecoder().decode(response.body)).toBe('☂');
    expect(response.milliseconds).toBeGreaterThanOrEqual(0);
  });

  it('may have very many fields', async () => {
    const fields = Array.from({ length: 3000 }, (_, index) => `X-OCCI-Location: http://a.test/${index}`);
    const server = await scripted(() => reply('200 OK', fields));
    const { response } = await wired().send(get(server.url));
    expect(fieldsNamed(response.headers, 'x-occi-location')).toHaveLength(3000);
  });

  it('is given up when it has no end', async () => {
    const server = await startServer((_, response) => {
      const more = () => {
        while (response.write('X-OCCI-Location: http://a.test/1\n'.repeat(1000)));
      };
      response.on('drain', more);
      more();
    });
    open.push(server);
    const sent = wired({ maxAnswerBytes: 100_000 }).send(get(server.url));
    await expect(sent).rejects.toMatchObject({ kind: 'unreadable', message: expect.stringContaining('100000 bytes') });
  });

  it('is given up when it takes too long, also when bytes keep coming', async () => {
    const server = await startServer((_, response) => {
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(timer));
    });
    open.push(server);
    await expect(wired({ timeoutMs: 150 }).send(get(server.url))).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('is lost when the connection ends before it, or in the middle of it', async () => {
    const server = await scripted(({ path }) =>
      path === '/none' ? undefined : 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal',
    );
    for (const path of ['/none', '/half']) {
      await expect(wired().send(get(server.url + path))).rejects.toMatchObject({ kind: 'lost' });
    }
  });

  it('is unreadable when it is no HTTP', async () => {
    const server = await scripted(() => 'SSH-2.0-OpenSSH\r\n\r\n');
    await expect(wired().send(get(server.url))).rejects.toMatchObject({ kind: 'unreadable' });
  });
});

describe('a server that is not there', () => {
  it('is unreachable, and the message says what to look at', async () => {
    const server = await scripted(() => undefined);
    await server.close();
    await expect(wired().send(get(server.url))).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('nothing listens there'),
    });
  });

  it('is unreachable when it does not get on with the connection', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    open.push(silent);
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await expect(wired({ connectTimeoutMs: 100 }).send(get(url))).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('is not waited for any longer when the caller has lost interest', async () => {
    const interest = new AbortController();
    const server = await scripted(() => {
      interest.abort(new Error('enough'));
      return new Promise(() => undefined);
    });
    await expect(wired({ signal: interest.signal }).send(get(server.url))).rejects.toThrow('enough');
  });
});

describe('what is told of exchanges', () => {
  it('has no credentials in it', async () => {
    const told: Exchange[] = [];
    const server = await scripted(() => reply('200 OK', ['Set-Cookie: secret', 'X-Subject-Token: secret'], 'secret'));
    const headers = [
      ['Authorization', 'Basic secret'],
      ['x-auth-token', 'secret'],
      ['Accept', 'text/plain'],
    ] as const;
    const request = get(server.url, { headers, body: new TextEncoder().encode('secret'), confidential: true });
    const exchange = await wired({ onExchange: (one) => told.push(one) }).send(request);
    expect(text(exchange)).toBe('secret');
    const dump = told.map(exchangeText).join();
    expect(dump).not.toContain('secret');
    expect(dump).toMatch(/^GET \/ HTTP\/1\.1\nAuthorization: \*\*\*\nx-auth-token: \*\*\*\nAccept: text\/plain\n/);
    expect(dump).toContain('\nHTTP/1.1 200 OK\nSet-Cookie: ***\n');
  });
});

describe('repetition', () => {
  const quick = { pauseMs: 1 };
  /** Fails in some way, as often as it is told to, and then succeeds. */
  const failing = (times: number, failure: string | undefined) =>
    scripted((_, nth) => (nth <= times ? failure : reply('200 OK', [], 'at last')));

  it.each([
    ['lost connections', undefined],
    ['a busy server', reply('503 Service Unavailable', ['Retry-After: 0'])],
    ['a server that has had enough', reply('429 Too Many Requests', [`Retry-After: ${new Date(0).toUTCString()}`])],
    ['a gateway without a server', reply('502 Bad Gateway')],
    ['a gateway whose server is slow', reply('504 Gateway Timeout')],
  ])('makes %s good for what only reads', async (_, failure) => {
    const server = await failing(2, failure);
    const send = repeated(wired().send, quick);
    expect(text(await send(get(server.url)))).toBe('at last');
    expect(server.requests).toHaveLength(3);
  });

  it('has an end', async () => {
    const server = await failing(9, reply('503 Service Unavailable'));
    const send = repeated(wired().send, { ...quick, retries: 2 });
    expect((await send(get(server.url))).response.status).toBe(503);
    expect(server.requests).toHaveLength(3);
  });

  it('does not wait longer than it is to', async () => {
    const server = await failing(1, reply('503 Service Unavailable', ['Retry-After: 31']));
    expect((await repeated(wired().send, quick)(get(server.url))).response.status).toBe(503);
    expect(server.requests).toHaveLength(1);
  });

  it('does not happen to what may have been carried out, unless once more does no harm', async () => {
    const send = repeated(wired().send, quick);
    for (const failure of [undefined, reply('503 Service Unavailable')]) {
      const server = await failing(1, failure);
      const post = get(server.url, { method: 'POST' });
      if (failure === undefined) await expect(send(post)).rejects.toMatchObject({ kind: 'lost' });
      else expect((await send(post)).response.status).toBe(503);
      expect(server.requests).toHaveLength(1);
    }
    const server = await failing(1, undefined);
    expect(text(await send(get(server.url, { method: 'POST', repeatable: true })))).toBe('at last');
  });

  it('happens to everything that has not found a server', async () => {
    const first = await startScripted(() => undefined);
    const { port } = new URL(first.url);
    await first.close();
    const wire = wired();
    let tries = 0;
    const revived = repeated(async (request) => {
      tries += 1;
      if (tries === 2) {
        const server = createServer((socket) => socket.end(reply('200 OK', [], 'revived')));
        await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
        open.push(server);
      }
      return wire.send(request);
    }, quick);
    expect(text(await revived(get(first.url, { method: 'POST' })))).toBe('revived');
  });
});

describe('redirection', () => {
  it('is followed within the server, for what only reads', async () => {
    const server = await scripted(({ path }) =>
      path === '/b' ? reply('200 OK', [], 'there') : reply('302 Found', ['Location: /b']),
    );
    const send = redirected(wired().send);
    expect(text(await send(get(`${server.url}/a`)))).toBe('there');
    expect((await send(get(`${server.url}/a`, { method: 'POST' }))).response.status).toBe(302);
  });

  it('does not lead elsewhere, and not on for ever', async () => {
    const elsewhere = await scripted(() => reply('200 OK'));
    const server = await scripted(({ path }) =>
      reply('301 Moved', [`Location: ${path === '/away' ? elsewhere.url : '/again'}`]),
    );
    const send = redirected(wired().send);
    expect((await send(get(`${server.url}/away`))).response.status).toBe(301);
    expect(elsewhere.requests).toHaveLength(0);
    expect((await send(get(`${server.url}/again`))).response.status).toBe(301);
    expect(server.requests).toHaveLength(7);
  });
});
