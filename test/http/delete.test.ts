import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects, everything } from './dialects.ts';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { addFavourite, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';

let lab: Lab;
let client: Speaker;
beforeEach(async () => {
  lab = await startHomeLab();
  client = speakTo(lab);
  await addFavourite(client);
  await client.plain('POST', '/tag/favourite/', `X-OCCI-Location: ${L1}\nX-OCCI-Location: ${S1}`);
});
afterEach(() => lab.close());

const paths = async (collection = '/') =>
  (await client.list(collection)).map((url) => url.slice(base.length)).toSorted();
const done = (type: string) => (type.startsWith('text/') ? 'OK' : '{}');

describe.each(dialects)('GFD.223 §10.4, §11.4 DELETE, answered in $type', ({ type, members }) => {
  const remove = (path: string, headers = {}) => client.raw('DELETE', path, { headers: { accept: type, ...headers } });

  it('takes an entity out of everything, with its links [HTTP-10.4-a] [CORE-5.4.2-a] [H11-3.4.4-n]', async () => {
    const answer = await remove(L1);
    expect([answer.status, answer.text]).toEqual([200, done(type)]);
    for (const gone of [L1, P1]) expect((await client.raw('GET', gone)).status).toBe(404);
    expect((await remove(L1)).status).toBe(404);
    expect(await paths()).toEqual([L2, S1]);
    expect(await paths('/lamp/')).toEqual([L2]);
    expect(await paths('/tag/favourite/')).toEqual([S1]);
    expect(await paths('/plug/')).toEqual([]);
  });

  it('empties the collection of a kind [HTTP-11.4.1-a]', async () => {
    const answer = await remove('/lamp/');
    expect([answer.status, answer.text]).toEqual([200, done(type)]);
    expect(await paths()).toEqual([S1]);
    expect((await remove('/lamp/')).status).toBe(200);
  });

  it.each([
    ['an attribute', { 'x-occi-attribute': 'test.lab.colour="red"' }, [L1, P1, S1]],
    ['a mixin', { category: 'favourite; scheme="http://lab.test/occi/tags/anna#"' }, [L2, S1]],
    ['a location', { 'x-occi-location': base + L2 }, [L1, P1, S1]],
    ['what nothing has', { 'x-occi-attribute': 'test.lab.colour="pink"' }, [L1, L2, P1, S1]],
    ['another kind', { category: `socket; scheme="${home}"` }, [L1, L2, P1, S1]],
  ])('deletes only what is meant by %s [HTTP-11.4.1-a]', async (_, filter, left) => {
    expect((await remove('/lamp/', filter)).status).toBe(200);
    expect(await paths()).toEqual(left);
  });

  it.each([
    ['an attribute without a value', { 'x-occi-attribute': 'test.lab.colour' }, 400],
    ['an attribute that nothing has', { 'x-occi-attribute': 'test.lab.smell="x"' }, 400],
    ['a category that is none', { category: `neon; scheme="${home}"` }, 404],
    ['an entity that is not there', { 'x-occi-location': `${base}/lamp/none` }, 400],
    ['an open quote', { 'x-occi-attribute': 'test.lab.colour="red' }, 400],
  ])('deletes nothing for a filter with %s [HTTP-11.4.1-a] [X-3]', async (_, filter, status) => {
    const before = await everything(lab);
    expect((await remove('/lamp/', filter)).status).toBe(status);
    expect(await everything(lab)).toBe(before);
  });

  it('on a mixin only dissociates: what is listed, or all [HTTP-11.4.2-a] [CORE-5.3.8-c]', async () => {
    const all = await paths();
    const answer = await client.raw('DELETE', '/tag/favourite/', members(L1));
    expect([answer.status, answer.text]).toEqual([200, done(type)]);
    expect(await paths('/tag/favourite/')).toEqual([S1]);
    expect((await client.raw('DELETE', '/tag/favourite/', members(L2))).status).toBe(200);
    expect(await paths('/tag/favourite/')).toEqual([S1]);
    expect((await remove('/tag/favourite/')).status).toBe(200);
    expect(await paths('/tag/favourite/')).toEqual([]);
    expect(await paths()).toEqual(all);
  });

  it('of the members of a kind, listed in the body, too [HTTP-11.4.1-a]', async () => {
    expect((await client.raw('DELETE', '/lamp/', members(L2))).status).toBe(200);
    expect(await paths()).toEqual([L1, P1, S1]);
  });
});

describe('GFD.223 §10.4 DELETE of an entity', () => {
  it('does not look at what else is in the request [HTTP-10.4-a]', async () => {
    const answer = await client.plain('DELETE', P1, 'this is no rendering');
    expect(answer.status).toBe(200);
    expect(await paths()).toEqual([L1, L2, S1]);
  });
});
