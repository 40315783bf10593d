import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { valueFiles } from '../http/cdmi/value-files.ts';
import { until } from '../http/until.ts';
import { exchange, type RunningGateway, readRaw, startGateway, temporaryDirectory } from './command.ts';

const directory = temporaryDirectory();
let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway(directory.path, {
    OCCI_CDMI: 'on',
    OCCI_REQUEST_TIMEOUT_MS: '1000',
    OCCI_CDMI_MAX_VALUE_BYTES: '1000000',
  });
});
afterAll(async () => {
  const { code } = await gateway.stop();
  directory.remove();
  expect(code).toBe(0);
  expect(gateway.log().filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

/** Sends a request as it is, and reads what comes back. */
async function raw(method: string, target: string, fields: Readonly<Record<string, string>> = {}, body = '') {
  const length =
    method === 'GET' || method === 'DELETE' ? {} : { 'Content-Length': String(Buffer.byteLength(body, 'latin1')) };
  const all = { Host: 'h', Connection: 'close', ...length, ...fields };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = await exchange(
    gateway.port,
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${head.join('')}\r\n${body}`, 'latin1'),
  );
  return { text, ...readRaw(text) };
}

const json = (kind: string, method: string, path: string, fields: unknown) =>
  fetch(`${gateway.url}/cdmi/${path}`, {
    method,
    headers: speaking(kind),
    ...(fields !== undefined && { body: typeof fields === 'string' ? fields : JSON.stringify(fields) }),
  });
const put = (path: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${gateway.url}/cdmi/${path}`, { method: 'PUT', headers: { 'content-type': 'text/plain', ...headers }, body });
const read = async (path: string) => (await fetch(`${gateway.url}/cdmi/${path}`)).text();
const statusOf = async (answer: Promise<Response>) => {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
};

/** Names of all that is in the root, with what they have become. */
const children = async () => (await (await json('container', 'GET', '?children', undefined)).json()) as object;

describe('Paths in CDMI', () => {
  it.each([
    '/cdmi/%2e%2e%2fsecret',
    '/cdmi/..%2f..%2f..%2fetc%2fpasswd',
    '/cdmi/a%2fb',
    '/cdmi/a%2Fb/',
    '/cdmi/a%00b',
    '/cdmi/a%0d%0aSet-Cookie:%20a',
    '/cdmi/a%3fvalue',
    '/cdmi/cdmi_objectid/..%2f/secret',
    '/cdmi/%63dmi_capabilities/x',
    '/cdmi/%63dmi_mine',
    '/cdmi/%ff',
    `/cdmi/${'a/'.repeat(300)}`,
    `/cdmi/${'x'.repeat(10_000)}`,
  ])('make nothing where they are not what they seem: %s', async (target) => {
    const before = await children();
    for (const fields of [{ 'Content-Type': 'text/plain' }, speaking('object'), speaking('container')]) {
      const body = 'Content-Type' in fields ? 'x' : '{}';
      const { status, text } = await raw('PUT', target, fields, body);
      expect([400, 404, 405, 414], text).toContain(status);
      expect((await raw('GET', target)).status).not.toBe(500);
      expect([400, 404, 405, 414]).toContain((await raw('DELETE', target)).status);
    }
    expect(await children()).toEqual(before);
  });

  it.each(['/cdmi/../secret', '/cdmi/%2e%2e/secret', '/cdmi/a/../../secret', '/cdmi/../../../etc/passwd'])(
    'lead out of CDMI by dots, to where nothing is: %s',
    async (target) => {
      const before = await children();
      const { status } = await raw('PUT', target, { 'Content-Type': 'text/plain', Accept: 'text/plain' }, 'x');
      expect(status).toBe(400);
      expect((await raw('GET', target)).status).toBe(404);
      expect(await children()).toEqual(before);
    },
  );

  it.each(['/cdmi/./dots', '/cdmi/a/%2E%2e/dots', '/cdmi/cdmi_objectid/../dots', '/compute/%2e%2e/cdmi/dots'])(
    'are the same without dots (RFC 3986 §6.2.2.3): %s',
    async (target) => {
      expect((await raw('PUT', target, { 'Content-Type': 'text/plain' }, target)).status).toBeLessThan(300);
      expect(await read('dots')).toBe(target);
    },
  );

  it('may have slashes in a row, and are the same', async () => {
    expect((await raw('PUT', '/cdmi///twice//', { 'Content-Type': 'text/plain' })).status).toBe(201);
    expect((await raw('PUT', '/cdmi//twice///a', { 'Content-Type': 'text/plain' }, 'x')).status).toBe(201);
    expect(await read('twice/a')).toBe('x');
  });

  it('may have backslashes, which are like other characters', async () => {
    expect((await raw('PUT', '/cdmi/a%5c..%5cb', { 'Content-Type': 'text/plain' }, 'x')).status).toBe(201);
    expect(await children()).toMatchObject({ children: expect.arrayContaining(['a\\..\\b']) });
  });
});

describe('Header fields of answers', () => {
  const evil = 'x-evil';
  const isClean = (text: string) =>
    expect(text.slice(0, text.indexOf('\r\n\r\n')).toLowerCase()).not.toMatch(/\nx-evil/);

  it.each([
    `text/plain\r\n${evil}: 1`,
    `text/plain\n${evil}: 1`,
    `text/plain; a="\r\n${evil}: 1"`,
    'text/plain\u0000',
    'text/plain; a="\u00e9"',
    'text/\ud83d\ude00',
    `text/${'x'.repeat(300)}`,
    'text',
    'text/plain, text/html',
  ])('are not made of what is no media type: %j', async (mimetype) => {
    expect(await statusOf(json('object', 'PUT', 'typed', { mimetype, value: 'x' }))).toBe(400);
    const parts = `--b\r\nContent-Type: application/cdmi-object\r\n\r\n${JSON.stringify({ mimetype })}\r\n--b\r\n\r\nx\r\n--b--`;
    const type = { ...speaking('object'), 'content-type': 'multipart/mixed; boundary=b' };
    expect(await statusOf(fetch(`${gateway.url}/cdmi/typed`, { method: 'PUT', headers: type, body: parts }))).toBe(400);
    expect(await statusOf(fetch(`${gateway.url}/cdmi/typed`))).toBe(404);
  });

  it('have names of objects with escapes only', async () => {
    const name = 'é"<>;,\\ \u202e';
    expect(await statusOf(put(`${encodeURIComponent(name)}/`, ''))).toBe(201);
    const told = await raw('GET', `/cdmi/${encodeURIComponent(name)}?x%0d%0a${evil}:%201`);
    expect(told.status).toBe(301);
    expect(told.header('location')).toMatch(/^[!-~]+$/);
    isClean(told.text);
    const posted = await raw('POST', `/cdmi/${encodeURIComponent(name)}/`, { 'Content-Type': 'text/plain' }, 'x');
    expect(posted.status).toBe(201);
    expect(posted.header('location')).toMatch(/^[!-~]+$/);
  });

  it.each([
    `http://e.example/\r\n${evil}: 1`,
    `/cdmi/a\r\n${evil}: 1`,
    'http://e.example/\u0000',
    '/cdmi/é',
    'javascript:x',
    '',
  ])('have the targets of references as URIs, or not at all: %j', async (reference) => {
    const status = await statusOf(json('object', 'PUT', 'reference', { reference }));
    const { text, header, status: followed } = await raw('GET', '/cdmi/reference');
    isClean(text);
    if (status === 201) expect(header('location')).toMatch(/^[!-~]+$/);
    else expect([status, followed]).toEqual([400, 404]);
    await json('object', 'DELETE', 'reference', undefined);
  });
});

describe('JSON of CDMI', () => {
  it.each([
    ['deep', `{"metadata":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, [400, 413]],
    ['deep, and not closed', `{"metadata":${'{"a":'.repeat(100_000)}`, [400, 413]],
    ['deep in fields that nobody knows', `{"mine":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, [400, 413]],
    ['large', JSON.stringify({ metadata: { a: 'x'.repeat(5_000_000) } }), [413]],
    [
      'full of items',
      JSON.stringify({ metadata: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [i, ''])) }),
      [413],
    ],
    ['no object', '[]', [400]],
    ['with two of a field', '{"value":"a","value":"b"}', [400]],
    ['with a value that is none', '{"value":1}', [400]],
    ['with half a character', '{"value":"\\ud800"}', [400]],
    ['with half a character in a name', '{"metadata":{"\\ud800":"a"}}', [201, 400]],
    ['with a number beyond all', '{"metadata":{"a":1e999}}', [201, 400]],
  ])('is taken or refused, and nothing breaks: %s', async (_, body, statuses) => {
    const status = await statusOf(json('object', 'PUT', 'json', body));
    expect(statuses).toContain(status);
    expect(await statusOf(json('object', 'GET', 'json', undefined))).toBe(status === 201 ? 200 : 404);
    await json('object', 'DELETE', 'json', undefined);
  });

  it('may use the names that objects have in JavaScript', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
    const items = `{${names.map((name) => `"${name}":"mine"`)}}`;
    const body = `{"value":"x","metadata":${items},${names.map((name) => `"${name}":{"polluted":"yes"}`)}}`;
    expect(await statusOf(json('object', 'PUT', 'prototypes', body))).toBe(201);
    const shown = await (await json('object', 'GET', 'prototypes', undefined)).text();
    for (const name of names) expect(shown).toContain(`"${name}":"mine"`);
    expect(shown).toContain('"__proto__":{"polluted":"yes"}');
    for (const name of names) {
      const one = await (await json('object', 'GET', `prototypes?metadata:${name}`, undefined)).text();
      expect(one).toBe(`{"metadata":{"${name}":"mine"}}`);
    }
    expect(await statusOf(json('object', 'PUT', 'other', { value: 'x' }))).toBe(201);
    expect(await (await json('object', 'GET', 'other', undefined)).text()).not.toMatch(/polluted|mine/);
    const without = await (await json('object', 'GET', 'other?__proto__;constructor;toString', undefined)).text();
    expect(without).toBe('{}');
  });
});

describe('Selectors and ranges', () => {
  beforeAll(async () => {
    await put('ranges', '0123456789');
  });

  it.each([
    ['a;'.repeat(10_000), [200, 400, 431]],
    ['metadata:x;'.repeat(1_000), [200]],
    [';'.repeat(10_000), [200]],
    ['value:0-1;'.repeat(1_000), [400]],
    ['value:9-0', [400]],
    ['value:0-99999999999999999999', [400]],
    ['value:-1', [400]],
    ['children:0-9;children:0-9', [200, 400]],
    [':', [400]],
    ['%ff', [400]],
    ['a%00', [200, 400]],
  ])('%.30s …', async (selectors, statuses) => {
    const { status, text } = await raw('GET', `/cdmi/ranges?${selectors}`, speaking('object'));
    expect(statuses, text.slice(0, 500)).toContain(status);
  });

  it('of values are not many in one answer', async () => {
    const many = { range: `bytes=${Array.from({ length: 2_000 }, (_, i) => `${i % 10}-`).join(',')}` };
    const whole = await fetch(`${gateway.url}/cdmi/ranges`, { headers: many });
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789']);
    const over = await fetch(`${gateway.url}/cdmi/ranges`, { headers: { range: 'bytes=0-9,0-9,0-9' } });
    expect([over.status, await over.text()]).toEqual([200, '0123456789']);
    const parts = { ...speaking('object'), accept: 'multipart/mixed' };
    expect((await raw('GET', `/cdmi/ranges?${'value:0-9;'.repeat(1_000)}`, parts)).status).toBe(400);
  });

  it.each([
    ['bytes 0-9/10', 'short'],
    ['bytes 0-1/10', 'too long'],
    ['bytes 5-2/10', 'x'],
    ['bytes 0-9/5', '0123456789'],
    ['bytes 0-0/0', 'x'],
    ['bytes -1-0/*', 'x'],
    ['bytes 0-0', 'x'],
    ['bytes */10', 'x'],
    ['items 0-0/1', 'x'],
    ['bytes 0-0/1, bytes 1-1/2', 'x'],
    ['bytes 0-999999999999999/*', 'x'],
    ['bytes 999999999999999999-999999999999999999/*', 'x'],
    ['bytes 1000000-1000000/*', 'x'],
    ['bytes 999999999-999999999/*', 'x'],
  ])('that are not what comes write nothing: %s', async (range, body) => {
    for (const name of ['ranges', 'none']) {
      expect([400, 413]).toContain(await statusOf(put(name, body, { 'content-range': range })));
    }
    expect(await read('ranges')).toBe('0123456789');
    expect(await statusOf(fetch(`${gateway.url}/cdmi/none`))).toBe(404);
  });

  it('beyond the largest value are refused in JSON, too, before anything is hashed', async () => {
    const far = { value: 'AAAA' };
    expect(await statusOf(json('object', 'PUT', 'far?value:999998-1000000', far))).toBe(413);
    expect(await statusOf(json('object', 'PUT', 'ranges?value:999999999-1000000001', far))).toBe(413);
    expect(await read('ranges')).toBe('0123456789');
  });
});

/** Counts the files of values that are there and have not been there before. */
function newFiles(): () => Promise<number> {
  const before = new Set(valueFiles(directory.path));
  return async () => valueFiles(directory.path).filter((name) => !before.has(name)).length;
}

describe('Uploads', () => {
  const head = (name: string, length: number) =>
    `PUT /cdmi/${name} HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n`;

  it.each([
    ['with a length', head('stopped', 100_000)],
    ['in chunks', head('stopped', 0).replace('Content-Length: 0', 'Transfer-Encoding: chunked').concat('2710\r\n')],
  ])('that stop in the middle leave nothing: %s', async (_, start) => {
    const files = newFiles();
    const sockets = Array.from({ length: 10 }, () => connect(gateway.port, '127.0.0.1'));
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.write(start + 'x'.repeat(5_000));
    }
    await until(files, (count) => count === 10);
    expect(await statusOf(fetch(`${gateway.url}/cdmi/stopped`))).toBe(404);
    for (const socket of sockets) socket.destroy();
    await until(files, (count) => count === 0);
    expect(await statusOf(fetch(`${gateway.url}/cdmi/stopped`))).toBe(404);
  });

  it('of which nothing comes any more are given up', async () => {
    const files = newFiles();
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write(`${head('silent', 10_000)}x`);
    await once(socket, 'close');
    expect(await statusOf(fetch(`${gateway.url}/cdmi/silent`))).toBe(404);
    await until(files, (count) => count === 0);
  });

  it('that are slow come to their end, as long as something comes', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes;
    });
    socket.write(head('slow', 8));
    for (const piece of 'slowness') {
      // Longer than a request may take, all in all.
      await new Promise((resolve) => setTimeout(resolve, 250));
      socket.write(piece);
    }
    await until(
      async () => text,
      (answer) => answer.includes('HTTP/1.1 201'),
    );
    socket.destroy();
    expect(await read('slow')).toBe('slowness');
  });
});
