import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { MachineStore } from '../../src/agent/machine-store.ts';
import type { Volume } from '../../src/agent/volume.ts';
import { testDirectory } from './test-agent.ts';

const volume = (id: string, size = 1): Volume => ({
  id,
  size,
  display_name: null,
  volume_type: null,
  snapshot_id: null,
  attached_to: null,
  tasks: [],
  fault: null,
});

let directory: string;
beforeEach(() => {
  directory = testDirectory();
});

describe('the store of an agent', () => {
  it('remembers records in their order after it was closed', () => {
    const store = new MachineStore(join(directory, 'new', 'one'));
    for (const id of ['b', 'a', 'c']) store.volumes.put(id, volume(id));
    store.volumes.put('b', volume('b', 2));
    store.volumes.delete('c');
    store.close();
    const again = new MachineStore(join(directory, 'new', 'one'));
    expect(again.volumes.all()).toEqual([volume('b', 2), volume('a')]);
    expect(again.volumes.get('a')).toEqual(volume('a'));
    expect(again.volumes.get('c')).toBeUndefined();
    expect(again.networks.all()).toEqual([]);
    again.close();
  });

  it('does several writes wholly or not at all', () => {
    const store = new MachineStore();
    store.volumes.put('a', volume('a'));
    const failing = () =>
      store.atomically(() => {
        store.volumes.put('a', volume('a', 2));
        store.atomically(() => store.volumes.put('b', volume('b')));
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect(store.volumes.all()).toEqual([volume('a')]);
    const size = store.atomically(() => {
      store.volumes.put('b', volume('b'));
      return 2;
    });
    expect(size).toBe(2);
    expect(store.volumes.all()).toHaveLength(2);
    store.close();
  });

  it('takes back what was done in memory along with what was written', () => {
    const store = new MachineStore();
    const undone: string[] = [];
    const work = (outcome: () => void) => () => {
      store.accepted.add('command');
      store.onRollback(() => undone.push('first'));
      store.atomically(() => store.onRollback(() => undone.push('second')));
      outcome();
    };
    store.atomically(work(() => {}));
    expect(undone).toEqual([]);
    expect(store.accepted.has('command')).toBe(true);
    const failing = work(() => {
      store.accepted.add('other');
      throw new Error('no');
    });
    expect(() => store.atomically(failing)).toThrow('no');
    expect(undone).toEqual(['second', 'first']);
    expect(store.accepted.has('other')).toBe(false);
    store.close();
  });

  it('remembers the last accepted commands, and not all there ever were', () => {
    const store = new MachineStore(directory);
    store.atomically(() => {
      for (let number = 0; number < 50_000; number++) store.accepted.add(String(number));
    });
    const remembers = (of: MachineStore) => ['0', '19999', '30000', '49999'].map((id) => of.accepted.has(id));
    expect(remembers(store)).toEqual([false, false, true, true]);
    store.close();
    const again = new MachineStore(directory);
    expect(remembers(again)).toEqual([false, false, true, true]);
    again.close();
  });

  it('takes over what the version before has left', () => {
    const before = new DatabaseSync(join(directory, 'agent.sqlite'));
    before.exec('CREATE TABLE volume (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT; PRAGMA user_version = 1');
    before.prepare('INSERT INTO volume VALUES (?, ?)').run('a', JSON.stringify(volume('a')));
    before.close();
    const store = new MachineStore(directory);
    expect(store.volumes.all()).toEqual([volume('a')]);
    expect(store.accepted.has('a')).toBe(false);
    store.close();
  });

  it('belongs to one agent at a time', () => {
    const store = new MachineStore(directory);
    expect(() => new MachineStore(directory)).toThrow(/agent\.sqlite cannot be used: database is locked/);
    store.close();
    new MachineStore(directory).close();
  });

  it('is not touched when another version has written it', () => {
    const other = new DatabaseSync(join(directory, 'agent.sqlite'));
    other.exec('PRAGMA user_version = 99');
    other.close();
    expect(() => new MachineStore(directory)).toThrow('it has layout 99 and not 2');
  });
});
