import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, L1, L2, type Lab, startHomeLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';

describe('GFD.223 §6 paging', () => {
  let lab: Lab;
  let client: Speaker;
  let all: readonly string[];
  beforeAll(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
    for (const title of ['c', 'd', 'e'])
      await client.json('POST', '/lamp/', { kind: `${home}lamp`, title, attributes: { 'test.lab.watts': 40 } });
    all = await client.list('/lamp/');
  });
  afterAll(() => lab.close());

  it('gives each entity on exactly one page, in the order of the whole [HTTP-6-a] [CORE-5.3.8-d]', async () => {
    expect(all).toHaveLength(5);
    expect(all.slice(0, 2)).toEqual([base + L1, base + L2]);
    const pages = await Promise.all([1, 2, 3].map((page) => client.list(`/lamp/?page=${page}&number=2`)));
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat()).toEqual(all);
    expect(await client.list('/lamp/?number=2;page=2')).toEqual(pages[1]);
  });

  it('is the same in every rendering [HTTP-6-a]', async () => {
    const expected = all.slice(2, 4);
    const path = '/lamp/?page=2&number=2';
    expect((await client.plain('GET', path)).text).toBe(expected.map((url) => `X-OCCI-Location: ${url}`).join('\n'));
    expect((await client.occi('GET', path)).headers.get('x-occi-location')).toBe(expected.join(', '));
    const { resources } = (await client.json('GET', path)).json() as { resources: readonly { id: string }[] };
    expect(resources.map(({ id }) => `${base}/lamp/${id.slice('urn:uuid:'.length)}`)).toEqual(expected);
  });

  it('is empty behind the end, with status 200 [HTTP-6-c]', async () => {
    for (const path of ['/lamp/?page=99&number=10', '/lamp/?page=4&number=2', '/desklamp/?page=1&number=1']) {
      expect(await client.list(path)).toEqual([]);
      const plain = await client.plain('GET', path);
      expect([plain.status, plain.text]).toEqual([200, '']);
      const occi = await client.occi('GET', path);
      expect([occi.status, occi.text, occi.headers.has('x-occi-location')]).toEqual([200, 'OK', false]);
      const json = await client.json('GET', path);
      expect([json.status, json.json()]).toEqual([200, { resources: [] }]);
    }
  });

  it.each([
    ['number=1000000000', 413],
    ['page=1&number=1000000000', 413],
    ['page=0&number=2', 400],
    ['page=-1&number=2', 400],
    ['page=two&number=2', 400],
    ['page=1.5&number=2', 400],
    ['page=&number=2', 400],
    ['page=1&number=0', 400],
    ['page=1&number=-2', 400],
    ['page=1&number=1e1', 400],
  ])('refuses ?%s with %i [HTTP-6-b] [HTTP-6-X]', async (query, status) => {
    expect((await client.plain('GET', `/lamp/?${query}`)).status).toBe(status);
  });

  it('needs only one of its parameters, and none for the whole [HTTP-6-X]', async () => {
    expect(await client.list('/lamp/?number=3')).toEqual(all.slice(0, 3));
    expect(await client.list('/lamp/?page=1')).toEqual(all);
    expect(await client.list('/lamp/?page=2')).toEqual([]);
    expect(await client.list('/lamp/?unknown=1')).toEqual(all);
  });

  it('comes after filtering [HTTP-6-X]', async () => {
    const filter = { 'x-occi-attribute': 'test.lab.watts=40' };
    const matching = all.filter((url) => url !== base + L2);
    expect(await client.list('/lamp/?page=1&number=3', filter)).toEqual(matching.slice(0, 3));
    expect(await client.list('/lamp/?page=2&number=3', filter)).toEqual(matching.slice(3));
    expect(await client.list('/?page=1&number=2', { category: `socket; scheme="${home}"` })).toHaveLength(1);
  });

  it('tells the next page where that cannot be taken for a rendering [HTTP-6-a]', async () => {
    const walk = async (path: string): Promise<readonly string[]> => {
      const { text, headers } = await client.raw('GET', path, { headers: { accept: 'text/uri-list' } });
      const next = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      return [...text.split('\n'), ...(next === undefined ? [] : await walk(next))];
    };
    expect(await walk('/lamp/?page=1&number=2')).toEqual(all);
    expect(await walk('/lamp/?number=5')).toEqual(all);
    for (const accept of ['text/plain', 'text/occi']) {
      const { headers } = await client.raw('GET', '/lamp/?page=1&number=2', { headers: { accept } });
      expect(headers.has('link')).toBe(false);
    }
  });

  it('is for reading: a DELETE that names a page is refused [HTTP-6-X] [X-3]', async () => {
    for (const query of ['page=1&number=2', 'page=1', 'number=2'])
      expect((await client.raw('DELETE', `/lamp/?${query}`)).status).toBe(400);
    expect(await client.list('/lamp/')).toEqual(all);
  });

  it('goes on for as many digits as a client likes [HTTP-6-b] [HTTP-6-c]', async () => {
    expect(await client.list(`/lamp/?page=${'9'.repeat(400)}&number=2`)).toEqual([]);
    expect((await client.raw('GET', `/lamp/?page=1&number=${'9'.repeat(400)}`)).status).toBe(413);
  });

  it('does not concern the query interface [HTTP-6-X]', async () => {
    expect((await client.plain('GET', '/-/?page=1&number=1')).text).toBe((await client.plain('GET', '/-/')).text);
  });
});
