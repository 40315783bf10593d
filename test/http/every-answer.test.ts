import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeServer } from '../../src/http/node-server.ts';
import { everything } from './dialects.ts';
import { L1, type Lab, S1, startHomeLab } from './home-lab.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `Category: lamp; scheme="${home}"; class="kind"\nX-OCCI-Attribute: test.lab.watts=40`;
const tag = 'Category: t; scheme="http://lab.test/t#"; class="mixin"; location="/t/"';
const versions = /^[^ ]+ OCCI\/1\.2 OCCI\/1\.1(?: |$)/;

describe.each([
  'text/plain',
  'text/occi+plain',
  'text/occi',
  'text/uri-list',
  'application/occi+json',
  'application/json',
  '*/*',
])('GFD.223 §5 every answer, asked for in %s', (accept) => {
  let lab: Lab;
  let origin: string;
  let server: ReturnType<typeof nodeServer>;
  beforeAll(async () => {
    lab = await startHomeLab();
    await lab.request('POST', '/-/', {
      headers: { 'content-type': 'text/plain' },
      body: tag.replaceAll('t;', 'u;').replace('/t/', '/u/'),
    });
    const { fetch, server: name } = lab.gateway;
    server = nodeServer({ fetch, server: name, maxHeaderBytes: 65536, requestTimeoutMs: 10_000 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await lab.close();
  });

  const plain = { 'content-type': 'text/plain' };
  it.each([
    ['GET', '/', {}, undefined, 200, true],
    ['GET', '/-/', {}, undefined, 200, false],
    ['GET', '/lamp/', {}, undefined, 200, true],
    ['GET', '/desklamp/', {}, undefined, 200, true],
    ['GET', L1, {}, undefined, 200, false],
    ['HEAD', '/lamp/', {}, undefined, 200, true],
    ['OPTIONS', '/lamp/', {}, undefined, 200, true],
    ['POST', '/lamp/', plain, lamp, 201, false],
    ['POST', '/-/', plain, tag, 200, false],
    ['POST', L1, plain, 'X-OCCI-Attribute: occi.core.title="größer, 灯"', 200, false],
    ['GET', L1, {}, undefined, 200, false],
    ['POST', '/u/', plain, `X-OCCI-Location: ${L1}`, 200, true],
    ['DELETE', '/u/', {}, undefined, 200, false],
    ['POST', '/lamp/', plain, 'nonsense', 400, false],
    ['POST', L1, plain, 'X-OCCI-Attribute: test.lab.state="x"', 403, false],
    ['GET', '/none', {}, undefined, 404, false],
    ['GET', '/none/', {}, undefined, 404, true],
    ['PUT', '/lamp/', plain, lamp, 405, false],
    ['POST', '/-/', plain, tag, 409, false],
    ['DELETE', L1, { 'if-match': '"no"' }, undefined, 412, false],
    ['GET', '/lamp/?number=1000000000', {}, undefined, 413, true],
    ['POST', '/lamp/', { 'content-type': 'image/png' }, 'x', 415, false],
    ['GET', '/-/', { 'user-agent': 'x OCCI/2.0' }, undefined, 501, false],
  ] as const)(
    '%s %s names the versions and the type, and counts its bytes [X-GEN] [HTTP-5.2-b] [HTTP-5.2-c] [HTTP-5.3-a] [HTTP-5.3-b] [X-2]',
    async (method, path, headers, body, status, listing) => {
      const response = await fetch(origin + path, {
        method,
        headers: { accept, ...headers },
        ...(body === undefined ? {} : { body }),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      // A list of URIs is all that text/uri-list can carry; target, method and version are looked at before.
      const misuse = accept === 'text/uri-list' && !listing && ![404, 405, 501].includes(status);
      expect(response.status, text).toBe(misuse ? 400 : status);
      expect(response.headers.get('server')).toMatch(versions);
      for (const [name, value] of response.headers) expect(value, name).not.toMatch(/[\r\n\0]/);
      const length = response.headers.get('content-length');
      if (length !== null && method !== 'HEAD') expect(Number(length)).toBe(bytes.length);
      const type = response.headers.get('content-type')?.split(';')[0] ?? '(none)';
      expect(type === 'text/plain' ? response.headers.get('content-type') : '').not.toBe('text/plain');
      if (response.status < 400 && method !== 'OPTIONS') {
        expect(type).toBe(accept === '*/*' ? 'text/plain' : accept);
        if (type === 'text/occi' && method !== 'HEAD') expect(text).toBe('OK');
        if (type.endsWith('json') && method !== 'HEAD') expect(typeof JSON.parse(text)).toBe('object');
      }
      if (response.status >= 400) {
        const own = accept.endsWith('json') ? 'application/problem+json' : type;
        expect(type).toBe(own);
        expect(['text/plain', 'text/occi+plain', 'text/occi', 'application/problem+json']).toContain(type);
        for (const field of ['category', 'link', 'x-occi-attribute', 'x-occi-location'])
          expect(response.headers.has(field)).toBe(false);
        expect(text).not.toBe('OK');
        expect(text.length).toBeGreaterThan(10);
      }
      if (response.status === 405) expect(response.headers.get('allow')).toBeTruthy();
    },
  );
});

describe('GFD.223 §5.3 versions', () => {
  it('later than those spoken are refused before anything happens [HTTP-5.3-c]', async () => {
    const lab = await startHomeLab();
    const before = await everything(lab);
    const send = (agent: string, method = 'POST', path = '/lamp/') =>
      lab.request(method, path, {
        headers: { 'user-agent': agent, 'content-type': 'text/plain' },
        ...(method === 'POST' ? { body: lamp } : {}),
      });
    for (const agent of [
      'probe/1 OCCI/1.3',
      'OCCI/2.0',
      'OCCI/1.10',
      'OCCI/9.9',
      'OCCI/1.3 OCCI/1.4',
      'a OCCI/1.20 b',
    ]) {
      for (const [method, path] of [
        ['POST', '/lamp/'],
        ['DELETE', S1],
        ['GET', '/-/'],
        ['GET', '/none'],
      ] as const) {
        const refused = await send(agent, method, path);
        expect([agent, path, refused.status]).toEqual([agent, path, 501]);
        expect(refused.headers.get('server')).toMatch(versions);
      }
    }
    expect(await everything(lab)).toBe(before);
    for (const agent of [
      'OCCI/1.2',
      'OCCI/1.1',
      'OCCI/1.0',
      'rOCCI/4.3',
      'OCCI/1.1 OCCI/1.2 OCCI/1.3',
      'occi',
      'OCCI/x',
    ])
      expect([agent, (await send(agent)).status]).toEqual([agent, 201]);
    await lab.close();
  });
});

describe('what is wrong first is answered first', () => {
  it.each([
    ['a later version, before a target that is not there', 'GET', '/none', { 'user-agent': 'OCCI/2.0' }, '', 501],
    ['a target that is not there, before a type that is not', 'GET', '/none', { accept: 'image/png' }, '', 404],
    ['an empty path, before a type that is not', 'GET', '/none/', { accept: 'image/png' }, '', 404],
    ['a target that is not there, before a list that is none', 'DELETE', '/none', { accept: 'text/uri-list' }, '', 404],
    ['a method that is not defined, before a type', 'PUT', '/lamp/', { accept: 'image/png' }, 'x', 405],
    [
      'a type of the answer, before that of the request',
      'POST',
      '/lamp/',
      { accept: 'image/png', 'content-type': 'image/png' },
      'x',
      406,
    ],
    ['a type of the request, before what it says', 'POST', '/lamp/', { 'content-type': 'image/png' }, 'x', 415],
    [
      'what cannot be read, before what cannot be',
      'POST',
      L1,
      { 'content-type': 'text/plain' },
      'X-OCCI-Attribute: test.lab.state="',
      400,
    ],
  ] as const)('%s [HTTP-5.4-a]', async (_, method, path, headers, body, status) => {
    const lab = await startHomeLab();
    const before = await everything(lab);
    const answer = await lab.request(method, path, { headers, ...(body === '' ? {} : { body }) });
    expect(answer.status, answer.text).toBe(status);
    expect(await everything(lab)).toBe(before);
    await lab.close();
  });
});
