import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { L1, type Lab, S1, startHomeLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `Category: lamp; scheme="${home}"; class="kind"`;
const dimmer = `Category: dimmer; scheme="${home}"; class="mixin"`;
const on = 'Category: on; scheme="http://lab.test/occi/home/lamp/action#"; class="action"';
const tag = 'Category: tag; scheme="http://lab.test/tags#"; class="mixin"; location="/tag/"';
const watts = 'X-OCCI-Attribute: test.lab.watts=40';
const both = 'GET, HEAD, POST, PUT, DELETE, OPTIONS';
const allButPut = 'GET, HEAD, POST, DELETE, OPTIONS';

let lab: Lab;
let client: Speaker;
beforeEach(async () => {
  lab = await startHomeLab();
  client = speakTo(lab);
  expect((await client.plain('POST', '/-/', tag)).status).toBe(200);
});
afterEach(() => lab.close());

describe('GFD.223 §8 every combination of target and method', () => {
  it.each([
    // The overview of verbs, cell by cell.
    ['entity', 'GET', L1, undefined, 200],
    ['entity', 'POST', L1, 'X-OCCI-Attribute: occi.core.title="Desk"', 200],
    ['entity', 'POST', `${L1}?action=on`, on, 200],
    ['entity', 'PUT', L1, `${lamp}\n${watts}`, 200],
    ['free path', 'PUT', '/lamp/new', `${lamp}\n${watts}`, 201],
    ['entity', 'DELETE', L1, undefined, 200],
    ['kind collection', 'GET', '/lamp/', undefined, 200],
    ['kind collection', 'POST', '/lamp/', `${lamp}\n${watts}`, 201],
    ['kind collection', 'POST', '/lamp/?action=on', on, 200],
    ['kind collection', 'PUT', '/lamp/', `X-OCCI-Location: ${L1}`, 405],
    ['kind collection', 'DELETE', '/lamp/', undefined, 200],
    ['mixin collection', 'GET', '/tag/', undefined, 200],
    ['mixin collection', 'POST', '/tag/', `X-OCCI-Location: ${L1}`, 200],
    ['mixin collection', 'POST', '/tag/?action=on', on, 200],
    ['mixin collection', 'PUT', '/tag/', `X-OCCI-Location: ${S1}`, 200],
    ['mixin collection', 'DELETE', '/tag/', `X-OCCI-Location: ${L1}`, 200],
    ['query interface', 'GET', '/-/', undefined, 200],
    ['query interface', 'POST', '/-/', tag.replaceAll('tag;', 'other;').replace('/tag/', '/other/'), 200],
    ['query interface', 'POST', '/-/?action=on', on, 400],
    ['query interface', 'PUT', '/-/', tag, 405],
    ['query interface', 'DELETE', '/-/', tag, 200],
    ['root', 'GET', '/', undefined, 200],
    ['root', 'POST', '/', `${lamp}\n${watts}`, 201],
    ['root', 'POST', '/?action=on', on, 400],
    ['root', 'PUT', '/', lamp, 405],
    ['root', 'DELETE', '/', undefined, 200],
    ['unbound path', 'GET', '/palette/', undefined, 200],
    ['nothing', 'GET', '/nowhere/', undefined, 404],
    ['nothing', 'GET', '/nowhere', undefined, 404],
    ['nothing', 'POST', '/nowhere', watts, 404],
    ['nothing', 'DELETE', '/nowhere', undefined, 404],
    ['nothing', 'PUT', '/nowhere/', lamp, 405],
    ['entity with a slash', 'GET', `${L1}/`, undefined, 404],
  ] as const)('%s: %s %s [HTTP-8-a] [HTTP-5-a] [HTTP-5.4-a] [H11-3.2-a]', async (_, method, path, body, status) => {
    const answer = await client.plain(method, path, body);
    expect(answer.status, answer.text).toBe(status);
    if (status === 405) expect(answer.headers.get('allow')).toBe(allButPut);
  });

  it.each([
    [L1, both],
    ['/lamp/', allButPut],
    ['/tag/', both],
    ['/-/', allButPut],
    ['/.well-known/org/ogf/occi/-/', allButPut],
    ['/', allButPut],
  ])('OPTIONS and unknown methods of %s tell what is allowed [X-9] [HTTP-8-a]', async (path, allow) => {
    const options = await client.raw('OPTIONS', path);
    expect([options.status, options.headers.get('allow')]).toEqual([200, allow]);
    const patch = await client.raw('PATCH', path, { body: 'x' });
    expect([patch.status, patch.headers.get('allow')]).toEqual([405, allow]);
  });

  it.each([L1, '/lamp/', '/-/', '/'])('HEAD of %s is GET without the body [X-9]', async (path) => {
    for (const accept of ['text/plain', 'text/occi', 'application/occi+json']) {
      const get = await client.raw('GET', path, { headers: { accept } });
      const head = await client.raw('HEAD', path, { headers: { accept } });
      const fields = ({ headers }: typeof get) =>
        [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'content-length');
      expect([head.status, head.text, fields(head)]).toEqual([200, '', fields(get)]);
    }
  });

  it('collections are found without their final slash [X-4]', async () => {
    const strict = await client.list('/lamp/');
    expect(await client.list('/lamp')).toEqual(strict);
    expect((await client.plain('PUT', '/lamp', lamp)).status).toBe(405);
  });
});

describe('RFC 9110 §13 conditional requests', () => {
  const conditional = (method: string, headers: Record<string, string>, body?: string) =>
    client.plain(method, L1, body, headers);
  const title = (text: string) => `X-OCCI-Attribute: occi.core.title="${text}"`;

  it('an entity has a tag that changes with it and with its links [H11-3.6.2-a]', async () => {
    const tagOf = async (path: string, accept = 'text/plain') =>
      (await client.raw('GET', path, { headers: { accept } })).headers.get('etag');
    const first = await tagOf(L1);
    expect(first).toMatch(/^"[^"]+"$/);
    expect(await tagOf(L1)).toBe(first);
    expect(await tagOf(L1, 'application/occi+json')).not.toBe(first);
    await client.plain('POST', '/tag/', 'X-OCCI-Location: /plug/d27f09b3-4c8e-4e66-a1f4-7be0985c0c01');
    expect(await tagOf(L1)).not.toBe(first);
  });

  it('a read is answered with 304 as long as nothing changes', async () => {
    const { headers } = await conditional('GET', {});
    const etag = headers.get('etag') as string;
    for (const list of [etag, `"x", ${etag}`, `W/${etag}`, '*']) {
      const same = await lab.request('GET', L1, { headers: { accept: 'text/plain', 'if-none-match': list } });
      expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag]);
    }
    await client.plain('POST', L1, title('Other'));
    expect((await conditional('GET', { 'if-none-match': etag })).status).toBe(200);
    expect((await conditional('GET', { 'if-match': etag })).status).toBe(412);
  });

  it('a change based on an old revision is refused, in whatever rendering it was read', async () => {
    const read = await client.json('GET', L1);
    const etag = read.headers.get('etag') as string;
    expect((await conditional('POST', { 'if-match': etag }, title('First'))).status).toBe(200);
    for (const [method, body] of [
      ['POST', title('Second')],
      ['PUT', `${lamp}\n${watts}`],
      ['DELETE', undefined],
    ] as const) {
      const late = await conditional(method, { 'if-match': etag }, body);
      expect(late.status).toBe(412);
    }
    expect((await client.raw('GET', L1)).text).toContain('occi.core.title="First"');
    expect((await conditional('DELETE', { 'if-match': '*' })).status).toBe(200);
  });

  it('PUT can insist on creating, or on replacing', async () => {
    const body = `${lamp}\n${watts}`;
    const insist = (headers: Record<string, string>) => client.plain('PUT', '/lamp/mine', body, headers);
    expect((await insist({ 'if-match': '*' })).status).toBe(412);
    expect((await insist({ 'if-none-match': '*' })).status).toBe(201);
    expect((await insist({ 'if-none-match': '*' })).status).toBe(412);
    expect((await insist({ 'if-match': '*' })).status).toBe(200);
  });
});

describe('creating again', () => {
  const id = 'urn:uuid:11111111-2222-4333-8444-555555555555';
  const body = { kind: `${home}lamp`, id, attributes: { 'test.lab.watts': 5 } };

  it('with the same UUID finds what the first request has made [JSON-3.1.1-b]', async () => {
    const first = await client.json('POST', '/lamp/', body);
    const before = (await client.raw('GET', '/')).text;
    const second = await client.json('POST', '/lamp/', body);
    expect([second.status, second.headers.get('location')]).toEqual([201, first.headers.get('location')]);
    expect(first.headers.get('location')).toMatch(/\/lamp\/11111111-2222-4333-8444-555555555555$/);
    expect((await client.raw('GET', '/')).text).toBe(before);
  });

  it('with a UUID that is taken by something else is a conflict', async () => {
    await client.json('POST', '/lamp/', body);
    for (const other of [
      { ...body, attributes: { 'test.lab.watts': 6 } },
      { kind: `${home}socket`, id },
    ]) {
      const refused = await client.json('POST', '/', other);
      expect([refused.status, refused.json()]).toMatchObject([409, { code: 'exists' }]);
    }
  });

  it('other ids are replaced, and never taken for the same request', async () => {
    const first = await client.json('POST', '/lamp/', { ...body, id: 'Lamp_1' });
    const second = await client.json('POST', '/lamp/', { ...body, id: 'Lamp_1' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('location')).not.toBe(first.headers.get('location'));
    expect((first.json() as { id: string }).id).toMatch(/^urn:uuid:/);
  });

  it('several at once come all or none [HTTP-11.3.1-a] [X-3]', async () => {
    const before = (await client.raw('GET', '/')).text;
    const bad = await client.json('POST', '/lamp/', { resources: [body, { kind: `${home}lamp` }] });
    expect(bad.status).toBe(400);
    expect((await client.raw('GET', '/')).text).toBe(before);
    const plug = { kind: `${home}plug`, source: { location: `/lamp/${id.slice(9)}` }, target: { location: S1 } };
    const good = await client.json('POST', '/', { resources: [body], links: [plug] });
    expect(good.status, good.text).toBe(200);
    expect(good.json()).toMatchObject({ resources: [{ id }], links: [{ kind: `${home}plug` }] });
    expect(await client.list('/plug/')).toHaveLength(2);
  });
});

describe('what is on the way of a request', () => {
  it('a compressed body is refused with its reason', async () => {
    const headers = { 'content-type': 'text/plain', 'content-encoding': 'gzip' };
    const refused = await client.raw('POST', '/lamp/', { headers, body: `${lamp}\n${watts}\n${dimmer}` });
    expect([refused.status, refused.text]).toEqual([415, expect.stringContaining('gzip')]);
  });
});
