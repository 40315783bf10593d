import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type InfrastructureLab,
  infrastructure,
  offered,
  startInfrastructure,
  userData,
} from './infrastructure-lab.ts';

/** What an action comes to in a state: the state it leads to, nothing to be done, or a refusal. */
type Outcome = string | 'done' | 'refused';

/** How an entity comes into a state: the state after creation, and the actions from there. */
interface Way {
  readonly kind: string;
  readonly state: string;
  readonly wishes?: object;
  readonly by?: readonly (readonly [action: string, state: string])[];
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

const failing = (word: string) => ({
  mixins: [userData],
  attributes: { 'occi.compute.userdata': `fake.fail=${word}` },
});
const size = { attributes: { 'occi.storage.size': 2 } };

const ways: readonly Way[] = [
  {
    kind: 'compute',
    state: 'active',
    outcomes: { start: 'done', stop: 'inactive', restart: 'active', suspend: 'suspended', save: 'active' },
  },
  {
    kind: 'compute',
    state: 'inactive',
    by: [['stop', 'inactive']],
    outcomes: { start: 'active', stop: 'done', restart: 'refused', suspend: 'refused', save: 'inactive' },
  },
  {
    kind: 'compute',
    state: 'suspended',
    by: [['suspend', 'suspended']],
    outcomes: { start: 'active', stop: 'refused', restart: 'refused', suspend: 'done', save: 'refused' },
  },
  {
    kind: 'compute',
    state: 'error',
    wishes: failing('create'),
    outcomes: { start: 'refused', stop: 'refused', restart: 'refused', suspend: 'refused', save: 'refused' },
  },
  { kind: 'network', state: 'active', outcomes: { up: 'done', down: 'inactive' } },
  { kind: 'network', state: 'inactive', by: [['down', 'inactive']], outcomes: { up: 'active', down: 'done' } },
  {
    kind: 'network',
    state: 'error',
    wishes: { attributes: { 'occi.network.label': 'fake.fail=create' } },
    outcomes: { up: 'refused', down: 'refused' },
  },
  {
    kind: 'storage',
    state: 'online',
    wishes: size,
    outcomes: { online: 'done', offline: 'offline', backup: 'online', snapshot: 'online', resize: 'online' },
  },
  {
    kind: 'storage',
    state: 'offline',
    wishes: size,
    by: [['offline', 'offline']],
    outcomes: { online: 'online', offline: 'done', backup: 'refused', snapshot: 'refused', resize: 'refused' },
  },
  {
    kind: 'storage',
    state: 'error',
    wishes: { title: 'fake.fail=create', ...size },
    outcomes: { online: 'refused', offline: 'refused', backup: 'refused', snapshot: 'refused', resize: 'refused' },
  },
];

let lab: InfrastructureLab;
beforeAll(async () => {
  lab = await startInfrastructure();
});
afterAll(() => lab.close());

async function arrive({ kind, state, wishes, by = [] }: Way): Promise<string> {
  const path = await lab.create(kind, wishes);
  if (by.length > 0) await lab.reach(path, kind === 'storage' ? 'online' : 'active');
  for (const [action, next] of by) {
    expect((await lab.act(path, action)).status).toBe(200);
    await lab.reach(path, next);
  }
  await lab.reach(path, state);
  return path;
}

const parameters = (action: string) => (action === 'resize' ? { size: 4 } : {});

describe.each(ways)('GFD.224 §3 $kind in the state $state', (way) => {
  const { kind, state, outcomes } = way;
  const named = (wanted: (outcome: Outcome) => boolean) =>
    Object.entries(outcomes).flatMap(([action, outcome]) => (wanted(outcome) ? [action] : []));
  const led = named((outcome) => outcome !== 'done' && outcome !== 'refused');

  it('offers the actions that lead somewhere, and no others [INF-08] [INF-14] [INF-19] [CORE-5.3.5-c]', async () => {
    expect(offered(await lab.read(await arrive(way)))).toEqual(led);
    const known = (await lab.categories()).get(`${infrastructure}#${kind}`)?.actions;
    const scheme = `${infrastructure}/${kind}/action#`;
    expect(known?.toSorted()).toEqual(
      Object.keys(outcomes)
        .map((action) => scheme + action)
        .toSorted(),
    );
  });

  it.each(led)('%s leads on [INF-08] [INF-14] [INF-19]', async (action) => {
    const path = await arrive(way);
    const answer = await lab.act(path, action, parameters(action));
    expect(answer.status, answer.text).toBe(200);
    const after = await lab.reach(path, outcomes[action] ?? '');
    if (action === 'resize') expect(after.attributes['occi.storage.size']).toBe(4);
  });

  it('takes what holds already as done, and refuses the rest with its reason [CORE-5.3.5-c] [X-3]', async () => {
    const path = await arrive(way);
    const before = await lab.client.json('GET', path);
    for (const action of named((outcome) => outcome === 'done')) {
      const answer = await lab.act(path, action);
      expect([answer.status, answer.json()]).toEqual([200, before.json()]);
    }
    for (const action of named((outcome) => outcome === 'refused')) {
      const answer = await lab.act(path, action, parameters(action));
      const detail = expect.stringMatching(new RegExp(`^${action} .*${state}`));
      expect([answer.status, answer.json()]).toMatchObject([
        409,
        { code: 'action-not-allowed', token: action, detail },
      ]);
    }
    const after = await lab.client.json('GET', path);
    expect([after.text, after.headers.get('etag')]).toEqual([before.text, before.headers.get('etag')]);
  });

  it('can be deleted [HTTP-10.4-a]', async () => {
    const path = await arrive(way);
    expect((await lab.client.json('DELETE', path)).status).toBe(200);
    expect((await lab.client.raw('GET', path)).status).toBe(404);
    expect((await lab.client.list(`/${kind}/`)).filter((url) => url.endsWith(path))).toEqual([]);
    expect((await lab.client.json('DELETE', path)).status).toBe(404);
  });
});

describe('GFD.224 §3 while something is going on', () => {
  it('a new compute is inactive and says so; it is being started, and can be deleted', async () => {
    const never = await startInfrastructure({ fakeDelayMs: 600_000 });
    const path = await never.create('compute');
    const before = await never.read(path);
    expect(before.attributes).toMatchObject({
      'occi.compute.state': 'inactive',
      'occi.compute.state.message': expect.stringMatching(/./),
    });
    expect(offered(before)).toContain('start');
    const start = await never.act(path, 'start');
    expect([start.status, start.json()]).toEqual([200, before]);
    for (const action of ['stop', 'restart', 'suspend', 'save']) {
      const answer = await never.act(path, action);
      expect([answer.status, answer.text]).toEqual([409, expect.stringMatching(/inactive and on its way to active/)]);
    }
    expect(await never.read(path)).toEqual(before);
    expect((await never.client.json('DELETE', path)).status).toBe(200);
    expect((await never.client.raw('GET', path)).status).toBe(404);
    expect(await never.client.list('/')).toEqual([]);
    await never.close();
  });

  it('a storage of 1.1 has states for what is done to it [INF-19]', async () => {
    const slow = await startInfrastructure({ fakeDelayMs: 250 });
    const path = await slow.create('storage', size);
    await slow.reach(path, 'online');
    for (const action of ['backup', 'snapshot', 'resize']) {
      const shown = (await slow.act(path, action, parameters(action))).json();
      expect(shown).toMatchObject({ attributes: { 'occi.storage.state': action } });
      expect(shown).not.toHaveProperty('actions');
      await slow.reach(path, 'online');
    }
    await slow.close();
  });
});

describe('GFD.224 §3 parameters of actions', () => {
  it.each([
    ['compute', 'stop', 'method', ['graceful', 'acpioff', 'poweroff']],
    ['compute', 'restart', 'method', ['graceful', 'warm', 'cold']],
    ['compute', 'suspend', 'method', ['hibernate', 'suspend']],
    ['compute', 'save', 'method', ['hot', 'deferred']],
  ] as const)(
    '%s %s takes %s, one of %s, or none [INF-08] [CORE-5.3.5-e] [CORE-5.3.5-f]',
    async (kind, action, name, values) => {
      for (const value of [...values, undefined]) {
        const path = await lab.create(kind);
        await lab.reach(path, 'active');
        const answer = await lab.act(path, action, value === undefined ? {} : { [name]: value });
        expect(answer.status, answer.text).toBe(200);
      }
      const path = await lab.create(kind);
      const before = await lab.reach(path, 'active');
      for (const wrong of [{ [name]: 'politely' }, { [name]: 3 }, { [`occi.compute.${name}`]: values[0] }])
        expect((await lab.act(path, action, wrong)).status).toBe(400);
      expect(await lab.read(path)).toEqual(before);
    },
  );
});
