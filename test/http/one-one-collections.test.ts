import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const at = (...paths: readonly string[]) => paths.map((path) => `X-OCCI-Location: ${base}${path}`).join('\n');

describe('GFD.185 §3.4.2, §3.4.3: collections', () => {
  let lab: Lab;
  let client: Speaker;
  beforeEach(async () => {
    lab = await startHomeLab();
    client = speakTo(lab);
    await client.plain(
      'POST',
      '/-/',
      'Category: mine; scheme="http://lab.test/tags#"; class="mixin"; location="/my/own/"',
    );
  });
  afterEach(() => lab.close());

  const members = async () => (await client.list('/my/own/')).map((url) => url.slice(base.length)).toSorted();

  it('associates, replaces and dissociates by URI [H11-3.4.3-f] [H11-3.4.3-g] [H11-3.4.3-h] [D20]', async () => {
    expect((await client.plain('POST', '/my/own/', at(L1))).text).toBe(at(L1));
    await client.plain('POST', '/my/own/', at(L1, P1));
    expect(await members()).toEqual([L1, P1].toSorted());
    const replaced = await client.plain('PUT', '/my/own/', at(L2, S1));
    expect(replaced.text.split('\n').toSorted()).toEqual(at(L2, S1).split('\n').toSorted());
    await client.plain('DELETE', '/my/own/', at(L2));
    expect(await members()).toEqual([S1]);
  });

  it('takes locations as paths, and several in one line [H11-3.5.5-a] [TEXT-4.4-a]', async () => {
    await client.plain('POST', '/my/own/', `X-OCCI-Location: ${L1}, ${base}${L2}`);
    expect(await members()).toEqual([L1, L2].toSorted());
  });

  it('dissociates all without a list, and deletes nothing [D21]', async () => {
    await client.plain('POST', '/my/own/', at(L1, P1));
    expect((await client.plain('DELETE', '/my/own/')).status).toBe(200);
    expect(await members()).toEqual([]);
    expect(await client.list('/')).toHaveLength(4);
  });

  it.each([
    ['POST', at(L1, '/lamp/none')],
    ['PUT', at(L1, '/lamp/none')],
    ['DELETE', at(L2, '/lamp/none')],
    ['POST', `X-OCCI-Location: http://elsewhere.test${L1}`],
    ['POST', ''],
  ])('is left alone by a %s of %s [H11-3.6.4-a] [D37]', async (method, body) => {
    await client.plain('PUT', '/my/own/', at(L2));
    expect((await client.plain(method, '/my/own/', body)).status).toBe(400);
    expect(await members()).toEqual([L2]);
  });

  it('puts a mixin only on what it applies to, all or none [D23] [H11-3.6.4-a] [C11-4.4.3-b]', async () => {
    expect((await client.plain('POST', '/dimmer/', at(L1, S1))).status).toBe(400);
    expect(await client.list('/dimmer/')).toEqual([]);
    expect((await client.plain('POST', '/dimmer/', at(L1))).status).toBe(200);
  });

  it('deletes the entities of a kind: all, or those of a filter [D22]', async () => {
    expect((await client.occi('DELETE', '/lamp/', { 'x-occi-attribute': 'test.lab.watts=40' })).status).toBe(200);
    expect(await client.list('/lamp/')).toEqual([base + L2]);
    expect((await client.plain('DELETE', '/lamp/')).status).toBe(200);
    expect(await client.list('/')).toEqual([base + S1]);
  });

  it('deletes all below an unbound path [H11-3.4.2-d] [D10]', async () => {
    const lamp = `Category: lamp; scheme="${home}"\nX-OCCI-Attribute: test.lab.watts=1`;
    await client.plain('PUT', '/den/a', lamp);
    await client.plain('PUT', '/den/b/c', lamp);
    await client.plain('PUT', '/dense', lamp);
    expect((await client.list('/den/')).toSorted()).toEqual([`${base}/den/a`, `${base}/den/b/c`]);
    expect((await client.plain('DELETE', '/den/')).status).toBe(200);
    expect((await client.plain('GET', '/den/')).status).toBe(404);
    expect(await client.list('/')).toContain(`${base}/dense`);
    expect((await client.plain('DELETE', '/')).status).toBe(200);
    expect(await client.list('/')).toEqual([]);
  });

  it('creates at the root, as the suites of 1.1 do [D10] [H11-3.4.4-c]', async () => {
    const { status, headers } = await client.occi('POST', '/', {
      category: `lamp;scheme="${home}"`,
      'x-occi-attribute': 'test.lab.watts=1',
    });
    expect(status).toBe(201);
    expect(await client.list('/lamp/')).toContain(headers.get('location'));
  });

  it('pages by page and number, counted from one [D35] [D44]', async () => {
    const all = await client.list('/');
    expect(await client.list('/?page=1&number=3')).toEqual(all.slice(0, 3));
    expect(await client.list('/?page=2&number=3')).toEqual(all.slice(3));
    expect((await client.plain('GET', '/?page=0&number=3')).status).toBe(400);
    expect((await client.plain('GET', '/?page=1&number=1000000')).status).toBe(413);
  });

  it('answers 405 for what is not defined, 404 for what is gone [D19] [H11-3.6.8-a]', async () => {
    const put = await client.plain('PUT', '/lamp/', at(L1));
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, DELETE, OPTIONS']);
    await client.plain('DELETE', L1);
    expect((await client.plain('GET', L1)).status).toBe(404);
    expect((await client.plain('DELETE', L1)).status).toBe(404);
  });

  it('answers DELETE with 200 and OK, and JSON with an empty object [D18]', async () => {
    expect((await client.plain('DELETE', L1)).text).toBe('OK');
    expect((await client.json('DELETE', L2)).json()).toEqual({});
  });

  it('does caching: a tag, 304 for who has it, 412 for who has another [H11-3.6.2-a]', async () => {
    const { headers } = await client.plain('GET', L1);
    const etag = headers.get('etag') ?? '';
    const again = await client.plain('GET', L1, undefined, { 'if-none-match': etag });
    expect([again.status, again.text]).toEqual([304, '']);
    const change = (condition: string) =>
      client.plain('POST', L1, 'X-OCCI-Attribute: occi.core.title="x"', { 'if-match': condition });
    expect((await change('"other"')).status).toBe(412);
    expect((await change(etag)).status).toBe(200);
    expect((await change(etag)).status).toBe(412);
    expect((await client.plain('GET', L1, undefined, { 'if-none-match': etag })).status).toBe(200);
  });

  it('speaks 1.1 and 1.2, and no later version before anything happens [H11-3.6.5-a] [H11-3.6.5-b] [H11-3.6.5-c] [D1]', async () => {
    const as = (agent: string) => client.plain('DELETE', '/lamp/', undefined, { 'user-agent': agent });
    for (const agent of ['x OCCI/1.3', 'OCCI/1.10', 'OCCI/2.0 x']) expect((await as(agent)).status).toBe(501);
    expect(await client.list('/lamp/')).toHaveLength(2);
    for (const agent of ['rOCCI/4.3 OCCI/1.1', 'OCCI/1.2', 'OCCI/1.3 OCCI/1.2', 'curl/8', 'XOCCI/9.9']) {
      expect((await as(agent)).status).toBe(200);
    }
  });
});
