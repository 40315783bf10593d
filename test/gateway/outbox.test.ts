import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { carryOut } from '../../src/gateway/carry-out.ts';
import { anybody } from '../../src/gateway/credentials.ts';
import { openProvider, type ProviderOptions } from '../../src/gateway/open-provider.ts';
import { Policy } from '../../src/gateway/policy/policy.ts';
import { type Entity, Refusal, Unreachable } from '../../src/index.ts';
import { commonProject } from '../../src/occi/entity.ts';
import { Model } from '../../src/occi/model.ts';
import { loadModelFiles } from '../../src/spec/model-files.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { type Store, StoreUnavailable } from '../../src/store/store.ts';
import { type ScriptedBackend, scriptedBackend } from './scripted-backend.ts';

const compute = 'http://schemas.ogf.org/occi/infrastructure#compute';
const id = 'urn:uuid:0b0a2c4e-0000-4000-8000-000000000001';
const location = '/compute/0b0a2c4e-0000-4000-8000-000000000001';

let directory: string;
let backend: ScriptedBackend;
let store: Store;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'occi-outbox-'));
  backend = scriptedBackend([compute]);
  store = await openSqliteStore({ directory });
  // What a crash leaves behind: the entity and its command are on disk, and nobody has answered.
  await store.commit({
    create: [
      {
        location,
        project: commonProject,
        kind: compute,
        mixins: [],
        attributes: { 'occi.core.id': id, 'occi.compute.state': 'inactive' },
        pending: { to: 'active' },
        revision: 0,
      },
    ],
    commands: [{ id: 'one', backend: 'scripted', location, body: { do: 'create', id } }],
  });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const acting = { to: 'active', action: 'http://schemas.ogf.org/occi/infrastructure/compute/action#start' };

const open = (more: Partial<ProviderOptions> = {}) =>
  openProvider({
    store,
    model: new Model(loadModelFiles()),
    backends: [backend],
    limits: { pageSize: 10, defaultPageSize: 10, batch: 10 },
    templateScheme: 'http://localhost/os_tpl#',
    retryMs: 5,
    log: { warn: vi.fn(), error: vi.fn() },
    ...more,
  });
const stateNow = async () => (await store.view(location))?.entity.attributes;

describe('commands that were committed and not answered', () => {
  it('are delivered at the next start, with their old id, and then forgotten', async () => {
    backend.answer = () => [{ id, state: 'active', message: null }];
    const provider = await open();
    expect(backend.delivered).toMatchObject([{ do: 'create', commandId: 'one', location, redelivered: true }]);
    expect(await stateNow()).toMatchObject({ 'occi.compute.state': 'active' });
    expect(await store.commands()).toEqual([]);
    await provider.close();
  });

  it('are delivered until somebody answers', async () => {
    let tries = 0;
    backend.answer = () => {
      tries += 1;
      if (tries < 3) throw new Unreachable('not yet');
      return [];
    };
    const provider = await open();
    await vi.waitFor(async () => expect(await store.commands()).toEqual([]));
    expect(tries).toBe(3);
    await provider.close();
  });

  it('show in the entity when they are refused, since no client waits any more', async () => {
    backend.answer = () => {
      throw new Refusal('conflict', 'no room for it');
    };
    const provider = await open();
    expect(await stateNow()).toMatchObject({
      'occi.compute.state': 'error',
      'occi.compute.state.message': 'no room for it',
    });
    expect((await store.view(location))?.entity.pending).toBeUndefined();
    expect(await store.commands()).toEqual([]);
    await provider.close();
  });
});

describe('what is left over about different entities', () => {
  const other = { id: 'urn:uuid:0b0a2c4e-0000-4000-8000-000000000002', location: '/compute/2' };
  const commit = (commandId: string, about: { id: string; location: string }, term = 'create') =>
    store.commit({
      commands: [{ id: commandId, backend: 'scripted', location: about.location, body: { do: term, id: about.id } }],
    });

  it('does not wait for each other, and stays in order about each', async () => {
    await commit('two', { id, location }, 'act');
    await commit('three', other);
    await commit('four', other, 'act');
    let isThere = false;
    backend.answer = (_, { id: commandId }) => {
      if (commandId === 'one' && !isThere) throw new Unreachable('not yet');
      return [];
    };
    const provider = await open();
    await vi.waitFor(() => expect(backend.delivered.map(({ commandId }) => commandId)).toContain('four'));
    expect(backend.delivered.map(({ commandId }) => commandId)).not.toContain('two');
    isThere = true;
    await vi.waitFor(async () => expect(await store.commands()).toEqual([]));
    const order = backend.delivered.map(({ commandId }) => commandId);
    expect(order.indexOf('three')).toBeLessThan(order.indexOf('four'));
    expect(order.at(-1)).toBe('two');
    await provider.close();
  });

  it('waits for what it needs', async () => {
    await commit('two', other);
    backend.needs = ({ location: about }) => (about === other.location ? [location] : []);
    let tries = 0;
    backend.answer = (_, { id: commandId }) => {
      if (commandId === 'one' && ++tries < 3) throw new Unreachable('not yet');
      return [];
    };
    const provider = await open();
    await vi.waitFor(async () => expect(await store.commands()).toEqual([]));
    expect(backend.delivered.map(({ commandId }) => commandId)).toEqual(['one', 'one', 'one', 'two']);
    await provider.close();
  });

  it('is tried at once when somebody is there again', async () => {
    let isThere = false;
    backend.answer = () => {
      if (!isThere) throw new Unreachable('not yet');
      return [];
    };
    const provider = await open({ retryMs: 3_600_000 });
    expect(backend.delivered).toHaveLength(1);
    isThere = true;
    backend.doubt();
    await vi.waitFor(async () => expect(await store.commands()).toEqual([]));
    await provider.close();
  });

  it('of an action that is refused leaves the entity as it was', async () => {
    await store.commit({ update: [{ ...((await store.view(location))?.entity as Entity), pending: acting }] });
    backend.answer = () => {
      throw new Refusal('conflict', 'too late');
    };
    const provider = await open();
    expect(await stateNow()).toEqual({ 'occi.core.id': id, 'occi.compute.state': 'inactive' });
    expect((await store.view(location))?.entity.pending).toBeUndefined();
    await provider.close();
  });
});

describe('a record that several processes share', () => {
  const share = () => Object.defineProperty(store, 'shared', { value: true });
  const commit = (commandId: string) =>
    store.commit({ commands: [{ id: commandId, backend: 'scripted', location, body: { do: 'act', id } }] });

  it('has what a process that is gone has left behind delivered by another', async () => {
    share();
    const provider = await open({ takeoverMs: 5 });
    await commit('of another');
    await vi.waitFor(() => expect(backend.delivered.map(({ commandId }) => commandId)).toContain('of another'));
    expect(backend.delivered.at(-1)?.redelivered).toBe(true);
    await provider.close();
  });

  it('has what is under way here delivered once, however often it is listed', async () => {
    share();
    const provider = await open({ takeoverMs: 1 });
    const { outbox } = await provider.of(commonProject);
    const listed = vi.spyOn(store, 'commands');
    const release = Promise.withResolvers<void>();
    const { deliver } = backend;
    backend.deliver = async (command, record) => {
      await release.promise;
      return deliver(command, record);
    };
    const done = outbox.carryOut({
      commands: [{ id: 'own', backend: 'scripted', location, body: { do: 'act', id } }],
    });
    await vi.waitFor(() => expect(listed.mock.calls.length).toBeGreaterThan(3));
    release.resolve();
    await done;
    listed.mockClear();
    await vi.waitFor(() => expect(listed.mock.calls.length).toBeGreaterThan(3));
    expect(backend.delivered.filter(({ commandId }) => commandId === 'own')).toHaveLength(1);
    await provider.close();
  });

  it('is left alone where another process has taken a command over', async () => {
    share();
    backend.answer = () => {
      throw new Unreachable('not yet');
    };
    const provider = await open({ takeoverMs: 3_600_000 });
    await vi.waitFor(() => expect(backend.delivered.length).toBeGreaterThan(1));
    store.commands = async () => [];
    const { outbox } = await provider.of(commonProject);
    // Nothing is owed any more, so that new commands about the entity are accepted.
    backend.answer = () => [];
    const other = { id: 'new', backend: 'scripted', location, body: { do: 'act', id } };
    await vi.waitFor(() => outbox.carryOut({ commands: [other] }), 2000);
    expect(backend.delivered.at(-1)).toMatchObject({ commandId: 'new' });
    await provider.close();
  });
});

describe('a store that is away', () => {
  it('gets events later, and none is lost', async () => {
    const provider = await open();
    let isAway = true;
    const commit = store.commit.bind(store);
    store.commit = async (changes) => {
      if (isAway) throw new StoreUnavailable('the database is away');
      return commit(changes);
    };
    let isWritten = false;
    const written = backend.emit({ id, state: 'active', message: null }).then(() => {
      isWritten = true;
    });
    await new Promise(setImmediate);
    expect(isWritten).toBe(false);
    isAway = false;
    await written;
    expect(await stateNow()).toMatchObject({ 'occi.compute.state': 'active' });
    await provider.close();
  });

  it('when a refused request is to be taken back, has the request carried out after all: it is in the record', async () => {
    const provider = await open();
    const made = { ...((await store.view(location))?.entity as Entity), location: '/compute/2' };
    const another = 'urn:uuid:0b0a2c4e-0000-4000-8000-000000000002';
    const entity = { ...made, attributes: { ...made.attributes, 'occi.core.id': another } };
    const commit = store.commit.bind(store);
    backend.answer = (_, { redelivered }) => {
      if (redelivered !== true) {
        store.commit = async () => {
          store.commit = commit;
          throw new StoreUnavailable('the database is away');
        };
        throw new Refusal('conflict', 'no');
      }
      return [{ id: another, state: 'active', message: null }];
    };
    const command = { id: 'two', backend: 'scripted', location: entity.location, body: { do: 'create', id: another } };
    const space = { origin: 'http://localhost', prefix: '' };
    const policy = new Policy(new Model(loadModelFiles()));
    const scope = { version: '1.2', credentials: anybody, policy, space, context: { requestId: 'r' } } as const;
    const own = await provider.of(commonProject);
    const request = carryOut(own, scope, { create: [entity], commands: [command] }, new Map());
    await expect(request).rejects.toThrow(StoreUnavailable);
    await vi.waitFor(async () => {
      expect((await store.view(entity.location))?.entity.attributes['occi.compute.state']).toBe('active');
    });
    await provider.close();
  });

  it('does not keep the gateway from being closed; what was not written does not count as heard', async () => {
    const provider = await open();
    store.commit = async () => {
      throw new StoreUnavailable('the database is away');
    };
    const told = backend.emit({ id, state: 'active', message: null });
    const rejected = expect(told).rejects.toThrow('the database is away');
    await provider.close();
    await rejected;
  });
});

describe('what really exists', () => {
  it('is brought into the record at the start', async () => {
    backend.observations = [{ id, state: 'suspended', message: null }];
    const provider = await open();
    await vi.waitFor(async () => expect(await stateNow()).toMatchObject({ 'occi.compute.state': 'suspended' }));
    await provider.close();
  });

  it('is reported while the gateway runs; an event that tells nothing new writes nothing', async () => {
    const provider = await open();
    void backend.emit({ id, state: 'active', message: null });
    await vi.waitFor(async () => expect(await stateNow()).toMatchObject({ 'occi.compute.state': 'active' }));
    const revision = (await store.view(location))?.entity.revision;
    void backend.emit({ id, state: 'active', message: null });
    void backend.emit({ id: 'urn:uuid:somebody-else', state: 'active', message: null });
    void backend.emit({ id, message: 'thinking' });
    await vi.waitFor(async () => expect(await stateNow()).toMatchObject({ 'occi.compute.state.message': 'thinking' }));
    expect((await store.view(location))?.entity.revision).toBe(Number(revision) + 1);
    await provider.close();
  });

  it('and does not exist any more, is in error and says so', async () => {
    const provider = await open();
    void backend.emit({ id, gone: true });
    await vi.waitFor(async () => expect(await stateNow()).toMatchObject({ 'occi.compute.state': 'error' }));
    expect(String((await stateNow())?.['occi.compute.state.message'])).toMatch(/does not have it/);
    await provider.close();
  });
});
