import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventSink } from '../../src/gateway/events.ts';
import { commonProject } from '../../src/occi/entity.ts';
import { Model } from '../../src/occi/model.ts';
import { loadModelFiles } from '../../src/spec/model-files.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { watchedStore } from '../../src/store/watched-store.ts';

const id = 'urn:uuid:0b0a2c4e-0000-4000-8000-000000000001';
const location = '/compute/1';

let directory: string;
let store: Store;
let sink: EventSink;
/** The messages that were written, one after the other; null where there was none. */
let written: unknown[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'occi-events-'));
  written = [];
  store = watchedStore(await openSqliteStore({ directory }), ({ update = [] }) => {
    for (const { attributes } of update) written.push(attributes['occi.compute.state.message'] ?? null);
  });
  await store.commit({
    create: [
      {
        location,
        project: commonProject,
        kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
        mixins: [],
        attributes: { 'occi.core.id': id, 'occi.compute.state': 'inactive' },
        pending: { to: 'active' },
        revision: 0,
      },
    ],
  });
  sink = new EventSink(store, new Model(loadModelFiles()), { warn: vi.fn() });
});
afterEach(async () => {
  await sink.close();
  await store.close();
  rmSync(directory, { recursive: true });
});

describe('what backends report', () => {
  it('is written once, when progress is followed by the result', async () => {
    const spawning = sink.apply({ id, state: 'inactive', message: 'spawning' });
    await new Promise(setImmediate);
    await Promise.all([spawning, sink.apply({ id, state: 'active', message: null })]);
    expect(written).toEqual([null]);
    expect((await store.byId(id))?.attributes['occi.compute.state']).toBe('active');
  });

  it('is written when nothing follows', async () => {
    await sink.apply({ id, state: 'inactive', message: 'spawning' });
    await sink.apply({ id, state: 'inactive', message: 'nearly there' });
    expect(written).toEqual(['spawning', 'nearly there']);
  });

  it('is written at once when it tells more than progress', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      await sink.apply({ id, message: 'spawning', attributes: { 'occi.compute.cores': 2 } });
    } finally {
      vi.useRealTimers();
    }
    expect(written).toEqual(['spawning']);
  });

  it('is no news when it was compared with what has changed since, perhaps by another gateway', async () => {
    const basis = (await store.byId(id))?.revision as number;
    const other = new EventSink(store, new Model(loadModelFiles()), { warn: vi.fn() });
    const seen = other.apply({ id, state: 'inactive', message: 'spawning', basis });
    await sink.apply({ id, state: 'active', message: null });
    await seen;
    expect(written).toEqual([null]);
    expect(await store.byId(id)).not.toHaveProperty('pending');
  });

  it('is written when the sink is closed', async () => {
    const spawning = sink.apply({ id, message: 'spawning' });
    await sink.close();
    await spawning;
    expect(written).toEqual(['spawning']);
  });
});
