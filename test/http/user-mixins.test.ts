import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects, everything, read } from './dialects.ts';
import { base, L1, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const scheme = 'http://lab.test/occi/tags/anna#';
const home = 'http://lab.test/occi/home#';
const wellKnown = '/.well-known/org/ogf/occi/-/';
const favourite = { term: 'favourite', scheme, title: 'Anna likes it', location: '/tag/favourite/' };

let lab: Lab;
let client: Speaker;
beforeEach(async () => {
  lab = await startHomeLab();
  client = speakTo(lab);
});
afterEach(() => lab.close());

const mixins = async () =>
  ((await client.json('GET', '/-/')).json() as { mixins: readonly { term: string; location: string }[] }).mixins;

describe.each(dialects)('GFD.223 §9.3 adding a mixin, in $type', ({ type, mixins: rendered, members }) => {
  it.each(['/-/', wellKnown])(
    'at %s makes it known and gives it a collection [HTTP-9.3-a] [CORE-5.5.3-a] [HTTP-9-b]',
    async (path) => {
      const answer = await client.raw('POST', path, rendered(favourite));
      expect(answer.status, answer.text).toBe(200);
      if (type.startsWith('text/')) expect(answer.text).toBe('OK');
      else expect(answer.json()).toEqual({ mixins: [favourite] });
      expect(await mixins()).toContainEqual(favourite);
      expect(await client.list('/tag/favourite/')).toEqual([]);
      expect((await client.raw('POST', '/tag/favourite/', members(L1, S1, P1))).status).toBe(200);
      expect(await client.list('/tag/favourite/')).toHaveLength(3);
    },
  );

  it('adds several, or none of them [HTTP-9.3-a] [X-3]', async () => {
    const other = { term: 'other', scheme, location: '/tag/other/' };
    const before = await everything(lab);
    for (const wrong of [
      { ...other, location: '/lamp/' },
      { term: 'other', scheme },
      { ...other, ...favourite },
    ])
      expect((await client.raw('POST', '/-/', rendered(favourite, wrong))).status).toBeGreaterThanOrEqual(400);
    expect(await everything(lab)).toBe(before);
    expect((await client.raw('POST', '/-/', rendered(favourite, other))).status).toBe(200);
    expect((await mixins()).map(({ term }) => term)).toEqual(expect.arrayContaining(['favourite', 'other']));
  });

  it('refuses one that is there already, whose members stay [HTTP-9.3-b]', async () => {
    await client.raw('POST', '/-/', rendered(favourite));
    await client.raw('POST', '/tag/favourite/', members(L1));
    const before = await everything(lab);
    for (const again of [favourite, { ...favourite, location: '/elsewhere/' }, { ...favourite, term: 'other' }])
      expect((await client.raw('POST', '/-/', rendered(again))).status).toBe(409);
    expect(await everything(lab)).toBe(before);
  });

  it.each([
    ['no location', { term: 'x', scheme }, 400],
    ['a location elsewhere', { term: 'x', scheme, location: 'http://elsewhere.example/x/' }, 400],
    ['the location of a kind', { term: 'x', scheme, location: '/lamp/' }, 409],
    ['the location of an entity', { term: 'x', scheme, location: `${L1}/` }, 409],
    ['the root', { term: 'x', scheme, location: '/' }, 409],
    ['a term that is none', { term: 'x y', scheme, location: '/x/' }, 400],
    ['the identity of a kind', { term: 'lamp', scheme: home, location: '/x/' }, 409],
    ['a scheme of OCCI', { term: 'x', scheme: 'http://schemas.ogf.org/occi/x#', location: '/x/' }, 400],
  ])('refuses one with %s [HTTP-9.3-a] [HTTP-4-a] [X-3]', async (_, mixin, status) => {
    const before = await everything(lab);
    const refused = await client.raw('POST', '/-/', rendered(mixin));
    expect(refused.status, refused.text).toBe(status);
    expect(await everything(lab)).toBe(before);
  });

  it('keeps the query interface to itself [HTTP-9.3-a] [HTTP-4-a]', async () => {
    for (const location of ['/-/', wellKnown, '/-/x/'])
      expect((await client.raw('POST', '/-/', rendered({ ...favourite, location }))).status).toBeGreaterThanOrEqual(
        400,
      );
    expect(await mixins()).not.toContainEqual(expect.objectContaining({ term: 'favourite' }));
  });

  it('takes the location as a URL of its own, and with or without the last slash [HTTP-9.3-a]', async () => {
    expect((await client.raw('POST', '/-/', rendered({ ...favourite, location: `${base}/a/b` }))).status).toBe(200);
    expect(await mixins()).toContainEqual({ ...favourite, location: '/a/b/' });
    expect(await client.list('/a/b/')).toEqual([]);
  });
});

describe.each(dialects)('GFD.223 §9.4 removing a mixin, in $type', ({ type, mixins: rendered, members }) => {
  it.each(['/-/', wellKnown])(
    'at %s takes it off all entities, which live on [HTTP-9.4-a] [HTTP-9-b] [H11-3.4.1-i]',
    async (path) => {
      await client.raw('POST', '/-/', rendered(favourite));
      await client.raw('POST', '/tag/favourite/', members(L1, P1));
      const { term } = favourite;
      const answer = await client.raw('DELETE', path, rendered({ term, scheme }));
      expect([answer.status, answer.text]).toEqual([200, type.startsWith('text/') ? 'OK' : '{}']);
      expect((await client.raw('GET', '/tag/favourite/')).status).toBe(404);
      expect((await mixins()).map((one) => one.term)).not.toContain('favourite');
      for (const entity of [L1, P1]) expect(await read(lab, entity)).not.toHaveProperty('mixins');
      expect((await client.raw('DELETE', path, rendered({ term, scheme }))).status).toBe(404);
      expect((await client.raw('POST', '/-/', rendered(favourite))).status).toBe(200);
      expect(await client.list('/tag/favourite/')).toEqual([]);
    },
  );

  it('removes several, or none of them [HTTP-9.4-a] [X-3] [H11-3.4.1-h]', async () => {
    const other = { term: 'other', scheme, location: '/tag/other/' };
    await client.raw('POST', '/-/', rendered(favourite, other));
    const before = await everything(lab);
    const dimmer = { term: 'dimmer', scheme: home };
    expect((await client.raw('DELETE', '/-/', rendered(favourite, dimmer))).status).toBe(403);
    expect((await client.raw('DELETE', '/-/', rendered(favourite, { term: 'neon', scheme }))).status).toBe(404);
    expect((await client.raw('DELETE', '/-/', rendered())).status).toBe(400);
    expect(await everything(lab)).toBe(before);
    expect((await client.raw('DELETE', '/-/', rendered(favourite, other))).status).toBe(200);
    expect((await mixins()).map(({ term }) => term)).not.toEqual(expect.arrayContaining(['other']));
  });
});

describe('GFD.223 §9.3, §9.4 in the forms that clients use', () => {
  it('a relation to what nobody knows is a label; kinds, actions and capabilities are refused [HTTP-9.3-a] [H11-3.4.1-e]', async () => {
    const line = 'Category: favourite; scheme="http://lab.test/occi/tags/anna#"; location="/tag/favourite/"';
    for (const more of [
      'class="kind"',
      'class="action"',
      'class="mixin"; attributes="a"',
      'class="mixin"; actions="x:y#z"',
    ])
      expect((await client.plain('POST', '/-/', `${line}; ${more}`)).status).toBe(400);
    const rel = 'class="mixin"; rel="http://example.com/occi/something_else#mixin"';
    expect((await client.plain('POST', '/-/', `${line}; ${rel}`)).status).toBe(200);
  });

  it('kinds and actions are not removed [HTTP-9.4-a] [H11-3.4.1-h]', async () => {
    const before = await everything(lab);
    for (const category of [
      `lamp; scheme="${home}"; class="kind"`,
      'on; scheme="http://lab.test/occi/home/lamp/action#"; class="action"',
    ]) {
      expect((await client.occi('DELETE', '/-/', { category })).status).toBe(403);
      expect((await client.plain('DELETE', '/-/', `Category: ${category}`)).status).toBe(403);
    }
    expect(await everything(lab)).toBe(before);
  });

  it('JSON may name a mixin by its identifier alone [HTTP-9.4-a]', async () => {
    await client.json('POST', '/-/', { mixins: [favourite] });
    expect((await client.json('DELETE', '/-/', { mixins: [`${scheme}favourite`] })).status).toBe(200);
    expect((await client.raw('GET', '/tag/favourite/')).status).toBe(404);
  });
});
