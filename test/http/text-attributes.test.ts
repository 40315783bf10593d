import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { elementsOf, utf8 } from './grammar.ts';
import { L1, type Lab, startHomeLab } from './home-lab.ts';
import { attribute, pathOf, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `lamp; scheme="${home}"; class="kind"`;

describe('GFD.229 §4.3, §5.5: attributes as text', () => {
  let lab: Lab;
  let client: Speaker;

  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  const set = (line: string) => client.plain('POST', L1, `X-OCCI-Attribute: ${line}`);
  const get = async (name: string) => attribute((await client.plain('GET', L1)).text, name);

  it('quotes strings, and numbers and booleans not [TEXT-4.3-a] [H11-3.5.4-a]', async () => {
    const { text } = await client.plain('GET', L1);
    expect(attribute(text, 'test.lab.watts')).toBe('40');
    expect(attribute(text, 'test.lab.colour')).toBe('"white"');
    expect(attribute(text, 'test.lab.lit')).toBe('false');
  });

  it.each([
    ['test.lab.watts="41"', 'test.lab.watts', '41'],
    ['test.lab.colour=blue', 'test.lab.colour', '"blue"'],
    ['test.lab.watts = 2.50', 'test.lab.watts', '2.5'],
    ['test.lab.watts=1e3', 'test.lab.watts', '1000'],
    ['test.lab.watts=.5', 'test.lab.watts', '0.5'],
  ])('reads %s by the declared type [TEXT-4.3-a] [TEXT-4.3-b]', async (sent, name, shown) => {
    const { status, text } = await set(sent);
    expect(status, text).toBe(200);
    expect(await get(name)).toBe(shown);
  });

  it.each([
    'test.lab.watts=',
    'test.lab.watts=.',
    'test.lab.watts="many"',
    'test.lab.watts=true',
    'test.lab.watts',
    '=1',
  ])('refuses %s [TEXT-4.3-b]', async (sent) => {
    const { status } = await set(sent);
    expect(status).toBe(400);
    expect(await get('test.lab.watts')).toBe('40');
  });

  it('never writes exponents [TEXT-4.3-b]', async () => {
    await client.json('POST', L1, { kind: `${home}lamp`, attributes: { 'test.lab.watts': 1e21 } });
    expect(await get('test.lab.watts')).toBe('1000000000000000000000');
    await client.json('POST', L1, { kind: `${home}lamp`, attributes: { 'test.lab.watts': 1e-7 } });
    expect(await get('test.lab.watts')).toBe('0.0000001');
  });

  it('keeps escaped quotes and what looks like an attribute inside of them [TEXT-4.3-c]', async () => {
    const title = `How's your quotes escaping? ", test.lab.watts=1.0`;
    const { status, headers } = await client.occi('POST', '/lamp/', {
      category: lamp,
      'x-occi-attribute': `test.lab.watts=3.6, occi.core.title="${title.replace('"', '\\"')}"`,
    });
    expect(status).toBe(201);
    const path = pathOf(headers.get('location'));
    const { text } = await client.plain('GET', path);
    expect(attribute(text, 'test.lab.watts')).toBe('3.6');
    expect(attribute(text, 'occi.core.title')).toBe(`"${title.replace('"', '\\"')}"`);
    const inHeaders = elementsOf((await client.occi('GET', path)).headers.get('x-occi-attribute'));
    expect(inHeaders).toContain(`occi.core.title="${title.replace('"', '\\"')}"`);
    expect((await client.json('GET', path)).json()).toMatchObject({ title, attributes: { 'test.lab.watts': 3.6 } });
  });

  it.each(['a\\b', 'ends in \\', 'a;b', 'a=b', '<a>', 'x, y', '"'])(
    'carries %s through all renderings unchanged [TEXT-4.3-c]',
    async (title) => {
      await client.json('POST', L1, { kind: `${home}lamp`, title });
      const { text } = await client.plain('GET', L1);
      const shown = attribute(text, 'occi.core.title') ?? '';
      await client.plain('POST', L1, 'X-OCCI-Attribute: occi.core.title="something else"');
      await client.occi('POST', L1, { 'x-occi-attribute': `occi.core.title=${shown}` });
      expect((await client.json('GET', L1)).json()).toMatchObject({ title });
    },
  );

  it('refuses line breaks, which no text rendering can carry [TEXT-4.3-c]', async () => {
    for (const title of ['a\r\nX-OCCI-Attribute: b=1', 'a\nb', 'a\0b']) {
      const { status } = await client.json('POST', L1, { kind: `${home}lamp`, title });
      expect(status).toBe(400);
    }
    expect(await get('occi.core.title')).toBe('"Reading lamp"');
  });

  it('carries text outside of ASCII through headers as UTF-8, both ways [X-7] [X-8]', async () => {
    const title = 'Lampe größer · 灯 · 💡';
    const { status } = await client.occi('POST', L1, { 'x-occi-attribute': `occi.core.title="${title}"` });
    expect(status).toBe(200);
    const { headers } = await client.occi('GET', L1);
    expect(utf8(headers.get('x-occi-attribute'))).toContain(`occi.core.title="${title}"`);
    expect(await get('occi.core.title')).toBe(`"${title}"`);
    expect((await client.json('GET', L1)).json()).toMatchObject({ title });
  });

  it('does not render pattern, default, type or description, for which the grammar has no place [TEXT-5.5.3-a]', async () => {
    const { text } = await client.plain('GET', '/-/');
    expect(text).not.toMatch(/; (?:pattern|default|type|description|applies|depends)=/);
  });

  it('does not show attributes that have no value [TEXT-4.2-b]', async () => {
    await client.json('POST', L1, { kind: `${home}lamp`, title: '' });
    expect((await client.plain('GET', L1)).text).not.toContain('""');
  });
});
