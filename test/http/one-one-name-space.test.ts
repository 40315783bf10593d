import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { attribute, pathOf, type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `Category: lamp; scheme="${home}"; class="kind"\nX-OCCI-Attribute: test.lab.watts=1`;
const on = 'Category: on; scheme="http://lab.test/occi/home/lamp/action#"; class="action"';
const wellKnown = '/.well-known/org/ogf/occi/-/';
const tag = 'Category: mine; scheme="http://lab.test/tags#"; class="mixin"';

describe('GFD.185 §3.2–§3.4: paths and verbs', () => {
  let lab: Lab;
  let client: Speaker;
  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
  });
  afterEach(() => lab.close());

  const terms = async (path = '/-/') =>
    [...(await client.plain('GET', path)).text.matchAll(/^Category: ([^;]+);/gm)].map(([, term]) => term);

  it('creates, retrieves, updates and deletes with the four verbs [H11-3.2-a] [H11-3.3-a] [H11-3.4.4-a]', async () => {
    for (const [path, body] of [
      ['/lamps/of/mine', lamp],
      [
        '/plugs/of/mine',
        `Category: plug; scheme="${home}"\nX-OCCI-Attribute: occi.core.source="${L2}", occi.core.target="${S1}"`,
      ],
    ] as const) {
      expect((await client.plain('PUT', path, body)).status).toBe(201);
      expect((await client.plain('GET', path)).status).toBe(200);
      expect((await client.plain('POST', path, 'X-OCCI-Attribute: occi.core.title="mine"')).status).toBe(200);
      expect((await client.plain('DELETE', path)).status).toBe(200);
      expect((await client.plain('GET', path)).status).toBe(404);
    }
  });

  it('has unique paths and ids [H11-3.1-a] [H11-3.4.4-e]', async () => {
    const made = await client.plain('PUT', '/lamps/a', lamp);
    expect([made.status, made.headers.get('location')]).toEqual([201, `${base}/lamps/a`]);
    const { text } = await client.plain('GET', '/lamps/a');
    expect(attribute(text, 'occi.core.id')).toMatch(/^"urn:uuid:[0-9a-f-]{36}"$/);
    const socket = await client.plain('PUT', '/lamps/a', `Category: socket; scheme="${home}"`);
    expect(socket.status).toBe(400);
    for (const path of ['/lamp/', '/lamps/', '/-/', '/'])
      expect((await client.plain('PUT', path, lamp)).status).toBe(405);
  });

  it('ends collections with a slash and entities without [H11-3.4.2-a] [H11-3.4.3-a] [H11-3.4.4-a] [D29]', async () => {
    for (const url of await client.list('/')) expect(url).toMatch(/[^/]$/);
    expect((await client.plain('GET', `${L1}/`)).status).toBe(404);
  });

  it('creates at the location of the kind and lists the entity there [H11-3.4.4-c] [H11-3.4.4-d] [H11-3.4.4-f] [H11-3.4.4-g] [H11-3.4.3-c]', async () => {
    const { status, headers, text } = await client.plain('POST', '/lamp/', lamp);
    expect(status).toBe(201);
    expect(text).toBe(`X-OCCI-Location: ${headers.get('location')}`);
    expect(await client.list('/lamp/')).toContain(headers.get('location'));
    expect((await client.plain('POST', '/socket/', lamp)).status).toBe(400);
  });

  it('shows at least kind, attributes, links and actions [H11-3.4.4-h]', async () => {
    const { text } = await client.plain('GET', L1);
    expect(text).toMatch(/^Category: lamp; .*\nLink: <.*\?action=on>.*\nLink: .*\nX-OCCI-Attribute: /);
  });

  it('changes what a POST names, and no more [H11-3.4.4-j]', async () => {
    const before = (await client.plain('GET', L1)).text;
    const { status, text } = await client.plain('POST', L1, 'X-OCCI-Attribute: test.lab.colour="red"');
    expect(status).toBe(200);
    expect(text).toBe(before.replace('"white"', '"red"'));
    const socket = await client.plain('POST', L1, `Category: socket; scheme="${home}"; class="kind"`);
    expect(socket.status).toBe(400);
  });

  it('deletes a link at both ends, and links with their source [H11-3.4.4-n]', async () => {
    await client.plain('DELETE', P1);
    expect((await client.plain('GET', L1)).text).not.toContain(P1);
    const plug = `Category: plug; scheme="${home}"\nX-OCCI-Attribute: occi.core.source="${L1}", occi.core.target="${base}${S1}"`;
    const path = pathOf((await client.plain('POST', '/plug/', plug)).headers.get('location'));
    await client.plain('DELETE', L1);
    expect((await client.plain('GET', path)).status).toBe(404);
  });

  it('acts on one and on all [H11-3.4.4-o] [H11-3.4.3-e] [D17]', async () => {
    const one = await client.plain('POST', `${L1}?action=on`, on);
    expect(attribute(one.text, 'test.lab.state')).toBe('"on"');
    const all = await client.plain('POST', '/lamp/?action=off', on.replace('on;', 'off;'));
    expect([all.status, all.text.split('\n').length]).toEqual([200, 2]);
    for (const path of [L1, L2])
      expect(attribute((await client.plain('GET', path)).text, 'test.lab.state')).toBe('"off"');
  });

  it.each([
    ['/socket/?action=on', on],
    [`${S1}?action=on`, on],
    [`${L1}?action=off`, on],
    [`${L1}?action=blink`, on.replace('on;', 'blink;')],
    [`${L1}?action=on`, undefined],
  ])('refuses the action of POST %s with %s [H11-3.4.3-e] [H11-3.4.4-o]', async (path, body) => {
    expect((await client.plain('POST', path, body)).status).toBe(400);
  });

  it('needs both ends for a link, of this provider [H11-3.4.5-c] [C11-4.5.3-b] [D30]', async () => {
    const before = await client.list('/plug/');
    for (const attributes of [
      `occi.core.source="${L1}"`,
      `occi.core.target="${S1}"`,
      `occi.core.source="${L1}", occi.core.target="/socket/none"`,
      `occi.core.source="/lamp/none", occi.core.target="${S1}"`,
    ]) {
      const { status } = await client.plain(
        'POST',
        '/plug/',
        `Category: plug; scheme="${home}"\nX-OCCI-Attribute: ${attributes}`,
      );
      expect(status).toBe(400);
    }
    expect(await client.list('/plug/')).toEqual(before);
  });

  it('lets plain links lead elsewhere since 1.2, and not for clients that only speak 1.1 [C11-4.5.3-b] [CORE-5.4.3-c]', async () => {
    const link = 'Category: link; scheme="http://schemas.ogf.org/occi/core#"';
    const ends = (target: string) => `X-OCCI-Attribute: occi.core.source="${L1}", occi.core.target="${target}"`;
    const elsewhere = 'https://example.org/thing';
    const old = { 'user-agent': 'rOCCI-core/4.3.6 OCCI/1.1 ruby' };
    const refused = await client.plain('POST', '/link/', `${link}\n${ends(elsewhere)}`, old);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(elsewhere)]);
    expect(await client.list('/link/')).toEqual([]);
    const inside = await client.plain('POST', '/link/', `${link}\n${ends(S1)}`, old);
    expect(inside.status, inside.text).toBe(201);
    const moved = await client.plain('POST', inside.headers.get('location') as string, ends(elsewhere), old);
    expect(moved.status, moved.text).toBe(400);
    for (const agent of ['x OCCI/1.1 OCCI/1.2', 'curl/8']) {
      const made = await client.plain('POST', '/link/', `${link}\n${ends(elsewhere)}`, { 'user-agent': agent });
      expect(made.status, made.text).toBe(201);
    }
  });

  it('moves a link to another end, and knows what kind it is of [D46]', async () => {
    const { status, text } = await client.plain('POST', P1, `X-OCCI-Attribute: occi.core.target="${base}${L2}"`);
    expect(status, text).toBe(200);
    expect(attribute(text, 'occi.core.target')).toBe(`"${L2}"`);
    expect(attribute(text, 'occi.core.target.kind')).toBe(`"${home}lamp"`);
    expect((await client.plain('GET', L1)).text).toContain(`Link: <${L2}>; rel="${home}lamp"; self="${P1}"`);
    expect((await client.plain('POST', P1, 'X-OCCI-Attribute: occi.core.target="/lamp/none"')).status).toBe(400);
    expect(attribute((await client.plain('GET', P1)).text, 'occi.core.target')).toBe(`"${L2}"`);
  });

  it('creates by PUT without links in text, and with links in JSON [D13]', async () => {
    const link = `Link: <${S1}>; rel="${home}socket"; category="${home}plug"`;
    expect((await client.plain('PUT', '/lamps/a', `${lamp}\n${link}`)).status).toBe(400);
    expect((await client.plain('GET', '/lamps/a')).status).toBe(404);
    const links = [{ kind: `${home}plug`, target: { location: S1 } }];
    const value = { kind: `${home}lamp`, attributes: { 'test.lab.watts': 1 }, links };
    const { status, json } = await client.json('PUT', '/lamps/a', value);
    expect(status).toBe(201);
    expect(json()).toMatchObject({ links: [{ source: { location: '/lamps/a' }, target: { location: S1 } }] });
  });

  it('has the query interface at two places that are one [H11-3.4.1-a] [H11-3.4.1-b] [H11-3.6.7-a] [D41]', async () => {
    expect((await client.plain('POST', wellKnown, `${tag}; location="/mine/"`)).status).toBe(200);
    expect(await terms()).toContain('mine');
    const both = [await client.occi('GET', '/-/'), await client.occi('GET', wellKnown)];
    expect(both[0]?.headers.get('category')).toBe(both[1]?.headers.get('category'));
    expect((await client.plain('DELETE', '/-/', tag)).status).toBe(200);
    expect(await terms(wellKnown)).not.toContain('mine');
  });

  it.each([
    ['no location', tag, 400],
    ['no scheme', 'Category: mine; class="mixin"; location="/mine/"', 400],
    ['the location of a kind', `${tag}; location="/lamp/"`, 409],
    ['the identity of a mixin', `Category: dimmer; scheme="${home}"; class="mixin"; location="/mine/"`, 409],
    ['a kind', 'Category: mine; scheme="http://lab.test/tags#"; class="kind"; location="/mine/"', 400],
  ])('adds no mixin with %s [H11-3.4.1-e] [H11-3.4.1-f] [D40]', async (_, line, expected) => {
    const before = await terms();
    expect((await client.plain('POST', '/-/', line)).status).toBe(expected);
    expect(await terms()).toEqual(before);
  });

  it('removes user mixins with all their associations, and no others [H11-3.4.1-g] [H11-3.4.1-h] [H11-3.4.1-i] [D39]', async () => {
    await client.plain('POST', '/-/', `${tag}; location="/mine/"`);
    await client.plain('POST', '/mine/', `X-OCCI-Location: ${base}${L1}`);
    expect((await client.plain('GET', L1)).text).toContain('Category: mine;');
    expect((await client.plain('DELETE', '/-/', `${tag};`)).status).toBe(200);
    expect((await client.plain('GET', L1)).text).not.toContain('mine');
    expect((await client.plain('GET', '/mine/')).status).toBe(404);
    const dimmer = `Category: dimmer; scheme="${home}"; class="mixin"`;
    expect((await client.plain('DELETE', '/-/', dimmer)).status).toBe(403);
    expect(await terms()).toContain('dimmer');
  });
});
