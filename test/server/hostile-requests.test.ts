import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../http/until.ts';
import { exchange, type RunningGateway, readRaw, startGateway, temporaryDirectory } from './command.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const directory = temporaryDirectory();
let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway(directory.path, { OCCI_REQUEST_TIMEOUT_MS: '2000' });
});
afterAll(async () => {
  const { code } = await gateway.stop();
  directory.remove();
  expect(code).toBe(0);
  expect(gateway.log().filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

/** All answers on a connection, status by status. */
const statusesOf = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 ([0-9]{3}) [A-Z]/g)].map(([, status]) => Number(status));
const send = (...pieces: readonly string[]) => exchange(gateway.port, Buffer.from(pieces.join(''), 'latin1'));

/** What must never be seen as a request of its own. */
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
const post = (...fields: readonly string[]) =>
  `POST /network/ HTTP/1.1\r\nHost: h\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;
const chunked = (body: string) => post('Transfer-Encoding: chunked') + body;

describe('a request whose end somebody may see elsewhere is refused, and its connection is closed (RFC 9112 §11.2)', () => {
  it.each([
    ['length and chunks', `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    ['chunks and length', `${post('Transfer-Encoding: chunked', 'Content-Length: 4')}0\r\n\r\n`],
    ['two lengths', post('Content-Length: 0', `Content-Length: ${smuggled.length}`)],
    ['two lengths that agree', post('Content-Length: 0', 'Content-Length: 0')],
    ['a list of lengths', post('Content-Length: 0, 0')],
    ['a length with a sign', post('Content-Length: +0')],
    ['a negative length', post('Content-Length: -1')],
    ['a length in another base', post('Content-Length: 0x0')],
    ['no length', post('Content-Length: ')],
    ['a length beyond all numbers', post('Content-Length: 18446744073709551616')],
    ['a space before the colon', post(`Content-Length : ${smuggled.length}`)],
    ['a space before the colon of chunks', `${post('Transfer-Encoding : chunked')}0\r\n\r\n`],
    ['a field on a line that goes on', post('X-A: b', ` Content-Length: ${smuggled.length}`)],
    ['chunks on a line that goes on', `${post('Transfer-Encoding:', ' chunked')}0\r\n\r\n`],
    ['a field without name', post(': b')],
    ['a line feed alone', `POST /network/ HTTP/1.1\nHost: h\nContent-Length: 0\n\n`],
    ['a line feed alone between fields', post(`X-A: b\nContent-Length: ${smuggled.length}`)],
    ['a carriage return alone', post(`X-A: b\rContent-Length: ${smuggled.length}`)],
    ['a NUL', post('X-A: b\0c')],
    ['a coding that is not chunked', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n`],
    ['identity', `${post('Transfer-Encoding: identity')}0\r\n\r\n`],
    ['another coding after chunked', `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n`],
    ['another coding in a second field', `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: cow')}0\r\n\r\n`],
    ['chunked in quotes', `${post('Transfer-Encoding: "chunked"')}0\r\n\r\n`],
    ['chunked after a control character', `${post('Transfer-Encoding: \x0bchunked')}0\r\n\r\n`],
    ['chunks in HTTP/1.0', `${chunked('0\r\n\r\n').replace('1.1\r\nHost', '1.0\r\nConnection: keep-alive\r\nHost')}`],
    ['the size of a chunk in C', chunked('0x0\r\n\r\n')],
    ['a negative chunk', chunked('-1\r\n\r\n')],
    ['a chunk beyond all numbers', chunked('10000000000000000\r\n\r\n')],
    ['chunks that end in line feeds', chunked('0\n\n')],
    ['a line feed in an extension of a chunk', chunked('0;a\nb\r\n\r\n')],
    ['a length in a trailer', chunked('0\r\nContent-Length: 5\r\n\r\n')],
    ['two hosts', post('Host: evil.test', 'Content-Length: 0')],
    ['a version that does not exist', post('Content-Length: 0').replace('1.1', '1.10')],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('%s', async (_, request) => {
    const text = await send(request, smuggled);
    expect(statusesOf(text)).toEqual([400]);
    expect(readRaw(text).header('server')).toMatch(/OCCI\/1\.2/);
  });

  it('and what is in order is understood: chunks in capitals, trailers, a row of requests', async () => {
    const capitals = post('Transfer-Encoding: CHUNKED').concat('0\r\nX-Trailer: a\r\n\r\n');
    expect(statusesOf(await send(capitals, smuggled.replace('/smuggled', '/next')))).toEqual([400, 404]);
  });

  it('nothing but 100-continue can be expected, and nobody changes the protocol', async () => {
    expect(statusesOf(await send(post('Expect: 200-ok', 'Content-Length: 0')))).toEqual([417]);
    for (const upgrade of ['websocket', 'h2c', 'TLS/1.2']) {
      const fields = `Connection: Upgrade, close\r\nUpgrade: ${upgrade}\r\n`;
      const text = await send(`GET /network/ HTTP/1.1\r\nHost: h\r\n${fields}\r\n`, smuggled);
      expect(statusesOf(text)).toEqual([200]);
    }
  });
});

describe('a target leads to what its plain form leads to, or nowhere (RFC 3986 §6.2.2)', () => {
  const ask = async (target: string, ...fields: readonly string[]) => {
    const lines = [`GET ${target} HTTP/1.1`, 'Host: h', 'Connection: close', ...fields];
    return readRaw(await exchange(gateway.port, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)));
  };

  it('whatever it is written like', async () => {
    const targets = [
      ['/compute/../network/', 200, '/network/'],
      ['/%2e%2e/network/', 200, '/network/'],
      ['/compute/%2E./network/', 200, '/network/'],
      ['/../../../etc/passwd', 404, '/etc/passwd'],
      ['//network/', 200, '/network/'],
      ['//evil.test/network/', 404, '/evil.test/network/'],
      ['/n%65twork/', 200, '/network/'],
      ['/%2fnetwork/', 404, '/%2Fnetwork/'],
      ['/network%2f', 404, '/network%2F'],
      ['/network/..%2fcompute/', 404, '/network/..%2Fcompute/'],
      ['/network/%5c..%5c', 404, '/network/%5C..%5C'],
      ['/network/%00', 404, '/network/%00'],
      ['/network/%0d%0aSet-Cookie:a=b', 404, '/network/%0D%0ASet-Cookie:a=b'],
      ['/network/%', 404, '/network/%25'],
      ['/network/%zz', 404, '/network/%25zz'],
      ['/%c0%ae%c0%ae/network/', 404, '/%C0%AE%C0%AE/network/'],
      ['/network/#x', 200, '/network/'],
      ['/healthz/../network/', 200, '/network/'],
      ['/__proto__', 404, '/__proto__'],
      ['/constructor/', 404, '/constructor/'],
      ['http://h/network/', 200, '/network/'],
    ] as const;
    const answered: unknown[] = [];
    for (const [index, [target]] of targets.entries()) {
      const { status, header } = await ask(target, `X-Request-Id: target-${index}`);
      expect(header('set-cookie')).toBeUndefined();
      answered.push([target, status]);
    }
    expect(answered).toEqual(targets.map(([target, status]) => [target, status]));
    const seen = () => gateway.log().filter(({ requestId }) => String(requestId).startsWith('target-'));
    await until(
      async () => seen().length,
      (lines) => lines === targets.length,
    );
    expect(seen().map(({ path }) => path)).toEqual(targets.map(([, , path]) => path));
  });

  it.each([
    '/network\\..\\compute',
    '/a\0b',
    '*',
    'h:80',
    'ftp://h/network/',
    'http://user:secret@h/network/',
    'http://',
    '?x',
    'network/',
  ])('%j is none: 400', async (target) => {
    const { status, body } = await ask(target);
    expect(status).toBe(400);
    expect(body).not.toContain('secret');
  });
});

describe('what is in an answer is where it belongs', () => {
  it.each(['\r\n', '\n', '\r', '\0', '\v', '\u0085', '\u010d\u010a', '\u2028', '\ud83d'])(
    'what ends a line, or once did, does not end a header field: %j',
    async (end) => {
      const evil = `a${end}Set-Cookie: stolen=1${end}${end}<script>`;
      const url = `${gateway.url}/network/`;
      const made = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/occi+json' },
        body: JSON.stringify({ kind: `${infrastructure}network`, title: evil, summary: evil }),
      });
      // What no text rendering could show is not taken in the first place.
      expect([201, 400]).toContain(made.status);
      if (made.status === 400) return;
      const { pathname } = new URL(made.headers.get('location') ?? '');
      for (const accept of ['text/occi', 'text/plain', 'text/uri-list', 'application/occi+json']) {
        for (const path of [pathname, '/network/']) {
          const fields = `Host: h\r\nAccept: ${accept}\r\nConnection: close`;
          const text = await send(`GET ${path} HTTP/1.1\r\n${fields}\r\n\r\n`);
          const head = text.slice(0, text.indexOf('\r\n\r\n'));
          for (const line of head.split(/[\r\n\0]/)) expect(line).not.toMatch(/^set-cookie/i);
        }
      }
    },
  );

  it('what a client says of itself is not sent back in header fields', async () => {
    for (const field of ['X-Request-Id', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Prefix', 'User-Agent']) {
      const value = 'evil.test"><script>';
      const text = await send(`GET /network/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${field}: ${value}\r\n\r\n`);
      expect(statusesOf(text)).toEqual([200]);
      expect(text).not.toContain('evil.test');
    }
  });

  it.each(['evil.test/x', 'evil.test\\x', 'a b', 'a@evil.test', '[::1', 'a"b', 'a<b', 'evil.test:99999'])(
    'a Host that is none is refused: %j',
    async (host) => {
      const text = await send(`GET /network/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(statusesOf(text)).toEqual([400]);
    },
  );
});

describe('JSON', () => {
  const ask = async (method: string, path: string, body: string) => {
    const headers = { 'content-type': 'application/occi+json', accept: 'application/occi+json' };
    const response = await fetch(gateway.url + path, { method, headers, body });
    return { status: response.status, text: await response.text() };
  };
  const kind = `"kind":"${infrastructure}network"`;
  const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);

  it.each([
    ['lists', deep('[', ']')],
    ['objects', deep('{"a":', '').concat('1', '}'.repeat(100_000))],
    ['lists in an attribute', `{${kind},"attributes":{"occi.network.label":${deep('[', ']')}}}`],
    ['objects in an attribute', `{${kind},"attributes":${deep('{"a":', '').concat('1', '}'.repeat(100_000))}}`],
    ['lists without end', '['.repeat(500_000)],
    ['objects without end', '{"a":'.repeat(150_000)],
  ])('that is nested as deep as it fits is refused: %s', async (_, body) => {
    const { status, text } = await ask('POST', '/network/', body);
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(2000);
  });

  it('names of what every object has are names like others, and mostly of nothing', async () => {
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'valueOf',
      '__defineGetter__',
    ];
    for (const name of names) {
      const requests: readonly (readonly [string, string, string])[] = [
        ['POST', '/network/', `{${kind},"attributes":{"${name}":{"polluted":"yes"}}}`],
        ['POST', '/network/', `{${kind},"attributes":{"occi":{"${name}":{"polluted":"yes"}}}}`],
        ['POST', '/network/', `{${kind},"${name}":{"polluted":"yes"}}`],
        ['POST', '/network/', `{"kind":"${name}"}`],
        ['POST', '/network/', `{${kind},"mixins":["${infrastructure}${name}"]}`],
        ['POST', '/network/', `{${kind},"actions":["${name}"],"links":[{"kind":"${name}"}]}`],
        ['POST', '/network/?action=nothing', `{"action":"${name}","attributes":{"${name}":1}}`],
        ['POST', `/network/?action=${name}`, `{"action":"${infrastructure}${name}"}`],
        ['POST', '/-/', `{"mixins":[{"term":"${name}","scheme":"${name}","location":"/${name}/"}]}`],
        ['DELETE', '/-/', `{"mixins":[{"term":"${name}","scheme":"http://lab.test/none#"}]}`],
        ['PUT', `/network/${name}`, `{${kind},"attributes":{"${name}":null}}`],
      ];
      for (const [method, path, body] of requests) {
        const { status, text } = await ask(method, path, body);
        expect(status, `${method} ${path} ${body}: ${text}`).toBeLessThan(500);
        expect(text).not.toContain('polluted":"yes');
      }
      const filtered = await fetch(`${gateway.url}/network/?${name}=${name}&category=${name}&page=${name}`);
      expect(filtered.status).toBeLessThan(500);
      for (const field of ['Category', 'X-OCCI-Attribute', 'Link', 'X-OCCI-Location']) {
        for (const value of [`${name}=1`, `${name}; scheme="${name}"; class="${name}"; ${name}="${name}"`, name]) {
          const headers = { 'content-type': 'text/occi', [field]: value };
          for (const method of ['GET', 'POST', 'DELETE']) {
            const answer = await fetch(`${gateway.url}/storage/`, { method, headers });
            expect(answer.status, `${method} ${field}: ${value}`).toBeLessThan(500);
          }
        }
      }
    }
    // A user mixin of that name is a mixin like others; it goes as it came.
    const term = { term: '__proto__', scheme: 'http://lab.test/tags#', location: '/tags/proto/' };
    const { status } = await ask('POST', '/-/', JSON.stringify({ mixins: [term] }).replace('"term"', '"term"'));
    expect(status).toBeLessThan(500);
    const plain = await ask('POST', '/network/', `{${kind},"title":"as ever"}`);
    expect(plain.status).toBe(201);
    expect(JSON.parse(plain.text)).toMatchObject({ title: 'as ever' });
    expect(plain.text).not.toMatch(/polluted|__proto__|constructor/);
  });
});

describe('slow clients', () => {
  it('in great number cost those who are quick nothing, and are let go in the end', async () => {
    const slow = await Promise.all(
      Array.from({ length: 200 }, async (_, number) => {
        const socket = connect(gateway.port, '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        // Some send a piece of the head, some a piece of the body, some nothing at all.
        const begun = `POST /network/ HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\nCat`;
        const said = [begun, begun.slice(0, 30), begun.slice(0, 4), ''][number % 4] as string;
        if (said !== '') socket.write(said);
        const drip = setInterval(() => socket.write('a'), 100);
        socket.resume();
        return once(socket, 'close').then(() => clearInterval(drip));
      }),
    );
    expect((await fetch(`${gateway.url}/network/`)).status).toBe(200);
    await Promise.all(slow);
    expect((await fetch(`${gateway.url}/network/`)).status).toBe(200);
  });
});
