import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type InfrastructureLab,
  infrastructure,
  offered,
  startInfrastructure,
  systems,
  userData,
} from './infrastructure-lab.ts';

let lab: InfrastructureLab;
beforeAll(async () => {
  lab = await startInfrastructure();
});
afterAll(() => lab.close());

const told = (word: string) => ({ mixins: [userData], attributes: { 'occi.compute.userdata': `fake.fail=${word}` } });
const volume = (title: string) => ({ title, attributes: { 'occi.storage.size': 1 } });

/** Expects an entity to fail, to say why, and to be of no use but to be deleted. */
async function failure(path: string, word: string): Promise<void> {
  const kind = path.split('/')[1] ?? '';
  const failed = await lab.reach(path, 'error');
  expect(failed.attributes[`occi.${kind}.state.message`]).toMatch(new RegExp(`^${word} failed`));
  expect(offered(failed)).toEqual([]);
  const text = (await lab.client.plain('GET', path)).text;
  expect(text).toContain(`X-OCCI-Attribute: occi.${kind}.state="error"`);
  expect(text).not.toContain('?action=');
  expect((await lab.client.json('DELETE', path)).status).toBe(200);
  expect((await lab.client.raw('GET', path)).status).toBe(404);
}

describe('GFD.224 §3 what fails goes into the state error and says why', () => {
  it.each([
    ['create', []],
    ['stop', ['stop']],
    ['start', ['stop', 'start']],
    ['restart', ['restart']],
    ['suspend', ['suspend']],
    ['resume', ['suspend', 'start']],
    ['snapshot', ['save']],
  ] as const)('compute: %s, in the course of %j', async (word, actions) => {
    const path = await lab.create('compute', told(word));
    for (const action of actions) {
      await lab.reach(path, action === 'start' ? (word === 'start' ? 'inactive' : 'suspended') : 'active');
      expect((await lab.act(path, action)).status).toBe(200);
    }
    await failure(path, word);
  });

  it.each([
    ['resize', { attributes: { 'occi.compute.cores': 2 } }],
    ['rebuild', { mixins: [`${systems}alpine-3`] }],
  ])('compute: %s, in the course of an update', async (word, change) => {
    const path = await lab.create('compute', told(word));
    await lab.reach(path, 'active');
    expect((await lab.post(path, change)).status).toBe(200);
    await failure(path, word);
  });

  it.each([
    ['create', undefined, {}],
    ['snapshot', 'snapshot', {}],
    ['snapshot', 'backup', {}],
    ['resize', 'resize', { size: 4 }],
  ])('storage: %s, in the course of %s', async (word, action, parameters) => {
    const path = await lab.create('storage', volume(`fake.fail=${word}`));
    if (action !== undefined) {
      await lab.reach(path, 'online');
      expect((await lab.act(path, action, parameters)).status).toBe(200);
    }
    await failure(path, word);
  });

  it.each([
    ['create', []],
    ['down', ['down']],
    ['up', ['down', 'up']],
  ] as const)('network: %s, in the course of %j', async (word, actions) => {
    const path = await lab.create('network', { attributes: { 'occi.network.label': `fake.fail=${word}` } });
    for (const action of actions) {
      await lab.reach(path, action === 'up' ? 'inactive' : 'active');
      expect((await lab.act(path, action)).status).toBe(200);
    }
    await failure(path, word);
  });

  it('network interface and storage link: attach', async () => {
    const source = await lab.create('compute', told('attach'));
    await lab.reach(source, 'active');
    const network = await lab.create('network');
    const storage = await lab.create('storage', volume('Data'));
    await lab.reach(network, 'active');
    await lab.reach(storage, 'online');
    await failure(await lab.link('networkinterface', source, network), 'attach');
    await failure(await lab.link('storagelink', source, storage), 'attach');
    await lab.reach(source, 'active');
    const other = await lab.create('compute');
    await lab.reach(await lab.link('storagelink', other, storage), 'active');
  });
});

describe('GFD.224 §3 what is refused leaves nothing behind', () => {
  const refusal = (links: readonly object[] = []) => ({
    kind: `${infrastructure}#compute`,
    ...told('refuse'),
    ...(links.length === 0 ? {} : { links }),
  });
  const inline = (kind: string, location: string) => ({ kind: `${infrastructure}#${kind}`, target: { location } });

  it('a compute that no machine can be found for, its links, and what is asked for at the same time [X-3]', async () => {
    const network = await lab.create('network');
    const storage = await lab.create('storage', volume('Data'));
    await lab.reach(network, 'active');
    await lab.reach(storage, 'online');
    const before = await lab.everything();
    const links = [inline('networkinterface', network), inline('storagelink', storage)];
    for (const body of [refusal(), refusal(links), { resources: [{ kind: `${infrastructure}#compute` }, refusal()] }]) {
      const answer = await lab.post('/', body);
      expect([answer.status, answer.json()]).toMatchObject([503, { code: 'unavailable' }]);
      expect(answer.headers.get('retry-after')).toMatch(/^[0-9]+$/);
    }
    expect(await lab.everything()).toBe(before);
    const compute = await lab.create('compute', { links: [inline('storagelink', storage)] });
    expect((await lab.read(compute)).links).toHaveLength(1);
  });

  it('a volume or a network nobody will make', async () => {
    const before = await lab.everything();
    const label = { attributes: { 'occi.network.label': 'fake.fail=refuse' } };
    for (const [term, wishes] of [
      ['storage', volume('fake.fail=refuse')],
      ['network', label],
    ] as const) {
      const answer = await lab.post(`/${term}/`, { kind: `${infrastructure}#${term}`, ...wishes });
      expect(answer.status, answer.text).toBe(503);
    }
    expect(await lab.everything()).toBe(before);
  });

  it('a machine with a link to a volume that is in use [X-3]', async () => {
    const storage = await lab.create('storage', volume('Data'));
    await lab.reach(storage, 'online');
    const first = await lab.create('compute');
    await lab.link('storagelink', first, storage);
    const before = await lab.client.list('/');
    const second = { kind: `${infrastructure}#compute`, links: [inline('storagelink', storage)] };
    const answer = await lab.post('/compute/', second);
    expect([answer.status, answer.json()]).toMatchObject([409, { code: 'conflict' }]);
    expect(await lab.client.list('/')).toEqual(before);
    expect(await lab.read(storage)).not.toHaveProperty('links');
  });

  it('a storage that would have to shrink keeps its size and its service', async () => {
    const path = await lab.create('storage', { attributes: { 'occi.storage.size': 3 } });
    const before = await lab.reach(path, 'online');
    for (const refused of [
      await lab.act(path, 'resize', { size: 1 }),
      await lab.post(path, { title: 'Small', attributes: { 'occi.storage.size': 1 } }),
    ]) {
      expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('3')]);
    }
    expect(await lab.read(path)).toEqual(before);
  });
});
