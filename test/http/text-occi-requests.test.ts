import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { elementsOf } from './grammar.ts';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { pathOf, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `lamp; scheme="${home}"; class="kind"`;
const tag = (term: string) => `${term}; scheme="http://lab.test/tags#"; class="mixin"`;

describe('GFD.229 §7: text/occi', () => {
  let lab: Lab;
  let client: Speaker;

  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  it('answers every success with the two bytes OK [TEXT-7-a] [TEXT-7-b] [H11-3.6.6-f]', async () => {
    const made = await client.occi('POST', '/lamp/', { category: lamp, 'x-occi-attribute': 'test.lab.watts=3' });
    const path = pathOf(made.headers.get('location'));
    const action = 'on; scheme="http://lab.test/occi/home/lamp/action#"; class="action"';
    const answers = [
      made,
      await client.occi('GET', '/-/'),
      await client.occi('GET', '/lamp/'),
      await client.occi('GET', path),
      await client.occi('POST', path, { 'x-occi-attribute': 'occi.core.title="x"' }),
      await client.occi('PUT', path, { category: lamp, 'x-occi-attribute': 'test.lab.watts=4' }),
      await client.occi('POST', `${path}?action=on`, { category: action }),
      await client.occi('POST', '/-/', { category: `${tag('a')}; location="/a/"` }),
      await client.occi('POST', '/a/', { 'x-occi-location': base + path }),
      await client.occi('PUT', '/a/', { 'x-occi-location': base + path }),
      await client.occi('DELETE', '/a/', { 'x-occi-location': base + path }),
      await client.occi('DELETE', '/-/', { category: tag('a') }),
      await client.occi('DELETE', path),
      await client.occi('PUT', '/lamps/mine', { category: lamp, 'x-occi-attribute': 'test.lab.watts=4' }),
      await client.occi('DELETE', '/lamp/'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, ...Array(12).fill(200), 201, 200]);
    for (const { text, headers } of answers) {
      expect(text).toBe('OK');
      expect(headers.get('content-type')).toBe('text/occi');
    }
  });

  it('takes lists and repeated fields alike [TEXT-7-d] [H11-3.5-a]', async () => {
    await client.plain('POST', '/-/', `Category: ${tag('a')}; location="/a/"\nCategory: ${tag('b')}; location="/b/"`);
    const attribute: readonly [string, string] = ['x-occi-attribute', 'test.lab.watts=3'];
    const ways: readonly (readonly (readonly [string, string])[])[] = [
      [['category', lamp], ['category', tag('a')], ['category', tag('b')], attribute],
      [['category', `${lamp}, ${tag('a')}, ${tag('b')}`], attribute],
      [['category', `${lamp},${tag('a')},${tag('b')}`], attribute],
      [['category', `${lamp}, , ${tag('a')},`], ['category', tag('b')], attribute],
    ];
    for (const headers of ways) {
      const made = await client.raw('POST', '/lamp/', { headers: [['content-type', 'text/occi'], ...headers] });
      expect(made.status, made.text).toBe(201);
      const entity = await client.occi('GET', pathOf(made.headers.get('location')));
      expect(elementsOf(entity.headers.get('category'))).toEqual([lamp, tag('a'), tag('b')]);
    }
  });

  it('keeps separators inside quotes and angle brackets [TEXT-7-f]', async () => {
    const { status, headers } = await client.occi('POST', '/lamp/', {
      category: lamp,
      'x-occi-attribute': 'test.lab.watts=3,occi.core.title="a, b; c=d <e>"',
      link: `<${S1}>;rel="${home}socket";category="${home}plug"`,
    });
    expect(status).toBe(201);
    const entity = await client.occi('GET', pathOf(headers.get('location')));
    expect(elementsOf(entity.headers.get('x-occi-attribute'))).toContain('occi.core.title="a, b; c=d <e>"');
    expect(elementsOf(entity.headers.get('link'))).toHaveLength(2);
  });

  it('ignores a body beside the headers [X-1]', async () => {
    const { status } = await client.raw('POST', L1, {
      headers: { 'content-type': 'text/occi', 'x-occi-attribute': 'occi.core.title="x"' },
      body: 'OK',
    });
    expect(status).toBe(200);
  });

  it('has the reason of an error in the body [X-2] [TEXT-7-b]', async () => {
    const { status, text, headers } = await client.occi('GET', '/lamp/none');
    expect(status).toBe(404);
    expect(text).toContain('/lamp/none');
    expect(headers.get('content-type')).toBe('text/occi');
  });

  it('lists URLs in one header, joined by comma and blank [TEXT-5.3-a] [H11-3.4.2-b]', async () => {
    const { headers } = await client.occi('GET', '/');
    const listed = headers.get('x-occi-location')?.split(', ');
    expect(listed?.sort()).toEqual([L1, L2, S1, P1].map((path) => base + path).sort());
  });

  it('answers 406 rather than cut a list short [TEXT-7-g] [H11-3.6.6-e]', async () => {
    const resources = Array.from({ length: 2000 }, (_, index) => ({
      kind: `${home}socket`,
      title: `socket ${index}`,
    }));
    expect((await client.json('POST', '/socket/', { resources })).status).toBe(200);
    const all = await client.list('/socket/');
    expect(all).toHaveLength(2001);
    await client.plain('POST', '/-/', `Category: ${tag('many')}; location="/many/"`);
    const tagged = await client.plain('PUT', '/many/', all.map((url) => `X-OCCI-Location: ${url}`).join('\n'));
    expect(tagged.status).toBe(200);
    const refused = await client.occi('GET', '/many/');
    expect(refused.status).toBe(406);
    expect(refused.headers.has('x-occi-location')).toBe(false);
    expect(await client.list('/many/')).toHaveLength(2001);
    expect((await client.plain('GET', '/many/')).text.split('\n')).toHaveLength(2001);
    const page = await client.occi('GET', '/many/?page=2&number=100');
    expect(elementsOf(page.headers.get('x-occi-location'))).toHaveLength(100);
  });
});
