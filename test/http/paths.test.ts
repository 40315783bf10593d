import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { read } from './dialects.ts';
import { base, L1, L2, type Lab, P1, S1, startHomeLab } from './home-lab.ts';
import { type Speaker, speakTo } from './speaker.ts';

const home = 'http://lab.test/occi/home#';
const lamp = `Category: lamp; scheme="${home}"; class="kind"\nX-OCCI-Attribute: test.lab.watts=40`;

let lab: Lab;
let client: Speaker;
beforeEach(async () => {
  lab = await startHomeLab();
  client = speakTo(lab);
});
afterEach(() => lab.close());

describe('GFD.223 §4 paths', () => {
  it('with escapes of what needs none are the same; an escaped slash is none [X-6]', async () => {
    const escaped = L1.replace('6', '%36').replace('-', '%2d').replace('/lamp', '/l%61mp');
    expect((await client.plain('GET', escaped)).text).toBe((await client.plain('GET', L1)).text);
    expect(await client.list('/%6Camp/')).toEqual(await client.list('/lamp/'));
    expect((await client.plain('PUT', '/den/%7Ea%2fb', lamp)).headers.get('location')).toBe(`${base}/den/~a%2Fb`);
    for (const path of ['/den/~a%2fb', '/den/%7ea%2Fb', '/d%65n/~a%2Fb'])
      expect((await client.raw('GET', path)).status).toBe(200);
    expect((await client.raw('GET', '/den/~a/b')).status).toBe(404);
    expect(await client.list('/den/')).toEqual([`${base}/den/~a%2Fb`]);
    const members = `X-OCCI-Location: /den/%7Ea%2Fb\nX-OCCI-Location: ${base}/den/~a%2fb`;
    expect((await client.plain('POST', '/dimmer/', members)).status).toBe(200);
    expect(await client.list('/dimmer/')).toHaveLength(1);
  });

  it('that are not bound show what is below them, whole segments only [HTTP-4.1-a] [HTTP-4.1-b]', async () => {
    for (const path of ['/house/a', '/house/attic/b', '/houseboat/c'])
      expect((await client.plain('PUT', path, lamp)).status).toBe(201);
    expect((await client.list('/house/')).toSorted()).toEqual([`${base}/house/a`, `${base}/house/attic/b`]);
    expect(await client.list('/house/attic/')).toEqual([`${base}/house/attic/b`]);
    expect((await client.list('/')).toSorted()).toEqual(
      [L1, L2, S1, P1, '/house/a', '/house/attic/b', '/houseboat/c'].map((path) => base + path).toSorted(),
    );
    const json = (await client.json('GET', '/')).json() as Record<string, readonly unknown[]>;
    expect([json['resources']?.length, json['links']?.length]).toEqual([6, 1]);
    expect((await client.raw('GET', '/hou/')).status).toBe(404);
  });

  it('and names of mixins that a client chooses have a limit', async () => {
    const segment = 'x'.repeat(1023);
    expect((await client.plain('PUT', `/${segment}`, lamp)).status).toBe(201);
    const tooLong = await client.plain('PUT', `/${segment}y`, lamp);
    expect([tooLong.status, tooLong.text]).toEqual([400, expect.stringContaining('1024 characters at most')]);
    const mixin = `Category: tag; scheme="http://example.org/${segment}#"; class="mixin"; location="/tag/"`;
    const refused = await client.plain('POST', '/-/', mixin);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('1024 characters at most')]);
  });

  it('in listings, in Location and in what is asked for are the same bytes [X-5] [CORE-5.3.8-d]', async () => {
    const made = await client.plain('POST', '/lamp/', lamp, { host: 'ignored.test' });
    const url = made.headers.get('location') ?? '';
    expect(made.text).toBe(`X-OCCI-Location: ${url}`);
    expect(await client.list('/lamp/')).toContain(url);
    expect((await client.occi('GET', '/lamp/')).headers.get('x-occi-location')?.split(', ')).toContain(url);
    expect((await client.raw('GET', url)).status).toBe(200);
    const other = (await client.raw('GET', 'http://other.test:8080/lamp/', { headers: { accept: 'text/uri-list' } }))
      .text;
    expect(other.split('\n')).toContain(url.replace(base, 'http://other.test:8080'));
  });

  it('of a link may be written in every form that means an entity here [CORE-5.4.3-a] [H11-3.4.5-c]', async () => {
    for (const target of [
      S1,
      base + S1,
      `<${S1}>`,
      S1.replace('-', '%2D'),
      `HTTP://OCCI.lab.TEST${S1}`,
      `${base}:80${S1}`,
    ]) {
      const made = await client.json('POST', '/plug/', { kind: `${home}plug`, source: L2, target });
      expect(made.status, `${target}: ${made.text}`).toBe(201);
      const { pathname } = new URL(made.headers.get('location') ?? '');
      expect(await read(lab, pathname)).toMatchObject({ target: { location: S1, kind: `${home}socket` } });
    }
  });
});
