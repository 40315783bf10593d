import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './home-lab.ts';
import { pathOf, type Speaker, speakTo } from './speaker.ts';

const compute = 'http://schemas.ogf.org/occi/infrastructure#compute';
const resourceTemplate = 'http://schemas.ogf.org/occi/infrastructure#resource_tpl';
const profile = 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#';

/** Cores, memory and ephemeral storage of the templates (GFD.222 §4.2). */
const sizes = {
  small: [1, 1, 10],
  medium: [2, 2, 20],
  large: [4, 4, 40],
  mem_small: [1, 4, 10],
  mem_medium: [2, 8, 20],
  mem_large: [4, 16, 40],
} as const;

let lab: Lab;
let client: Speaker;
beforeAll(async () => {
  lab = await startLab();
  client = speakTo(lab);
});
afterAll(() => lab.close());

interface Template {
  readonly term: string;
  readonly scheme: string;
  readonly depends?: readonly string[];
  readonly applies?: readonly string[];
  readonly attributes?: Readonly<Record<string, { mutable: boolean; default?: unknown }>>;
}
const mixins = async () => ((await client.json('GET', '/-/')).json() as { mixins: readonly Template[] }).mixins;
const create = async (terms: readonly string[], attributes: object = {}) => {
  const body = { kind: compute, mixins: terms.map((term) => profile + term), attributes };
  const made = await client.json('POST', '/compute/', body);
  expect(made.status, made.text).toBe(201);
  return pathOf(made.headers.get('location'));
};
const sizeOf = async (path: string) => {
  const { attributes } = (await client.json('GET', path)).json() as { attributes: Record<string, unknown> };
  const names = ['occi.compute.cores', 'occi.compute.memory', 'occi.compute.ephemeral_storage.size'];
  return names.map((name) => attributes[name]);
};

describe('GFD.222 §5 the claim of conformance', () => {
  it('stands in every response [CRT-02] [CRT-13] [CRT-14] [CRT-15] [CRT-16]', async () => {
    for (const path of ['/-/', '/compute/', '/nowhere', '/healthz']) {
      const { headers } = await client.raw('GET', path);
      expect(headers.get('server')?.split(' ')).toContain('OCCI-CRTP-EP/1.1');
    }
  });
});

describe('GFD.222 §4 resource templates', () => {
  it('all six sizes are offered for compute [CRT-05] [CRT-07] [CRT-08] [CRT-10] [CRT-11] [INF-44] [INF-45]', async () => {
    const all = await mixins();
    expect(all.some(({ scheme, term }) => scheme + term === resourceTemplate)).toBe(true);
    const offered = all.filter(({ scheme }) => scheme === profile);
    expect(offered.map(({ term }) => term).sort()).toEqual(Object.keys(sizes).sort());
    for (const { term, depends, applies, attributes = {} } of offered) {
      expect([depends, applies]).toEqual([[resourceTemplate], [compute]]);
      const [cores, memory, ephemeral] = sizes[term as keyof typeof sizes];
      expect(attributes).toMatchObject({
        'occi.compute.cores': { mutable: false, default: cores },
        'occi.compute.memory': { mutable: false, default: memory },
        'occi.compute.ephemeral_storage.size': { mutable: false, default: ephemeral },
        'occi.compute.ephemeral_storage.deviceid': { mutable: false },
      });
    }
  });

  it.each(Object.entries(sizes))('%s sets the size of a new compute [CRT-09] [INF-41]', async (term, size) => {
    expect(await sizeOf(await create([term]))).toEqual(size);
  });

  it('wins over the sizes a client gives [INF-40]', async () => {
    const path = await create(['small'], { 'occi.compute.cores': 16, 'occi.compute.memory': 64 });
    expect(await sizeOf(path)).toEqual(sizes.small);
    const changed = await client.json('POST', path, { attributes: { 'occi.compute.cores': 8 } });
    expect(changed.status).toBe(403);
  });

  it('a second one takes the place of the first at once [CRT-06] [CRT-09] [INF-46] [INF-47]', async () => {
    const path = await create(['small']);
    const changed = await client.plain('POST', path, `Category: large; scheme="${profile}"; class="mixin"`);
    expect(changed.status, changed.text).toBe(200);
    expect(changed.text).not.toContain('Category: small');
    expect(await sizeOf(path)).toEqual(sizes.large);
    const associated = await client.plain('POST', '/resource_tpl/medium/', `X-OCCI-Location: ${path}`);
    expect(associated.status).toBe(200);
    expect(await sizeOf(path)).toEqual(sizes.medium);
    const both = await client.json('POST', '/compute/', {
      kind: compute,
      mixins: [`${profile}small`, `${profile}large`],
    });
    expect(both.status).toBe(400);
  });

  it('shows no more than its attributes: what else the provider does stays inside [INF-43]', async () => {
    const { attributes } = (await client.json('GET', await create(['small']))).json() as { attributes: object };
    const [small] = (await mixins()).filter(({ scheme, term }) => scheme + term === `${profile}small`);
    const kinds = ((await client.json('GET', '/-/')).json() as { kinds: readonly Template[] }).kinds;
    const kind = kinds.find(({ scheme, term }) => scheme + term === compute);
    const defined = [...Object.keys(kind?.attributes ?? {}), ...Object.keys(small?.attributes ?? {})];
    expect(defined).toEqual(expect.arrayContaining(Object.keys(attributes)));
  });

  it('ephemeral storage has a device, and goes with its compute [CRT-17] [CRT-18]', async () => {
    const path = await create(['medium']);
    const { attributes } = (await client.json('GET', path)).json() as { attributes: Record<string, unknown> };
    expect(attributes['occi.compute.ephemeral_storage.deviceid']).toMatch(/^\/dev\/vd[a-z]$/);
    expect(attributes['occi.compute.ephemeral_storage.size']).toBeGreaterThanOrEqual(20);
    expect(await client.list('/storage/')).toEqual([]);
    expect((await client.raw('DELETE', path)).status).toBe(200);
    expect((await client.raw('GET', path)).status).toBe(404);
  });
});
