import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { elementsOf, linesOf, valuesOf } from './grammar.ts';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { attribute, pathOf, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const action = 'http://lab.test/occi/home/lamp/action#';
const lamp = `Category: lamp; scheme="${home}"; class="kind"`;

describe('GFD.229 §4.2, §5.1: entities and links as text', () => {
  let lab: Lab;
  let client: Speaker;

  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  it('renders a resource as categories, then links, then attributes [TEXT-5.1.1-a] [TEXT-6-b]', async () => {
    const { status, text } = await client.plain('GET', L1);
    expect(status).toBe(200);
    const names = linesOf(text).map(([name]) => name);
    expect(names.filter((name, index) => name !== names[index - 1])).toEqual(['Category', 'Link', 'X-OCCI-Attribute']);
    expect(text).not.toMatch(/[\r\n]$/);
  });

  it('renders a link with its target, self, category and attributes [TEXT-4.2-a] [TEXT-4.2-b] [H11-3.5.2-a]', async () => {
    const [, link, ...more] = valuesOf((await client.plain('GET', L1)).text, 'Link');
    expect(more).toEqual([]);
    expect(link).toMatch(`<${S1}>; rel="${home}socket"; self="${P1}"; category="${home}plug"; `);
    expect(link).toMatch(`; occi.core.id="urn:uuid:${P1.slice(6)}"; `);
    expect(link).toMatch(/; test\.lab\.amps=2\.5; test\.lab\.state="live"$/);
  });

  it('names the mixins of a link after its kind [TEXT-4.2-a]', async () => {
    await client.plain(
      'POST',
      '/-/',
      `Category: spare; scheme="http://lab.test/tags#"; class="mixin"; location="/spare/"`,
    );
    await client.plain('POST', '/spare/', `X-OCCI-Location: ${base}${P1}`);
    const [, link] = valuesOf((await client.plain('GET', L1)).text, 'Link');
    expect(link).toContain(`category="${home}plug http://lab.test/tags#spare"; `);
  });

  it('shows the actions that are possible now, first and as paths [TEXT-4.2-c] [TEXT-5.1.1-b] [H11-3.5.3-a]', async () => {
    const off = valuesOf((await client.plain('GET', L1)).text, 'Link');
    expect(off[0]).toBe(`<${L1}?action=on>; rel="${action}on"`);
    expect(off.join()).not.toContain('?action=off');
    const on = valuesOf((await client.plain('GET', L2)).text, 'Link');
    expect(on).toEqual([`<${L2}?action=off>; rel="${action}off"`]);
  });

  it('renders a link entity without links, its ends as attributes [TEXT-5.1.2-a] [H11-3.4.5-d]', async () => {
    const { text } = await client.plain('GET', P1);
    expect(valuesOf(text, 'Link')).toEqual([]);
    expect(attribute(text, 'occi.core.source')).toBe(`"${L1}"`);
    expect(attribute(text, 'occi.core.target')).toBe(`"${S1}"`);
  });

  it('names the attributes of the core as §5.5.1 does [TEXT-5.5.1-a] [D31] [C11-4.5.1-a]', async () => {
    await client.plain('POST', L1, 'X-OCCI-Attribute: occi.core.summary="by the sofa"');
    const { text } = await client.plain('GET', L1);
    expect(attribute(text, 'occi.core.id')).toBe(`"urn:uuid:${L1.slice(6)}"`);
    expect(attribute(text, 'occi.core.title')).toBe('"Reading lamp"');
    expect(attribute(text, 'occi.core.summary')).toBe('"by the sofa"');
    expect(text).not.toMatch(/occi\.core\.(?:kind|mixins)/);
    const plug = (await client.plain('GET', P1)).text;
    expect(attribute(plug, 'occi.core.source.kind')).toBe(`"${home}lamp"`);
    expect(attribute(plug, 'occi.core.target.kind')).toBe(`"${home}socket"`);
  });

  it('lists outgoing links only [H11-3.4.5-b]', async () => {
    expect(valuesOf((await client.plain('GET', S1)).text, 'Link')).toEqual([]);
  });

  it('has the same statements in headers, one list a field [TEXT-7-a] [TEXT-7-c] [TEXT-7-e] [TEXT-7-f]', async () => {
    const { text } = await client.plain('GET', L1);
    const { headers } = await client.occi('GET', L1);
    for (const field of ['Category', 'Link', 'X-OCCI-Attribute']) {
      expect(elementsOf(headers.get(field))).toEqual(valuesOf(text, field));
    }
    for (const [, value] of headers) expect(value).not.toMatch(/[\r\n\0]/);
  });

  describe('what is made of an inline link', () => {
    const inline = (parameters: string) => `${lamp}\nX-OCCI-Attribute: test.lab.watts=40\nLink: <${parameters}`;

    it('creates the link with the resource and tells one location [H11-3.4.5-a] [D11]', async () => {
      const rest = `${base}${S1}>; rel="${home}socket"; category="${home}plug"; test.lab.amps=2.5`;
      const { status, headers, text } = await client.plain('POST', '/lamp/', inline(rest));
      expect(status, text).toBe(201);
      expect(text).toBe(`X-OCCI-Location: ${headers.get('location')}`);
      const made = pathOf(headers.get('location'));
      const self = /self="([^"]+)"/.exec((await client.plain('GET', made)).text)?.[1] ?? '';
      const plug = (await client.plain('GET', self)).text;
      expect(attribute(plug, 'test.lab.amps')).toBe('2.5');
      expect(attribute(plug, 'occi.core.source')).toBe(`"${made}"`);
      expect(attribute(plug, 'occi.core.target')).toBe(`"${S1}"`);
      expect(await client.list('/plug/')).toContain(base + self);
    });

    it.each([
      ['a trailing semicolon', `${S1}>; rel="${home}socket"; category="${home}plug";`],
      ['a bare category', `${S1}>; rel="${home}socket"; category=${home}plug`],
      [
        'what old clients put into it',
        `${S1}>;rel="${home}socket";self="/plug/mine";category="${home}plug";occi.core.id="mine";occi.core.target="${S1}";occi.core.source="/lamp/mine"`,
      ],
    ])('takes %s [H11-3.4.5-a] [TEXT-4.2-a]', async (_, rest) => {
      const { status, headers, text } = await client.plain('POST', '/lamp/', inline(rest));
      expect(status, text).toBe(201);
      const made = (await client.plain('GET', pathOf(headers.get('location')))).text;
      expect(valuesOf(made, 'Link').filter((link) => link.startsWith(`<${S1}>`))).toHaveLength(1);
    });

    it.each([
      [
        'an unknown target',
        `/socket/3c1e77a0-9be4-4a51-b7d2-60d5c4f10b99>; rel="${home}socket"; category="${home}plug"`,
      ],
      ['a wrong attribute', `${S1}>; rel="${home}socket"; category="${home}plug"; test.lab.amps="many"`],
      ['two targets', `${S1}>; rel="${home}socket"; category="${home}plug"; occi.core.target="${L2}"`],
    ])('creates nothing with %s [H11-3.4.5-a] [X-3]', async (_, rest) => {
      const before = await client.list('/');
      const { status } = await client.plain('POST', '/lamp/', inline(rest));
      expect(status).toBe(400);
      expect(await client.list('/')).toEqual(before);
    });
  });

  it('takes exactly one category in an action invocation [TEXT-5.1.1.1-a]', async () => {
    const on = `Category: on; scheme="${action}"; class="action"`;
    const both = await client.plain(
      'POST',
      `${L1}?action=on`,
      `${on}\nCategory: off; scheme="${action}"; class="action"`,
    );
    expect(both.status).toBe(400);
    const none = await client.plain('POST', `${L1}?action=on`, 'X-OCCI-Attribute: ramp=2');
    expect(none.status).toBe(400);
    expect(attribute((await client.plain('GET', L1)).text, 'test.lab.state')).toBe('"off"');
    const one = await client.plain('POST', `${L1}?action=on`, `${on}\nX-OCCI-Attribute: ramp=2`);
    expect(one.status).toBe(200);
    expect(attribute(one.text, 'test.lab.state')).toBe('"on"');
  });
});
