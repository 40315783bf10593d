import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Authenticator } from '../../src/http/authentication/authenticator.ts';
import type { GatewayOptions } from '../../src/index.ts';
import { commonProject } from '../../src/occi/entity.ts';
import { base, L1, type Lab, startHomeLab } from './home-lab.ts';

const portal = 'https://portal.example.org';
const lamp = 'Category: lamp; scheme="http://lab.test/occi/home#"\nX-OCCI-Attribute: test.lab.watts=5';
const plain = { 'content-type': 'text/plain' };

let lab: Lab;

const locations = async () => (await lab.request('GET', '/lamp/', { headers: { accept: 'text/uri-list' } })).text;

/** What a page of somewhere can have a browser do by a form. */
async function sendForm(from: Readonly<Record<string, string>>, path = '/lamp/') {
  return lab.request('POST', path, { headers: { ...plain, ...from }, body: lamp });
}

const foreign: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['another site', { origin: portal, 'sec-fetch-site': 'cross-site' }],
  ['a neighbour in the same domain', { origin: 'http://wiki.lab.test', 'sec-fetch-site': 'same-site' }],
  ['a page that hides where it is from', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['somebody who leaves out the origin', { 'sec-fetch-site': 'cross-site' }],
  ['a browser that says something new', { origin: base, 'sec-fetch-site': 'sideways' }],
  ['another site, in an older browser', { origin: portal }],
  ['another port, in an older browser', { origin: `${base}:8080` }],
  ['a page that hides where it is from, in an older browser', { origin: 'null' }],
];

describe('A page of', () => {
  afterEach(() => lab.close());

  it.each(foreign)('%s changes nothing', async (_who, from) => {
    lab = await startHomeLab();
    const before = await locations();
    const answer = await sendForm(from);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('OCCI_TRUSTED_ORIGINS');
    for (const [method, path] of [
      ['PUT', L1],
      ['DELETE', L1],
      ['DELETE', '/lamp/'],
      ['POST', `${L1}?action=on`],
    ] as const) {
      const headers = { ...plain, ...from };
      expect((await lab.request(method, path, { headers, ...(method !== 'DELETE' && { body: lamp }) })).status).toBe(
        403,
      );
    }
    expect(await locations()).toBe(before);
  });

  it('another site is not told apart by who the browser says it is', async () => {
    let asked = 0;
    const believing: Authenticator = {
      challenge: 'Test',
      authenticate: async () => {
        asked += 1;
        return { user: 'anna', project: commonProject, roles: ['admin'], proof: 'basic' };
      },
    };
    lab = await startHomeLab({ authenticators: [believing] });
    const before = asked;
    expect((await sendForm({ origin: portal, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(asked).toBe(before);
  });

  it('another site puts nothing into CDMI, not even by a form with a file', async () => {
    lab = await startHomeLab({ cdmi: true });
    const form = new FormData();
    form.set('file', new File(['from elsewhere'], 'planted.txt'));
    const made = new Response(form);
    const headers = { 'content-type': made.headers.get('content-type') as string, 'sec-fetch-site': 'cross-site' };
    const body = new Uint8Array(await made.arrayBuffer());
    expect((await lab.request('POST', '/cdmi/', { headers, body })).status).toBe(403);
    expect((await lab.request('GET', '/cdmi/planted.txt')).status).toBe(404);
    const own = await lab.request('POST', '/cdmi/', { headers: { ...headers, 'sec-fetch-site': 'same-origin' }, body });
    expect(own.status).toBe(201);
  });

  it('another site can still be looked from', async () => {
    lab = await startHomeLab();
    const headers = { origin: portal, 'sec-fetch-site': 'cross-site' };
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      expect((await lab.request(method, L1, { headers })).status).toBe(200);
    }
  });

  it.each([
    ['the gateway', { origin: base, 'sec-fetch-site': 'same-origin' }],
    ['nobody, as the address was typed', { 'sec-fetch-site': 'none' }],
    ['the gateway, in an older browser', { origin: base }],
    ['the gateway, with TLS in front of it', { origin: base.replace('http:', 'https:') }],
    ['no browser at all', {}],
  ])('%s is let through', async (_who, from) => {
    lab = await startHomeLab();
    expect((await sendForm(from)).status).toBe(201);
  });

  it.each([
    [
      'named',
      { trustedOrigins: ['https://other.example.org', portal] },
      { origin: portal, 'sec-fetch-site': 'cross-site' },
    ],
    ['named, in an older browser', { trustedOrigins: [portal] }, { origin: portal }],
    ['anybody, where all are trusted', { trustedOrigins: '*' }, { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ] satisfies readonly (readonly [string, GatewayOptions, Readonly<Record<string, string>>])[])(
    'a site that is trusted is let through: %s',
    async (_who, options, from) => {
      lab = await startHomeLab(options);
      expect((await sendForm(from)).status).toBe(201);
    },
  );

  it('a site that is trusted does not speak for another one', async () => {
    lab = await startHomeLab({ trustedOrigins: [portal] });
    for (const origin of [`${portal}.evil.test`, 'http://portal.example.org', `${portal}:8443`, 'null']) {
      expect((await sendForm({ origin, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    }
  });
});

describe('OCCI_TRUSTED_ORIGINS', () => {
  const read = (value: string) => readConfig({ OCCI_TRUSTED_ORIGINS: value }).trustedOrigins;

  it('is a list of origins, or all', () => {
    expect(read('*')).toBe('*');
    expect(read(`${portal}, http://localhost:8080`)).toEqual([portal, 'http://localhost:8080']);
    for (const mistake of [
      'portal.example.org',
      `${portal}/`,
      `${portal}/page`,
      'null',
      `${portal},`,
      'ftp://x.test',
    ]) {
      expect(() => read(mistake)).toThrow(/^OCCI_TRUSTED_ORIGINS=.* must be \*, or origins/);
    }
  });
});
