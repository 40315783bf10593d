import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, L1, L2, type Lab, S1, startHomeLab } from './home-lab.ts';
import { attribute, pathOf, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `Category: lamp; scheme="${home}"; class="kind"`;

describe('GFD.229 §6: text/plain as clients write it', () => {
  let lab: Lab;
  let client: Speaker;

  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  const create = (body: string) => client.plain('POST', '/lamp/', body);
  const colour = 'X-OCCI-Attribute: test.lab.watts=12\nX-OCCI-Attribute: test.lab.colour="blue"';

  it.each([
    ['LF', `${lamp}\n${colour}`],
    ['CRLF', `${lamp}\n${colour}\n`.replaceAll('\n', '\r\n')],
    ['LF CR', `${lamp}\n${colour}\n`.replaceAll('\n', '\n\r')],
    ['blank lines', `\n${lamp}\n\n${colour}\n\n`],
    ['leading blanks in values', `${lamp.replace(': ', ':    ')}\n${colour}`],
    ['no blank after the colon', `${lamp.replace(': ', ':')}\n${colour}`],
    ['continuation lines', `Category: lamp;\n scheme="${home}";\n\tclass="kind"\n${colour}`],
    ['names in lower case', `${lamp}\n${colour}`.replaceAll('Category', 'category').replaceAll('X-OCCI-A', 'x-occi-a')],
    ['a trailing semicolon', `${lamp};\n${colour}`],
    ['a comma list on one line', `${lamp}\nX-OCCI-Attribute: test.lab.watts=12, test.lab.colour="blue"`],
    ['an empty list element', `${lamp}\nX-OCCI-Attribute: test.lab.watts=12, , test.lab.colour="blue",`],
    ['a blank before the semicolon', `Category: lamp ; scheme="${home}" ; class="kind"\n${colour}`],
    ['a bare class', `Category: lamp; scheme="${home}"; class=kind\n${colour}`],
    ['no class', `Category: lamp; scheme="${home}"\n${colour}`],
    ['quoted parameter names', `Category: lamp; "scheme"="${home}"; class="kind"\n${colour}`],
    [
      'the full category in another order',
      `Category: lamp; class="kind"; location="/lamp/"; title="Lamp"; scheme="${home}"; rel="http://schemas.ogf.org/occi/core#resource"; attributes="test.lab.watts{required}"; actions="${home}on"\n${colour}`,
    ],
    ['the kind last', `${colour}\n${lamp}`],
  ])('takes %s [TEXT-6-b] [TEXT-6-c] [TEXT-4.1-a] [H11-3.5-a] [D43] [D47] [D48]', async (_, body) => {
    const { status, headers, text } = await create(body);
    expect(status, text).toBe(201);
    const made = (await client.plain('GET', pathOf(headers.get('location')))).text;
    expect(attribute(made, 'test.lab.watts')).toBe('12');
    expect(attribute(made, 'test.lab.colour')).toBe('"blue"');
  });

  it.each([
    ['another field', `${lamp}\nX-Lamp: bright\n${colour}`],
    ['a line without a colon', `${lamp}\nbright\n${colour}`],
    ['an unbalanced quote', `Category: lamp; scheme="${home}; class="kind"\n${colour}`],
    ['an open angle bracket', `${lamp}\n${colour}\nLink: <${S1}; rel="${home}socket"`],
    ['a category without scheme', `Category: lamp; class="kind"\n${colour}`],
    ['an unknown category', `${lamp}\nCategory: neon; scheme="${home}"; class="mixin"\n${colour}`],
    ['the wrong class', `Category: lamp; scheme="${home}"; class="mixin"\n${colour}`],
    ['no kind', colour],
    ['two kinds', `${lamp}\nCategory: socket; scheme="${home}"; class="kind"\n${colour}`],
    ['no required attribute', lamp],
    ['an unknown attribute', `${lamp}\n${colour}\nX-OCCI-Attribute: test.lab.smell="none"`],
    ['nothing', ''],
    [
      'bytes that are not UTF-8',
      Buffer.from(`${lamp}\n${colour}\nX-OCCI-Attribute: occi.core.title="gr\xfcn"`, 'latin1'),
    ],
  ])('refuses %s and creates nothing [H11-3.4.4-b] [H11-3.5-b] [X-3] [X-8] [D42]', async (_, body) => {
    const before = await client.list('/lamp/');
    const { status } = await client.raw('POST', '/lamp/', { headers: { 'content-type': 'text/plain' }, body });
    expect(status).toBe(400);
    expect(await client.list('/lamp/')).toEqual(before);
  });

  it('is known as text/occi+plain, too, and then answered so [TEXT-6-a] [D2]', async () => {
    const { status, headers, text } = await client.raw('GET', L1, { headers: { accept: 'text/occi+plain' } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/occi\+plain(?:;|$)/);
    expect(text).toContain('\nX-OCCI-Attribute: ');
    const made = await client.raw('POST', '/lamp/', {
      headers: { 'content-type': 'text/occi+plain', accept: 'text/occi+plain' },
      body: `${lamp}\n${colour}`,
    });
    expect(made.status).toBe(201);
    expect(made.text).toBe(`X-OCCI-Location: ${made.headers.get('location')}`);
  });

  it.each([
    ['text/plain; charset=utf-8', 'größer'],
    ['text/plain;charset="UTF-8"', 'größer'],
    ['text/plain; charset=us-ascii', 'plain'],
  ])('reads %s [X-8]', async (type, title) => {
    const body = `X-OCCI-Attribute: occi.core.title="${title}"`;
    const { status } = await client.raw('POST', L1, { headers: { 'content-type': type }, body });
    expect(status).toBe(200);
    expect(attribute((await client.plain('GET', L1)).text, 'occi.core.title')).toBe(`"${title}"`);
  });

  it('reads ISO 8859-1 when told so, and no other charset [X-8]', async () => {
    const body = Buffer.from('X-OCCI-Attribute: occi.core.title="größer"', 'latin1');
    const latin = await client.raw('POST', L1, { headers: { 'content-type': 'text/plain; charset=iso-8859-1' }, body });
    expect(latin.status).toBe(200);
    expect(attribute((await client.plain('GET', L1)).text, 'occi.core.title')).toBe('"größer"');
    const other = await client.raw('POST', L1, { headers: { 'content-type': 'text/plain; charset=utf-7' }, body });
    expect(other.status).toBeGreaterThanOrEqual(400);
    expect(other.status).toBeLessThan(500);
  });

  it('says UTF-8 in answers [X-8]', async () => {
    expect((await client.plain('GET', L1)).headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('names the place and the token of a mistake [X-2]', async () => {
    const { status, text } = await create(`${lamp}\nX-OCCI-Attribute: test.lab.watts=12, test.lab.colour=`);
    expect(status).toBe(400);
    expect(text).not.toContain('\n');
    expect(text).toMatch(/line 2/);
  });

  it('lists locations only, absolute and as given at creation [TEXT-4.4-a] [TEXT-5.3-a] [H11-3.5.5-a] [X-5]', async () => {
    const { headers } = await create(`${lamp}\n${colour}`);
    const { text } = await client.plain('GET', '/lamp/');
    expect(text.split('\n').sort()).toEqual(
      [base + L1, base + L2, headers.get('location')].map((url) => `X-OCCI-Location: ${url}`).sort(),
    );
  });

  it('lists nothing as nothing: zero bytes and no header, with status 200 [TEXT-5.3-a] [H11-3.4.3-b] [D9]', async () => {
    const plain = await client.plain('GET', '/desklamp/');
    expect([plain.status, plain.text]).toEqual([200, '']);
    const inHeaders = await client.occi('GET', '/desklamp/');
    expect([inHeaders.status, inHeaders.headers.get('x-occi-location')]).toEqual([200, null]);
    expect(await client.list('/desklamp/')).toEqual([]);
  });
});
