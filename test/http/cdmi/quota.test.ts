import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReadableStream } from 'node:stream/web';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Lab } from '../home-lab.ts';
import { type Person, person, startTenantsLab } from '../tenants-lab.ts';
import { until } from '../until.ts';
import { speaking } from './cdmi-lab.ts';
import { valueFiles } from './value-files.ts';

let directory: string;
let lab: Lab;
let anna: Person;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'occi-quota-'));
});
afterEach(async () => {
  await lab.close();
  rmSync(directory, { recursive: true });
});

async function start(limits: object, projects: object = {}): Promise<void> {
  const quotaFile = join(directory, 'quota.yaml');
  writeFileSync(quotaFile, JSON.stringify({ default: limits, projects }));
  lab = await startTenantsLab({ cdmi: true, quotaFile, dataDir: join(directory, 'data') });
  anna = person(lab, 'home');
}

const put = (path: string, body: string, headers = {}, who = anna) =>
  who.request('PUT', `/cdmi/${path}`, { headers: { 'content-type': 'text/plain', ...headers }, body });
const make = (kind: string, path: string, fields: object = {}, who = anna) =>
  who.request('PUT', `/cdmi/${path}`, { headers: speaking(kind), body: JSON.stringify(fields) });
const remove = (path: string) => anna.request('DELETE', `/cdmi/${path}`);

async function done(answer: Promise<Answer>): Promise<void> {
  const { status, text } = await answer;
  expect([201, 204], text).toContain(status);
}

interface Used {
  readonly objects: number;
  readonly bytes: number;
}

async function used(who = anna): Promise<Used> {
  const { text } = await who.request('GET', '/-/quota', { headers: { accept: 'application/json' } });
  const { resources } = JSON.parse(text) as { resources: { name: string; used: number }[] };
  const of = (name: string) => resources.find((one) => one.name === name)?.used ?? Number.NaN;
  return { objects: of('cdmi.objects'), bytes: Math.round(of('cdmi.size') * 1000) };
}

/** What is really there, by walking through it. */
async function present(path = ''): Promise<Used> {
  const { text } = await anna.request('GET', `/cdmi/${path}`, { headers: speaking('container') });
  const { children } = JSON.parse(text) as { children: string[] };
  let [objects, bytes] = [1, 0];
  for (const name of children) {
    if (name.startsWith('cdmi_')) continue;
    if (name.endsWith('/')) {
      const inside = await present(path + name);
      objects += inside.objects;
      bytes += inside.bytes;
      continue;
    }
    const { headers } = await anna.request('HEAD', `/cdmi/${path}${name}`);
    objects += 1;
    bytes += Number(headers.get('content-length'));
  }
  return { objects, bytes };
}

async function refused(answer: Promise<Answer>, detail: string): Promise<void> {
  const before = await used();
  const { status, text } = await answer;
  expect([status, text]).toEqual([403, detail]);
  expect(await used()).toEqual(before);
  expect(await present()).toEqual(before);
}

const files = async () => valueFiles(join(directory, 'data')).length;

describe('The quota of CDMI', () => {
  it('limits how many objects there are, of whatever type and however they are made', async () => {
    await start({ 'cdmi.objects': 4 });
    await done(make('container', 'c/'));
    await done(put('c/a', 'text'));
    const one = 'the limit of cdmi.objects is 4, 4 are used, and this asks for 1 more';
    await refused(
      make('container', 'd/', { copy: '/cdmi/c/' }),
      one.replace('4 are used', '3 are used').replace('1 more', '2 more'),
    );
    await done(make('object', 'b', { value: 'x' }));
    await refused(put('e', 'text'), one);
    await refused(make('object', 'e', { value: 'x' }), one);
    await refused(make('object', 'e', { copy: '/cdmi/b' }), one);
    await refused(make('container', 'e/'), one);
    await refused(anna.request('POST', '/cdmi/', { headers: { 'content-type': 'text/plain' }, body: 'x' }), one);
    await done(make('object', 'moved', { move: '/cdmi/b' }));
    await done(put('moved', 'longer than before'));
    await done(remove('c/'));
    await done(put('e', 'text'));
    expect(await used()).toEqual({ objects: 3, bytes: 22 });
  });

  it('limits how many bytes values have, and keeps nothing of what is too much', async () => {
    await start({ 'cdmi.size': 0.1 });
    await done(put('a', 'x'.repeat(60)));
    const asks = (bytes: number, of = 60) =>
      `the limit of cdmi.size is 0.1, ${of / 1000} are used, and this asks for ${bytes / 1000} more`;
    await refused(put('b', 'x'.repeat(41)), asks(41));
    await refused(make('object', 'b', { value: 'x'.repeat(41) }), asks(41));
    await refused(make('object', 'b', { copy: '/cdmi/a' }), asks(60));
    await refused(put('a', 'x'.repeat(101)), asks(41));
    await refused(put('a', '12', { 'content-range': 'bytes 99-100/*' }), asks(41));
    expect((await anna.request('GET', '/cdmi/a')).text).toBe('x'.repeat(60));
    await done(put('a', '1', { 'content-range': 'bytes 99-99/*' }));
    expect(await used()).toEqual({ objects: 2, bytes: 100 });
    await done(put('a', ''));
    expect(await used()).toEqual({ objects: 2, bytes: 0 });
    await until(files, (count) => count === 0);
  });

  it('is asked for while bytes come: what there is no room for is not taken', async () => {
    await start({ 'cdmi.size': 1_000, 'cdmi.objects': 2 });
    await done(put('a', 'x'.repeat(400_000)));
    let taken = 0;
    const endless = async function* () {
      for (; taken < 100_000_000; taken += 100_000) yield Buffer.alloc(100_000, 'y');
    };
    const send = (path: string) => {
      const init = { method: 'PUT', headers: { 'x-who': 'anna home member' }, duplex: 'half' };
      const body = ReadableStream.from(endless());
      return lab.gateway.fetch(new Request(`http://occi.lab.test/cdmi/${path}`, { ...init, body } as RequestInit));
    };
    expect((await send('a')).status).toBe(403);
    expect(taken).toBeLessThan(2_000_000);
    taken = 0;
    expect((await send('b')).status).toBe(403);
    expect(taken).toBeLessThan(200_001);
    expect(await (await anna.request('GET', '/cdmi/a')).text).toBe('x'.repeat(400_000));
    await done(put('a', 'x'.repeat(1_000_000)));
    await until(files, (count) => count === 1);
  });

  it('counts what is left of ranges that come together, and of what is empty nothing stays', async () => {
    await start({});
    const part = (type: string, body: string) => `--x\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`;
    const object = part('application/cdmi-object', '{}');
    const first = part('text/plain\r\nContent-Range: bytes 0-3/*', 'abcd');
    const over = part('text/plain\r\nContent-Range: bytes 0-5/*', 'ABCDEF');
    const sent = { headers: { ...speaking('object'), 'content-type': 'multipart/mixed; boundary=x' } };
    await done(anna.request('PUT', '/cdmi/a', { ...sent, body: `${object}${first}${over}--x--` }));
    expect((await anna.request('GET', '/cdmi/a')).text).toBe('ABCDEF');
    await done(put('empty', ''));
    expect(await used()).toEqual({ objects: 3, bytes: 6 });
    await until(files, (count) => count === 1);
  });

  it('counts snapshots, what waits in queues, and what is serialized, until it goes', async () => {
    await start({ 'cdmi.objects': 12, 'cdmi.size': 2 });
    await done(make('container', 'c/'));
    await done(make('container', 'c/e/'));
    await done(put('c/a', '0123456789'));
    await done(put('c/e/b', '01234'));
    const before = await used();
    expect(before).toEqual({ objects: 5, bytes: 15 });
    await done(make('container', 'c/', { snapshot: 's' }));
    const after = await used();
    expect(after.bytes).toBe(30);
    expect(after.objects).toBeGreaterThanOrEqual(9);
    const second = await make('container', 'c/', { snapshot: 't' });
    expect([second.status, second.text]).toEqual([403, expect.stringContaining('the limit of cdmi.objects is 12')]);
    expect(await used()).toEqual(after);
    await done(remove('c/a'));
    expect(await used()).toEqual({ objects: after.objects - 1, bytes: 20 });
    await done(remove('c/'));
    expect(await used()).toEqual({ objects: 1, bytes: 0 });

    await done(make('queue', 'q'));
    const enqueue = (...value: readonly string[]) =>
      anna.request('POST', '/cdmi/q', { headers: speaking('queue'), body: JSON.stringify({ value }) });
    await done(enqueue('one', 'three'));
    expect(await used()).toEqual({ objects: 4, bytes: 8 });
    const much = await enqueue('x'.repeat(1_993));
    expect([much.status, much.text]).toEqual([403, expect.stringContaining('the limit of cdmi.size is 2')]);
    const many = await enqueue(...Array.from({ length: 9 }, () => 'x'));
    expect([many.status, many.text]).toEqual([403, expect.stringContaining('this asks for 9 more')]);
    const head = '--b\r\nContent-Type: application/cdmi-queue\r\n\r\n{}\r\n--b\r\n\r\n';
    const mixed = { ...speaking('queue'), 'content-type': 'multipart/mixed; boundary=b' };
    const parts = await anna.request('POST', '/cdmi/q', {
      headers: mixed,
      body: `${head}${'x'.repeat(1_993)}\r\n--b--`,
    });
    expect([parts.status, parts.text]).toEqual([403, expect.stringContaining('the limit of cdmi.size is 2')]);
    await done(remove('q?value'));
    expect(await used()).toEqual({ objects: 3, bytes: 5 });
    await done(remove('q'));

    await done(put('a', 'x'));
    const length = async (path: string) => (await anna.request('GET', `/cdmi/${path}`)).text.length;
    await done(make('object', 's', { serialize: '/cdmi/a' }));
    expect(await used()).toEqual({ objects: 3, bytes: 1 + (await length('s')) });
    await done(make('object', 'again', { deserialize: '/cdmi/s' }));
    expect(await used()).toEqual({ objects: 4, bytes: 2 + (await length('s')) });
    for (const name of ['s', 'a', 'again']) await done(remove(name));
    expect(await used()).toEqual({ objects: 1, bytes: 0 });
    await until(files, (count) => count === 0);
  });

  it('is kept when 64 ask for it at once', async () => {
    await start({ 'cdmi.objects': 11, 'cdmi.size': 0.095 });
    const all = await Promise.all(Array.from({ length: 64 }, (_, i) => put(`o${i}`, 'ten bytes!')));
    expect(all.filter(({ status }) => status === 201)).toHaveLength(9);
    expect(all.filter(({ status }) => status === 403)).toHaveLength(55);
    expect(await used()).toEqual({ objects: 10, bytes: 90 });
    const one = await Promise.all(Array.from({ length: 64 }, (_, i) => make('container', `c${i}/`)));
    expect(one.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await used()).toEqual(await present());
    await until(files, (count) => count === 9);
  });

  it('is another one for each project, and what is read of others counts nothing', async () => {
    await start({ 'cdmi.objects': 2 }, { rich: { 'cdmi.objects': 'unlimited' }, none: { 'cdmi.objects': 0 } });
    const [rich, none] = [person(lab, 'rich'), person(lab, 'none')];
    for (let i = 0; i < 5; i++) expect((await put(`o${i}`, 'x', {}, rich)).status).toBe(201);
    expect((await put('o', 'x')).status).toBe(201);
    expect((await put('p', 'x')).status).toBe(403);
    expect((await put('o', 'x', {}, none)).status).toBe(403);
    expect(await used(rich)).toEqual({ objects: 6, bytes: 5 });
    expect(await used(none)).toEqual({ objects: 0, bytes: 0 });
  });

  it('is shown in text, too, with its units', async () => {
    await start({ 'cdmi.size': 2.5 });
    await done(put('a', 'x'.repeat(1234)));
    const lines = (await anna.request('GET', '/-/quota')).text.split('\n');
    expect(lines.slice(-2)).toEqual(['cdmi.objects: 2', 'cdmi.size: 1.234 of 2.5 kB']);
  });

  it('is what is there, whatever is done', { timeout: 60_000 }, async () => {
    const name = fc.constantFrom('a', 'b', 'c/', 'd/', 'c/a', 'c/e/', 'c/e/a');
    const size = fc.nat({ max: 40 });
    const step = fc.oneof(
      fc.record({ does: fc.constant('put' as const), name, size }),
      fc.record({ does: fc.constant('range' as const), name, size, at: size }),
      fc.record({ does: fc.constantFrom('copy' as const, 'move' as const), name, from: name }),
      fc.record({ does: fc.constant('delete' as const), name }),
    );
    await start({ 'cdmi.objects': 8, 'cdmi.size': 0.09 });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        for (const one of steps) {
          const kind = one.name.endsWith('/') ? 'container' : 'object';
          const answer = await (one.does === 'delete'
            ? remove(one.name)
            : one.does === 'put'
              ? make(kind, one.name, kind === 'object' ? { value: 'x'.repeat(one.size) } : {})
              : one.does === 'range'
                ? put(one.name, 'x'.repeat(one.size + 1), { 'content-range': `bytes ${one.at}-${one.at + one.size}/*` })
                : make(kind, one.name, { [one.does]: `/cdmi/${one.from}` }));
          expect([201, 204, 400, 403, 404], answer.text).toContain(answer.status);
          seen.add(`${one.does} ${answer.status}`);
        }
        expect(await used()).toEqual(await present());
      }),
      { numRuns: 80 },
    );
    for (const outcome of [
      'put 201',
      'put 204',
      'put 403',
      'range 201',
      'range 204',
      'copy 201',
      'copy 403',
      'move 201',
    ]) {
      expect([...seen]).toContain(outcome);
    }
  });
});
