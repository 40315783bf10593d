import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Authenticator } from '../../src/http/authentication/authenticator.ts';
import { createGateway } from '../../src/index.ts';
import { commonProject } from '../../src/occi/entity.ts';
import { dialects, everything } from './dialects.ts';
import { base, L1, L2, type Lab, P1, S1, type Send, startHomeLab } from './home-lab.ts';
import { addFavourite, pathOf, type Speaker, speakTo } from './speaker.ts';
import { until } from './until.ts';

const home = 'http://lab.test/occi/home#';
const lampAction = 'http://lab.test/occi/home/lamp/action#';
const lamp = { kind: `${home}lamp`, attributes: { 'test.lab.watts': 5 } };
const favourite = { term: 'favourite', scheme: 'http://lab.test/occi/tags/anna#', location: '/tag/favourite/' };
const another = { ...favourite, term: 'other', location: '/tag/other/' };
const fresh = '/lamp/0b0a2c4e-0000-4000-8000-00000000000a';
const members = (...paths: readonly string[]) => ({
  resources: paths.map((path) => ({ id: path.replace(/^.*\//, 'urn:uuid:') })),
});

const everyRole = 'admin,electrician,tagger,untagger,a,b';

/** Believes what a header says; without it the client is the one that makes the fixture. */
const believing: Authenticator = {
  challenge: 'Test',
  authenticate: async (incoming) => ({
    user: incoming.header('x-test-user') ?? 'anna',
    project: commonProject,
    roles: (incoming.header('x-test-roles') ?? everyRole).split(',').filter((role) => role !== ''),
    proof: 'basic',
  }),
};

let directory: string;
let file: string;
let lab: Lab;
let maker: Speaker;

/** A client with roles. */
function as(roles: string, user = 'anna'): Speaker {
  const headers = { 'x-test-roles': roles, 'x-test-user': user };
  return speakTo({
    ...lab,
    request: (method, path, send: Send = {}) =>
      lab.request(method, path, { ...send, headers: { ...send.headers, ...headers } }),
  });
}

/** A home lab with a tag on one lamp, under the rules of a policy file. */
async function start(rules?: Readonly<Record<string, string>>): Promise<void> {
  if (rules !== undefined) writeFileSync(file, JSON.stringify(rules));
  lab = await startHomeLab({ authenticators: [believing], ...(rules === undefined ? {} : { policyFile: file }) });
  maker = speakTo(lab);
  await addFavourite(maker);
  expect((await maker.json('POST', '/tag/favourite/', members(L1))).status).toBe(200);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'occi-policy-'));
  file = join(directory, 'policy.yaml');
});
afterEach(() => rmSync(directory, { recursive: true }));

type Request = readonly [method: string, path: string, body?: object];

/** Every operation that changes something, and the rule that is asked. */
const changes: readonly (readonly [rule: string, about: string, request: Request])[] = [
  ['occi:create', 'new: POST to the collection of a kind', ['POST', '/lamp/', lamp]],
  ['occi:create', 'new: POST to an unbound path', ['POST', '/', lamp]],
  ['occi:create', 'POST of several', ['POST', '/', { resources: [lamp, { kind: `${home}socket` }] }]],
  [
    'occi:create',
    'new: POST of a link',
    ['POST', '/plug/', { kind: `${home}plug`, source: { location: L2 }, target: { location: S1 } }],
  ],
  ['occi:create', 'new: PUT to a new path', ['PUT', fresh, lamp]],
  ['occi:update', 'POST to an entity', ['POST', L1, { attributes: { 'test.lab.watts': 6 } }]],
  ['occi:update', 'POST of a mixin to an entity', ['POST', L1, { mixins: [`${home}dimmer`] }]],
  [
    'occi:update',
    'POST of a link to an entity',
    ['POST', L2, { kind: `${home}lamp`, links: [{ kind: `${home}plug`, target: { location: S1 } }] }],
  ],
  ['occi:replace', 'PUT to an entity', ['PUT', L1, lamp]],
  ['occi:act', 'an action on an entity', ['POST', `${L1}?action=on`, { action: `${lampAction}on` }]],
  ['occi:act', 'an action with nothing to do', ['POST', `${L2}?action=on`, { action: `${lampAction}on` }]],
  ['occi:act', 'an action on the collection of a kind', ['POST', '/lamp/?action=on', { action: `${lampAction}on` }]],
  [
    'occi:act',
    'an action on the collection of a mixin',
    ['POST', '/tag/favourite/?action=on', { action: `${lampAction}on` }],
  ],
  ['occi:act', 'an action on an empty collection', ['POST', '/desklamp/?action=on', { action: `${lampAction}on` }]],
  ['occi:tag', 'POST to the collection of a mixin', ['POST', '/tag/favourite/', members(L2)]],
  ['occi:tag', 'PUT to the collection of a mixin', ['PUT', '/tag/favourite/', members(L2)]],
  ['occi:untag', 'PUT of nothing to the collection of a mixin', ['PUT', '/tag/favourite/', members()]],
  ['occi:untag', 'DELETE on the collection of a mixin', ['DELETE', '/tag/favourite/']],
  ['occi:untag', 'DELETE on an empty collection of a mixin', ['DELETE', '/dimmer/']],
  ['occi:delete', 'DELETE on an entity', ['DELETE', L1]],
  ['occi:delete', 'DELETE on a link', ['DELETE', P1]],
  ['occi:delete', 'DELETE on the collection of a kind', ['DELETE', '/lamp/']],
  ['occi:delete', 'DELETE on an empty collection', ['DELETE', '/desklamp/']],
  ['occi:delete', 'DELETE on an unbound path', ['DELETE', '/']],
  ['mixin:create', 'POST to the query interface', ['POST', '/-/', { mixins: [another] }]],
  ['mixin:delete', 'DELETE on the query interface', ['DELETE', '/-/', { mixins: [favourite] }]],
];

/** Every way to read, and the rule that is asked. */
const readings: readonly (readonly [rule: string, method: string, path: string])[] = [
  ['occi:show', 'GET', L1],
  ['occi:show', 'HEAD', L1],
  ['occi:list', 'GET', '/lamp/'],
  ['occi:list', 'HEAD', '/lamp/'],
  ['occi:list', 'GET', '/lamp/?page=1&number=1'],
  ['occi:list', 'GET', '/dimmer/'],
  ['occi:list', 'GET', '/'],
];
const discoveries: readonly string[] = ['/-/', '/.well-known/org/ogf/occi/-/'];

describe('by default [CORE-6-a]', () => {
  describe('readers', () => {
    beforeAll(() => start());
    afterAll(() => lab.close());

    it.each(changes)('are refused, by %s: %s, and nothing has changed', async (rule, _, [method, path, body]) => {
      const before = await everything(lab);
      const answer = await as('reader').json(method, path, body);
      expect(answer.status, answer.text).toBe(403);
      expect(answer.json()).toMatchObject({ code: 'forbidden', token: rule });
      const { detail } = answer.json() as { readonly detail: string };
      expect(detail).toMatch(/^[a-z]+:[a-z]+ is not allowed to you: the policy rule /);
      expect(detail).toContain(`the policy rule ${rule} asks for the role member or admin`);
      expect(await everything(lab)).toBe(before);
    });

    it.each(readings)('are asked %s for %s %s, and may', async (_, method, path) => {
      const answer = await as('reader').json(method, path);
      expect(answer.status).toBe(200);
      expect(answer.text).toBe((await maker.json(method, path)).text);
    });

    it('see what is wrong with a request before they are refused it', async () => {
      const reader = as('reader');
      const status = async (...[method, path, body]: Request) => (await reader.json(method, path, body)).status;
      expect(await status('POST', '/lamp/', { ...lamp, attributes: {} })).toBe(400);
      expect(await status('POST', '/lamp/', { kind: `${home}chandelier` })).toBe(400);
      expect(await status('POST', `${L1}?action=fade`, { action: `${lampAction}fade` })).toBe(400);
      expect(await status('DELETE', '/lamp/00000000-0000-4000-8000-000000000000')).toBe(404);
      expect(await status('PUT', '/lamp/', lamp)).toBe(405);
      expect(await status('POST', '/-/', { mixins: [favourite] })).toBe(409);
      expect((await reader.json('DELETE', L1, undefined, { 'if-match': '"0-x"' })).status).toBe(412);
    });

    it('may not repeat what a member has done', async () => {
      const twice = { ...lamp, id: `urn:uuid:${fresh.slice(6)}` };
      expect((await as('member').json('POST', '/lamp/', twice)).status).toBe(201);
      expect((await as('member').json('POST', '/lamp/', twice)).status).toBe(201);
      expect((await as('reader').json('POST', '/lamp/', twice)).status).toBe(403);
    });

    it.each(dialects)('are told in $type', async (dialect) => {
      const answer = await as('reader').raw('POST', '/lamp/', dialect.entity(lamp));
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('lamp:create is not allowed to you: the policy rule occi:create');
    });
  });

  describe('who has no role that is known', () => {
    beforeAll(() => start());
    afterAll(() => lab.close());

    it.each(readings)('is refused, by %s, to %s %s', async (rule, method, path) => {
      const answer = await as('gardener').json(method, path);
      expect(answer.status).toBe(403);
      if (method === 'HEAD') return;
      expect(answer.json()).toMatchObject({ code: 'forbidden', token: rule });
      expect(answer.text).toContain('asks for the role reader or member or admin');
      for (const secret of ['Reading lamp', L1, L2, S1]) expect(answer.text).not.toContain(secret.slice(6));
    });

    it.each(discoveries)('can still find out what there is, at %s', async (path) => {
      expect((await as('').json('GET', path)).text).toBe((await maker.json('GET', path)).text);
      expect((await as('').raw('OPTIONS', path)).status).toBe(200);
    });
  });

  describe.each(['member', 'admin'])('with the role %s', (roles) => {
    beforeEach(() => start());
    afterEach(() => lab.close());

    it.each(changes)('one may what %s is asked for: %s', async (_, about, [method, path, body]) => {
      const answer = await as(roles).json(method, path, body);
      expect(answer.status, answer.text).toBe(about.startsWith('new: ') ? 201 : 200);
    });
  });
});

describe('a policy file', () => {
  afterEach(() => lab.close());
  const refusal = async (client: Speaker, ...[method, path, body]: Request) => {
    const answer = await client.json(method, path, body);
    return answer.status < 300
      ? 'allowed'
      : answer.status === 403
        ? (answer.json() as { token: string }).token
        : answer.text;
  };
  const on: Request = ['POST', `${L1}?action=on`, { action: `${lampAction}on` }];
  const off: Request = ['POST', `${L2}?action=off`, { action: `${lampAction}off` }];

  it('says it by kind, operation and action', async () => {
    await start({
      'lamp:on': 'rule:reader',
      'lamp:*': 'role:electrician',
      'socket:delete': '!',
      'occi:show': '@',
      'occi:list': '@',
    });
    const [reader, member, electrician] = [as('reader'), as('member'), as('electrician')];
    expect(await refusal(reader, ...on)).toBe('allowed');
    expect(await refusal(reader, ...off)).toBe('lamp:*');
    expect(await refusal(member, ...off)).toBe('lamp:*');
    expect(await refusal(electrician, ...off)).toBe('allowed');
    expect(await refusal(member, 'POST', '/lamp/', lamp)).toBe('lamp:*');
    expect(await refusal(member, 'POST', '/socket/', { kind: `${home}socket` })).toBe('allowed');
    expect(await refusal(electrician, 'POST', '/socket/', { kind: `${home}socket` })).toBe('occi:create');
    for (const client of [as('admin'), member]) expect(await refusal(client, 'DELETE', S1)).toBe('socket:delete');
    expect((await maker.json('DELETE', S1)).text).toContain('the policy rule socket:delete refuses it');
  });

  it('holds for kinds that extend the one it names, and can name one by its scheme', async () => {
    await start({ 'lamp:create': 'role:electrician', [`${home}desklamp:create`]: 'rule:member' });
    const desklamp = { ...lamp, kind: `${home}desklamp` };
    expect(await refusal(as('member'), 'POST', '/desklamp/', desklamp)).toBe('allowed');
    expect(await refusal(as('member'), 'POST', '/lamp/', lamp)).toBe('lamp:create');
    await lab.close();
    await start({ 'lamp:create': 'role:electrician' });
    expect(await refusal(as('member'), 'POST', '/desklamp/', desklamp)).toBe('lamp:create');
  });

  it('allows all of a request or nothing of it', async () => {
    await start({ 'socket:create': 'role:electrician', 'plug:create': 'role:electrician', 'desklamp:delete': '!' });
    const member = as('member');
    expect((await member.json('POST', '/desklamp/', { ...lamp, kind: `${home}desklamp` })).status).toBe(201);
    const before = await everything(lab);
    const plug = { kind: `${home}plug`, target: { location: S1 } };
    expect(await refusal(member, 'POST', '/', { resources: [lamp, { kind: `${home}socket` }] })).toBe('socket:create');
    expect(await refusal(member, 'POST', '/lamp/', { ...lamp, links: [plug] })).toBe('plug:create');
    expect(
      await refusal(member, 'POST', L2, { kind: `${home}lamp`, attributes: { 'test.lab.watts': 1 }, links: [plug] }),
    ).toBe('plug:create');
    expect(await refusal(member, 'DELETE', '/')).toBe('desklamp:delete');
    expect(await everything(lab)).toBe(before);
  });

  it('is asked about mixins wherever they come from', async () => {
    await start({ 'lamp:tag': 'role:tagger', 'lamp:untag': 'role:untagger' });
    const dimmer = `${home}dimmer`;
    const tags = [favourite.scheme + favourite.term];
    const member = as('member');
    expect(await refusal(member, 'POST', L1, { mixins: [dimmer] })).toBe('lamp:tag');
    expect(await refusal(member, 'PUT', L1, { ...lamp, mixins: [...tags, dimmer] })).toBe('lamp:tag');
    expect(await refusal(member, 'PUT', L1, lamp)).toBe('lamp:untag');
    expect(await refusal(member, 'PUT', L1, { ...lamp, mixins: tags })).toBe('allowed');
    expect(await refusal(member, 'POST', L1, { mixins: tags, attributes: { 'test.lab.watts': 9 } })).toBe('allowed');
    expect(await refusal(member, 'POST', '/tag/favourite/', members(L2, S1))).toBe('lamp:tag');
    expect(await refusal(member, 'POST', '/tag/favourite/', members(S1))).toBe('allowed');
    expect(await refusal(as('tagger,untagger,reader'), 'PUT', '/tag/favourite/', members(L2))).toBe('occi:untag');
    expect(await refusal(as('tagger,member'), 'PUT', '/tag/favourite/', members(L2))).toBe('lamp:untag');
    expect(await refusal(as('tagger,untagger,member'), 'PUT', '/tag/favourite/', members(L2))).toBe('allowed');
  });

  it('tells users apart, by who they have proven to be [HTTP-12-c]', async () => {
    await start({
      'lamp:delete': 'user_id:berta',
      'lamp:create': `project_id:${commonProject}`,
      'desklamp:create': 'project_id:elsewhere',
    });
    expect(await refusal(as('member'), 'DELETE', L1)).toBe('lamp:delete');
    expect(await refusal(as('', 'berta'), 'DELETE', L1)).toBe('allowed');
    expect(await refusal(as(''), 'POST', '/lamp/', lamp)).toBe('allowed');
    expect(await refusal(as('admin'), 'POST', '/desklamp/', { ...lamp, kind: `${home}desklamp` })).toBe(
      'desklamp:create',
    );
  });

  it('says who looks into other projects, and takes him for a client of theirs', async () => {
    await start({ admin: 'role:admin or role:boss', 'desklamp:create': 'project_id:elsewhere' });
    const desklamp = { ...lamp, kind: `${home}desklamp` };
    const create = (roles: string, headers = {}) => as(roles).json('POST', '/desklamp/', desklamp, headers);
    const elsewhere = { 'x-occi-project': 'elsewhere' };
    expect((await create('boss')).json()).toMatchObject({ code: 'forbidden', token: 'desklamp:create' });
    expect((await create('member', elsewhere)).json()).toMatchObject({ code: 'forbidden', token: 'admin' });
    expect((await create('boss', elsewhere)).status).toBe(201);
    expect(await maker.list('/desklamp/')).toEqual([]);
    expect(await maker.list('/desklamp/', elsewhere)).toHaveLength(1);
  });

  it('hides what may not be seen, from every collection', async () => {
    await start({ 'socket:show': 'role:electrician' });
    const member = as('member');
    expect(await refusal(member, 'GET', S1)).toBe('socket:show');
    expect(await member.list('/socket/')).toEqual([]);
    expect((await member.list('/')).map(pathOf).toSorted()).toEqual([L1, L2, P1].toSorted());
    expect((await member.json('GET', '/')).text).not.toContain('Socket by the door');
    expect((await member.plain('GET', '/')).text).not.toContain(S1);
    expect(await as('member,electrician').list('/socket/')).toEqual([base + S1]);
    const pages = await Promise.all([1, 2, 3, 4].map((page) => member.list(`/?number=1&page=${page}`)));
    expect(pages.map(({ length }) => length)).toEqual([1, 1, 1, 0]);
    // What is not seen is not meant.
    expect(await refusal(member, 'DELETE', '/')).toBe('allowed');
    expect(await maker.list('/')).toEqual([base + S1]);
    expect(
      await as('electrician')
        .list('/socket/')
        .catch(() => 'refused'),
    ).toBe('refused');
    expect(await as('member,electrician').list('/socket/')).toEqual([base + S1]);
  });

  it('hides links inside of what is seen', async () => {
    await start({ 'plug:show': 'role:electrician' });
    const member = as('member');
    const plugged = (answer: { readonly text: string }) => answer.text.includes(P1.slice(6));
    for (const path of [L1, '/lamp/', '/lamp/?page=1', '/']) {
      for (const send of [member.json, member.plain]) expect(plugged(await send('GET', path)), path).toBe(false);
      expect(plugged(await as('electrician,member').json('GET', path)), path).toBe(true);
    }
    expect(plugged(await member.json('POST', L1, { attributes: { 'test.lab.watts': 8 } }))).toBe(false);
    expect(plugged(await member.json('POST', '/tag/favourite/', members(L1)))).toBe(false);
    expect(await refusal(member, 'GET', P1)).toBe('plug:show');
  });

  it('can let people work who may not list', async () => {
    await start({ 'occi:list': 'role:admin' });
    const member = as('member');
    expect(await refusal(member, 'GET', '/lamp/')).toBe('occi:list');
    expect(await refusal(member, 'GET', L1)).toBe('allowed');
    expect(await refusal(member, 'POST', '/tag/favourite/', members(L2))).toBe('allowed');
    expect(await refusal(member, ...on)).toBe('allowed');
  });

  it('can close the query interface and the definition of mixins', async () => {
    await start({ 'query:show': 'rule:member', 'mixin:*': 'rule:admin' });
    expect(await refusal(as('reader'), 'GET', '/-/')).toBe('query:show');
    expect(await refusal(as('member'), 'GET', '/-/')).toBe('allowed');
    expect(await refusal(as('member'), 'POST', '/-/', { mixins: [another] })).toBe('mixin:*');
    expect(await refusal(as('member'), 'DELETE', '/-/', { mixins: [favourite] })).toBe('mixin:*');
  });

  it('is followed while requests come, all of it at once', async () => {
    // Either set lets exactly one of the two in.
    const rules = (one: string) => ({ 'lamp:show': `role:${one}`, 'socket:show': `role:${one === 'a' ? 'b' : 'a'}` });
    await start(rules('a'));
    const client = as('a,reader');
    const paths = [L1, S1] as const;
    const statuses = () => Promise.all(paths.map(async (path) => (await client.json('GET', path)).status));
    let over = false;
    const seen = new Set<string>();
    const asking = (async () => {
      while (!over) {
        await setImmediate();
        const inOneTurn = await client.json('GET', '/');
        expect(inOneTurn.status).toBe(200);
        const { resources = [] } = inOneTurn.json() as { readonly resources?: readonly { readonly kind: string }[] };
        seen.add([...new Set(resources.map(({ kind }) => kind.slice(home.length)))].join(' '));
      }
    })();
    expect(await statuses()).toEqual([200, 403]);
    writeFileSync(file, JSON.stringify(rules('b')));
    await until(statuses, (both) => both.join() === '403,200');
    writeFileSync(file, JSON.stringify(rules('a')));
    await until(statuses, (both) => both.join() === '200,403');
    over = true;
    await asking;
    expect(seen).toEqual(new Set(['lamp', 'socket']));
  });
});

it('a broken policy file stops the start, with a line for each mistake', async () => {
  writeFileSync(file, 'compute:create: role:admin nd role:x\nnetwork:dwon: "!"\ncompute:stop: @');
  const dataDir = join(directory, 'data');
  await expect(createGateway({ dataDir, policyFile: file })).rejects.toThrow(
    /^.*policy\.yaml: Plain value cannot start with reserved character @ at line 3, column 15$/,
  );
  writeFileSync(file, 'compute:create: rule:x\nnetwork:dwon: "!"\n');
  await expect(createGateway({ dataDir, policyFile: file })).rejects.toThrow(
    `${file}: network:dwon: there is nothing of that name to allow; is it \`network:down\`?\n${file}: compute:create: there is no rule \`x\``,
  );
  // Nothing has been left open by it.
  writeFileSync(file, 'network:down: "!"\n');
  const gateway = await createGateway({ dataDir, policyFile: file });
  await gateway.close();
});
