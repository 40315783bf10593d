import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locationsOf } from './grammar.ts';
import { base, L1, L2, type Lab, P1, startHomeLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const favourite = 'favourite; scheme="http://lab.test/occi/tags/anna#"; class="mixin"';
const uris = { accept: 'text/uri-list' };

describe('GFD.229 §8: text/uri-list', () => {
  let lab: Lab;
  let client: Speaker;

  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
    await client.plain('POST', '/-/', `Category: ${favourite}; location="/tag/favourite/"`);
  });
  afterEach(() => lab.close());

  it('has the same URLs as the other text renderings [TEXT-3-a] [TEXT-8-a] [TEXT-8-b] [H11-3-a] [H11-3.6.6-c]', async () => {
    const { headers } = await client.raw('GET', '/lamp/', { headers: uris });
    expect(headers.get('content-type')).toBe('text/uri-list');
    const list = await client.list('/lamp/');
    expect(list.toSorted()).toEqual([base + L1, base + L2].toSorted());
    expect(locationsOf((await client.plain('GET', '/lamp/')).text)).toEqual(list);
    expect((await client.occi('GET', '/lamp/')).headers.get('x-occi-location')?.split(', ')).toEqual(list);
  });

  it('lists unbound paths and mixins [H11-3.4.2-a] [H11-3.6.6-g]', async () => {
    expect(await client.list('/')).toHaveLength(4);
    const tagged = await client.raw('POST', '/tag/favourite/', {
      headers: { ...uris, 'content-type': 'text/uri-list' },
      body: `# the lamps I like\r\n${base}${L1}\r\n${P1}\r\n`,
    });
    expect(tagged.status).toBe(200);
    expect(tagged.text.split('\n').toSorted()).toEqual([base + L1, base + P1].toSorted());
  });

  it('is read in the three requests that name members [TEXT-8-d]', async () => {
    const send = (method: string, body: string) =>
      client.raw(method, '/tag/favourite/', { headers: { 'content-type': 'text/uri-list' }, body });
    expect((await send('POST', base + L1)).status).toBe(200);
    expect((await send('PUT', `${base}${L2}\n${base}${P1}`)).status).toBe(200);
    expect((await send('DELETE', base + P1)).status).toBe(200);
    expect(await client.list('/tag/favourite/')).toEqual([base + L2]);
  });

  it('cannot describe an entity to be created [TEXT-8-b]', async () => {
    const { status } = await client.raw('POST', '/lamp/', {
      headers: { 'content-type': 'text/uri-list' },
      body: base + L1,
    });
    expect(status).toBe(400);
    expect(await client.list('/lamp/')).toHaveLength(2);
  });

  const lamp = `Category: lamp; scheme="${home}"; class="kind"\nX-OCCI-Attribute: test.lab.watts=1`;
  const on = 'Category: on; scheme="http://lab.test/occi/home/lamp/action#"; class="action"';
  it.each([
    ['GET', L1, undefined],
    ['GET', '/-/', undefined],
    ['GET', '/.well-known/org/ogf/occi/-/', undefined],
    ['POST', '/lamp/', lamp],
    ['POST', '/', lamp],
    ['POST', L1, 'X-OCCI-Attribute: occi.core.title="no"'],
    ['PUT', L1, lamp],
    ['PUT', '/lamps/new', lamp],
    ['POST', `${L1}?action=on`, on],
    ['POST', '/-/', 'Category: new; scheme="http://lab.test/tags#"; class="mixin"; location="/new/"'],
    ['DELETE', '/-/', `Category: ${favourite}`],
    ['DELETE', L1, undefined],
    ['DELETE', '/lamp/', undefined],
  ])(
    'is a bad request for %s %s, before anything has happened [TEXT-8-c] [H11-3.6.6-g]',
    async (method, path, body) => {
      const state = async () => [
        (await client.plain('GET', '/-/')).text,
        (await client.plain('GET', L1)).text,
        (await client.plain('GET', '/')).text,
      ];
      const before = await state();
      const { status, headers } = await client.raw(method, path, {
        headers: { ...uris, 'content-type': 'text/plain' },
        ...(body === undefined ? {} : { body }),
      });
      expect(status).toBe(400);
      expect(headers.get('content-type')).toMatch(/^text\/plain/);
      expect(await state()).toEqual(before);
    },
  );

  it('gives way to an alternative that the client accepts [TEXT-8-c]', async () => {
    const { status, headers } = await client.raw('GET', L1, { headers: { accept: 'text/uri-list, text/plain;q=0.1' } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
  });
});
