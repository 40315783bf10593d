import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../src/occi/entity.ts';
import { type Scripted, scriptedBackend } from '../gateway/scripted-backend.ts';
import { dialects } from './dialects.ts';
import type { Answer, Lab, Send } from './home-lab.ts';
import { infrastructure, sizes } from './infrastructure-lab.ts';
import { type Person, person, startTenantsLab } from './tenants-lab.ts';
import { until } from './until.ts';

const kind = (term: string) => `${infrastructure}#${term}`;
const json = { accept: 'application/occi+json', 'content-type': 'application/occi+json' };
const inJson = (value: object): Send => ({ headers: json, body: JSON.stringify(value) });
const pathOf = (answer: Answer) => new URL(answer.headers.get('location') as string).pathname;
const tag = (term: string) => ({ term, scheme: 'http://example.org/occi/tags#', location: `/tags/${term}/` });

let directory: string;
let file: string;
let lab: Lab;
let anna: Person;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'occi-quota-'));
  file = join(directory, 'quota.yaml');
});
afterEach(async () => {
  await lab.close();
  rmSync(directory, { recursive: true });
});

/** A gateway with these limits for everybody, and what is different for projects. */
async function start(limits: object, projects: object = {}, options: object = {}): Promise<void> {
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ default: limits, projects }));
  lab = await startTenantsLab({ quotaFile: file, fakeDelayMs: 1, ...options });
  anna = person(lab, 'home');
}

const post = (path: string, body: object, who = anna) => who.request('POST', path, inJson(body));
const create = (term: string, wishes: object = {}, who = anna) =>
  post(`/${term}/`, { kind: kind(term), ...wishes }, who);

async function made(term: string, wishes: object = {}, who = anna): Promise<string> {
  const answer = await create(term, wishes, who);
  expect(answer.status, answer.text).toBe(201);
  return pathOf(answer);
}

/** Once nothing is going on with it. */
async function settled(path: string, attribute: string): Promise<Readonly<Record<string, unknown>>> {
  const read = async () => {
    const { attributes } = (await anna.request('GET', path, { headers: json })).json() as {
      attributes: Record<string, unknown>;
    };
    return attributes;
  };
  return until(read, (attributes) => !(`${attribute}.message` in attributes));
}

interface Shown {
  readonly project: string;
  readonly resources: readonly { readonly name: string; readonly used: number; readonly limit: number | null }[];
}

/** What is used of everything of which something is. */
async function used(who = anna): Promise<Readonly<Record<string, number>>> {
  const { resources } = (await who.request('GET', '/-/quota', { headers: json })).json() as Shown;
  return Object.fromEntries(resources.filter(({ used }) => used > 0).map(({ name, used }) => [name, used]));
}

/** All entities, once nothing is going on. */
async function everything(): Promise<string> {
  const { text } = await until(
    () => anna.request('GET', '/', { headers: json }),
    ({ text }) => !text.includes('.state.message'),
  );
  return text;
}

/** A refusal that names a resource, its limit, what is used and what was asked; and nothing has changed. */
async function refused(attempt: () => Promise<Answer>, resource: string, figures: readonly number[]): Promise<void> {
  const before = [await everything(), await used()];
  const answer = await attempt();
  const [limit, present, more] = figures;
  expect(answer.status, answer.text).toBe(403);
  expect(answer.json()).toMatchObject({
    code: 'quota-exceeded',
    token: resource,
    detail: `the limit of ${resource} is ${limit}, ${present} are used, and this asks for ${more} more`,
  });
  expect([await everything(), await used()]).toEqual(before);
}

describe('a quota of a project', () => {
  it.each(['compute', 'network', 'storage'])('limits the number of %s', async (term) => {
    await start({ [term]: 2 });
    const wishes = term === 'storage' ? { attributes: { 'occi.storage.size': 1 } } : {};
    const first = await made(term, wishes);
    await made(term, wishes);
    await refused(() => create(term, wishes), term, [2, 2, 1]);
    await settled(first, `occi.${term}.state`);
    expect((await anna.request('DELETE', first)).status).toBe(200);
    await made(term, wishes);
  });

  it('limits the number of links of every kind, those inside of other requests, too', async () => {
    await start({ link: 2 });
    const [network, volume] = [
      await made('network'),
      await made('storage', { attributes: { 'occi.storage.size': 1 } }),
    ];
    const nic = { kind: kind('networkinterface'), target: { location: network } };
    const machine = await made('compute', { links: [nic] });
    await settled(machine, 'occi.compute.state');
    await made('storagelink', { source: { location: machine }, target: { location: volume } });
    await refused(
      () => create('networkinterface', { source: { location: machine }, target: { location: network } }),
      'link',
      [2, 2, 1],
    );
    await refused(() => post(machine, { kind: kind('compute'), links: [nic] }), 'link', [2, 2, 1]);
    await refused(() => create('compute', { links: [nic, nic] }), 'link', [2, 2, 2]);
    // Links go with what they start at.
    await settled(machine, 'occi.compute.state');
    expect((await anna.request('DELETE', machine)).status).toBe(200);
    expect(await used()).toEqual({ network: 1, storage: 1, 'occi.storage.size': 1 });
  });

  it('limits the number of user mixins', async () => {
    await start({ mixins: 2 });
    expect((await post('/-/', { mixins: [tag('a')] })).status).toBe(200);
    await refused(() => post('/-/', { mixins: [tag('b'), tag('c')] }), 'mixins', [2, 1, 2]);
    expect((await post('/-/', { mixins: [tag('b')] })).status).toBe(200);
    await refused(() => post('/-/', { mixins: [tag('c')] }), 'mixins', [2, 2, 1]);
    expect((await anna.request('DELETE', '/-/', inJson({ mixins: [tag('a')] }))).status).toBe(200);
    expect((await post('/-/', { mixins: [tag('c')] })).status).toBe(200);
  });

  it('limits templates that are saved, as they are mixins of the project', async () => {
    await start({ mixins: 0 });
    const machine = await made('compute');
    await settled(machine, 'occi.compute.state');
    const save = { action: `${infrastructure}/compute/action#save`, attributes: { name: 'mine' } };
    await refused(() => post(`${machine}?action=save`, save), 'mixins', [0, 0, 1]);
  });

  it.each([
    ['occi.compute.cores', 'compute', 4, 3, 2],
    ['occi.compute.memory', 'compute', 8, 6.5, 2],
    ['occi.storage.size', 'storage', 100, 99.5, 0.75],
  ])('limits the sum of %s', async (attribute, term, limit, first, second) => {
    await start({ [attribute]: limit });
    await made(term, { attributes: { [attribute]: first } });
    await refused(() => create(term, { attributes: { [attribute]: second } }), attribute, [limit, first, second]);
    await made(term, { attributes: { [attribute]: limit - first } });
    expect((await used())[attribute]).toBe(limit);
  });

  it('counts a machine that does not say how large it shall be for what it is given', async () => {
    await start({ 'occi.compute.cores': 2, 'occi.compute.memory': 8 });
    await made('compute');
    await made('compute');
    expect(await used()).toMatchObject({ 'occi.compute.cores': 2, 'occi.compute.memory': 2 });
    await refused(() => create('compute'), 'occi.compute.cores', [2, 2, 1]);
  });

  it('counts what a template of a size says, and a change to another one', async () => {
    await start({ 'occi.compute.cores': 3, 'occi.compute.memory': 100 });
    const machine = await made('compute', { mixins: [`${sizes}small`] });
    await settled(machine, 'occi.compute.state');
    expect((await used())['occi.compute.cores']).toBe(1);
    await refused(() => post(machine, { mixins: [`${sizes}large`] }), 'occi.compute.cores', [3, 1, 3]);
    const larger = await post(machine, { mixins: [`${sizes}medium`] });
    expect(larger.status, larger.text).toBe(200);
    await settled(machine, 'occi.compute.state');
    expect((await used())['occi.compute.cores']).toBe(2);
    await refused(() => create('compute', { mixins: [`${sizes}medium`] }), 'occi.compute.cores', [3, 2, 2]);
  });

  it('counts updates in part and in full, and gives back what is made smaller', async () => {
    await start({ 'occi.compute.cores': 4 });
    const machine = await made('compute', { attributes: { 'occi.compute.cores': 2 } });
    const size = (cores: number) => ({ kind: kind('compute'), attributes: { 'occi.compute.cores': cores } });
    const change = async (method: string, cores: number) => {
      await settled(machine, 'occi.compute.state');
      return anna.request(method, machine, inJson(size(cores)));
    };
    await refused(() => change('POST', 5), 'occi.compute.cores', [4, 2, 3]);
    await refused(() => change('PUT', 6), 'occi.compute.cores', [4, 2, 4]);
    expect((await change('POST', 4)).status).toBe(200);
    expect((await change('PUT', 1)).status).toBe(200);
    await settled(machine, 'occi.compute.state');
    expect((await used())['occi.compute.cores']).toBe(1);
    await made('compute', { attributes: { 'occi.compute.cores': 3 } });
  });

  it('counts volumes that are made larger by the action that 1.1 has for it', async () => {
    await start({ 'occi.storage.size': 10 });
    const volume = await made('storage', { attributes: { 'occi.storage.size': 4 } });
    await settled(volume, 'occi.storage.state');
    const resize = (size: number) =>
      post(`${volume}?action=resize`, { action: `${infrastructure}/storage/action#resize`, attributes: { size } });
    await refused(() => resize(11), 'occi.storage.size', [10, 4, 7]);
    const larger = await resize(10);
    expect(larger.status, larger.text).toBe(200);
    await settled(volume, 'occi.storage.state');
    expect((await used())['occi.storage.size']).toBe(10);
  });

  it('counts what was asked for while it is being made larger, however often agents tell how large it still is', async () => {
    await start({ 'occi.compute.cores': 4, 'occi.storage.size': 8 }, {}, { fakeDelayMs: 300, reconcileSeconds: 0.005 });
    const machine = await made('compute', { attributes: { 'occi.compute.cores': 1 } });
    const volume = await made('storage', { attributes: { 'occi.storage.size': 2 } });
    await settled(machine, 'occi.compute.state');
    await settled(volume, 'occi.storage.state');
    const size = { 'occi.storage.size': 8 };
    const cores = { 'occi.compute.cores': 4 };
    const isResized = async (path: string, term: string, attributes: object, least: object) => {
      expect((await post(path, { kind: kind(term), attributes })).status).toBe(200);
      await until(
        () => anna.request('GET', path, { headers: json }),
        ({ text }) => /(?:resizing|extending)/.test(text),
      );
      const over = settled(path, `occi.${term}.state`).then(() => 'over');
      do {
        const another = await create(term, least);
        expect(another.status, another.text).toBe(403);
      } while ((await Promise.race([over, 'going on'])) === 'going on');
    };
    await isResized(machine, 'compute', cores, {});
    await isResized(volume, 'storage', size, { attributes: { 'occi.storage.size': 1 } });
    expect(await used()).toMatchObject({ ...cores, ...size });
  });

  it('counts what was asked for until agents have been told of it, whatever they say they have', async () => {
    const cloud = scriptedBackend([kind('storage')]);
    const { deliver } = cloud;
    cloud.answer = ({ id }) => [{ id, state: 'online', message: null }];
    const asked = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    cloud.deliver = async (command, record) => {
      if ((command.body as Scripted).do === 'act') {
        asked.resolve();
        await told.promise;
      }
      return deliver(command, record);
    };
    let volumes: readonly string[] = [];
    let surveys = 0;
    cloud.survey = async function* (record) {
      if (volumes.length > 0) surveys += 1;
      for (const location of volumes) {
        const entity = await record.at(location);
        if (entity === undefined) continue;
        const attributes = { 'occi.storage.size': 2 };
        yield { id: idOf(entity), state: 'online', message: null, attributes, basis: entity.revision };
      }
    };
    await start({ 'occi.storage.size': 10 }, {}, { backend: [cloud], reconcileSeconds: 0.005 });
    const size = { attributes: { 'occi.storage.size': 2 } };
    const both = [await made('storage', size), await made('storage', size)];
    const resizing = post('/storage/?action=resize', {
      action: `${infrastructure}/storage/action#resize`,
      attributes: { size: 5 },
    });
    await asked.promise;
    volumes = both;
    // When the second one begins, all that the first has told is in the record.
    await expect.poll(() => surveys).toBeGreaterThan(1);
    expect((await create('storage', size)).json()).toMatchObject({ code: 'quota-exceeded' });
    expect((await used())['occi.storage.size']).toBe(10);
    volumes = [];
    told.resolve();
    expect((await resizing).status).toBe(200);
  });

  it('refuses all of what is created at once when it has room for a part of it only', async () => {
    await start({ network: 3 });
    const several = (count: number) =>
      post('/network/', { resources: Array.from({ length: count }, () => ({ kind: kind('network') })) });
    await refused(() => several(4), 'network', [3, 0, 4]);
    expect((await several(3)).status).toBe(200);
  });

  it('limits PUT at a path of the client, and a repeated request does not count twice', async () => {
    await start({ network: 1 });
    const id = '0b0a2c4e-0000-4000-8000-00000000000a';
    const network = inJson({ kind: kind('network'), id });
    expect((await anna.request('PUT', '/mine/1', network)).status).toBe(201);
    expect((await anna.request('PUT', '/mine/1', network)).status).toBe(200);
    await refused(() => anna.request('PUT', '/mine/2', inJson({ kind: kind('network') })), 'network', [1, 1, 1]);
  });

  it('names all that is exceeded', async () => {
    await start({ compute: 0, 'occi.compute.cores': 1 });
    const answer = await create('compute', { attributes: { 'occi.compute.cores': 2 } });
    expect(answer.json()).toMatchObject({
      detail: expect.stringMatching(
        /^the limit of compute is 0, .*; the limit of occi\.compute\.cores is 1, 0 are used/,
      ),
    });
  });

  it.each(dialects)('is told in $type', async ({ type, entity }) => {
    await start({ network: 0 });
    const answer = await anna.request('POST', '/network/', entity({ kind: kind('network') }));
    expect(answer.status, answer.text).toBe(403);
    expect(answer.text).toContain('the limit of network is 0, 0 are used, and this asks for 1 more');
    expect(answer.headers.get('content-type'), type).toBeTruthy();
  });

  it('is not used by what a backend refused to make', async () => {
    await start({ compute: 1 });
    // More than the embedded machines have.
    const answer = await create('compute', { attributes: { 'occi.compute.memory': 1e7 } });
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
    expect(answer.json()).not.toMatchObject({ code: 'quota-exceeded' });
    expect(await used()).toEqual({});
    await made('compute');
  });

  it('belongs to one project: others have their own, and projects that are named have theirs', async () => {
    await start({ network: 1, compute: 1 }, { rich: { network: 3 }, free: { network: 'unlimited' } });
    const [poor, rich, free] = ['poor', 'rich', 'free'].map((project) => person(lab, project)) as [
      Person,
      Person,
      Person,
    ];
    const networks = async (who: Person) => {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++) statuses.push((await create('network', {}, who)).status);
      return statuses.filter((status) => status === 201).length;
    };
    expect(await networks(anna)).toBe(1);
    expect(await networks(poor)).toBe(1);
    expect(await networks(rich)).toBe(3);
    expect(await networks(free)).toBe(5);
    // What is said for all holds for them as well.
    await made('compute', {}, rich);
    expect((await create('compute', {}, rich)).status).toBe(403);
    expect(await used(rich)).toMatchObject({ network: 3, compute: 1 });
  });

  it('holds in the project that an administrator works in', async () => {
    await start({ network: 0 }, { ops: { network: 5 } });
    const admin = person(lab, 'ops', 'admin');
    const across: Person = {
      project: 'home',
      request: (method, path, send = {}) =>
        admin.request(method, path, { ...send, headers: { ...(send.headers as object), 'x-occi-project': 'home' } }),
    };
    expect((await create('network', {}, admin)).status).toBe(201);
    expect((await create('network', {}, across)).status).toBe(403);
    const shown = (await across.request('GET', '/-/quota', { headers: json })).json() as Shown;
    expect(shown.project).toBe('home');
  });

  it('is kept when 64 ask for it at once', async () => {
    await start({ network: 10, 'occi.compute.cores': 10 });
    const networks = await Promise.all(Array.from({ length: 64 }, () => create('network')));
    expect(networks.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(networks.filter(({ status }) => status === 403)).toHaveLength(54);
    const machines = await Promise.all(
      Array.from({ length: 64 }, () => create('compute', { attributes: { 'occi.compute.cores': 3 } })),
    );
    expect(machines.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(await used()).toMatchObject({ network: 10, compute: 3, 'occi.compute.cores': 9 });
  });

  it('follows its file: what is above a lowered limit stays, and does not grow', async () => {
    await start({ network: 5 });
    const first = await made('network');
    await made('network');
    writeFileSync(file, JSON.stringify({ default: { network: 1 } }));
    const limit = async () => {
      const { resources } = (await anna.request('GET', '/-/quota', { headers: json })).json() as Shown;
      return resources.find(({ name }) => name === 'network');
    };
    await until(limit, (network) => network?.limit === 1);
    expect(await limit()).toEqual({ name: 'network', used: 2, limit: 1 });
    await refused(() => create('network'), 'network', [1, 2, 1]);
    const renamed = await post(first, { kind: kind('network'), title: 'other' });
    expect(renamed.status, renamed.text).toBe(200);
  }, 10_000);
});

describe('GET /-/quota', () => {
  const lines = [
    'compute: 1 of 2',
    'network: 0',
    'storage: 0',
    'link: 0',
    'mixins: 0 of 3',
    'occi.compute.cores: 2 of 40',
    'occi.compute.memory: 1 GiB',
    'occi.storage.size: 0 of 10.5 GiB',
    'occi.compute.ephemeral_storage.size: 10 of 100 GiB',
  ];
  beforeEach(async () => {
    await start({
      [kind('compute')]: 2,
      mixins: 3,
      'occi.compute.cores': 40,
      'occi.storage.size': 10.5,
      'occi.compute.ephemeral_storage.size': 100,
    });
    await made('compute', { attributes: { 'occi.compute.cores': 2 } });
  });

  it('shows what is used and what the limits are, a line for each', async () => {
    for (const path of ['/-/quota', '/-/quota/']) {
      const answer = await anna.request('GET', path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.text.split('\n')).toEqual(lines);
    }
  });

  it('or in JSON', async () => {
    for (const accept of ['application/json', 'application/occi+json']) {
      const answer = await anna.request('GET', '/-/quota', { headers: { accept } });
      expect(answer.headers.get('content-type')).toBe('application/json');
      const { project, resources } = answer.json() as Shown;
      expect(project).toBe('home');
      expect(resources).toHaveLength(lines.length);
      expect(resources.slice(0, 2)).toEqual([
        { name: 'compute', used: 1, limit: 2 },
        { name: 'network', used: 0, limit: null },
      ]);
      expect(resources.at(-2)).toEqual({ name: 'occi.storage.size', used: 0, limit: 10.5, unit: 'GiB' });
    }
  });

  it('has no other renderings and no other methods', async () => {
    expect((await anna.request('GET', '/-/quota', { headers: { accept: 'text/occi' } })).status).toBe(406);
    expect((await anna.request('GET', '/-/quota', { headers: { accept: 'text/uri-list' } })).status).toBe(400);
    const answer = await anna.request('POST', '/-/quota', inJson({ kind: kind('network') }));
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  it('shows nobody the quota of others', async () => {
    const answer = await person(lab, 'other').request('GET', '/-/quota');
    expect(answer.text.split('\n')[0]).toBe('compute: 0 of 2');
    expect((await lab.request('GET', '/-/quota')).status).toBe(401);
  });
});

it('Without limits everything is unlimited, and still counted', async () => {
  lab = await startTenantsLab({ fakeDelayMs: 1 });
  anna = person(lab, 'home');
  await made('network');
  const { resources } = (await anna.request('GET', '/-/quota', { headers: json })).json() as Shown;
  expect(resources.find(({ name }) => name === 'network')).toEqual({ name: 'network', used: 1, limit: null });
});
