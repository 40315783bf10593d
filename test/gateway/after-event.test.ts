import { describe, expect, it } from 'vitest';
import type { EntityEvent } from '../../src/backends/backend.ts';
import { afterEvent } from '../../src/gateway/after-event.ts';
import { LastWords } from '../../src/gateway/last-words.ts';
import { commonProject, type Entity } from '../../src/occi/entity.ts';
import { Model } from '../../src/occi/model.ts';
import { loadModelFiles } from '../../src/spec/model-files.ts';

const model = new Model(loadModelFiles());
const id = 'urn:uuid:0b0a2c4e-0000-4000-8000-000000000001';
const fresh: Entity = {
  location: '/compute/1',
  project: commonProject,
  kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
  mixins: [],
  attributes: { 'occi.core.id': id, 'occi.compute.state': 'inactive' },
  pending: { to: 'active' },
  revision: 1,
};
const then = (entity: Entity, event: Omit<EntityEvent, 'id'>) => afterEvent(model, entity, { id, ...event }) ?? entity;
const state = (entity: Entity) => entity.attributes['occi.compute.state'];
const active = then(fresh, { host: 'node1', at: '2026-11-21 00:00:02', state: 'active', message: null });

describe('who speaks of an entity', () => {
  it('first, has it', () => {
    expect(active).toMatchObject({ handle: { host: 'node1', at: '2026-11-21 00:00:02' } });
    expect(state(active)).toBe('active');
    expect(active.pending).toBeUndefined();
  });

  it('and does not have it is not believed', () => {
    expect(then(active, { host: 'node2', at: '2026-11-21 00:00:09', state: 'error' })).toBe(active);
    expect(then(active, { host: 'node2', gone: true })).toBe(active);
  });

  it('as gone, while it is on no host yet, means an earlier one', () => {
    expect(then(fresh, { host: 'node1', gone: true })).toBe(fresh);
    expect(state(then(fresh, { gone: true }))).toBe('error');
  });

  it('without a host is believed, and may say that it has moved', () => {
    const moved = then(active, { state: 'suspended', message: null, handle: { host: 'node2' } });
    expect(moved.handle).toEqual({ host: 'node2' });
    expect(state(then(moved, { host: 'node2', at: '2026-11-20', state: 'active', message: null }))).toBe('active');
    expect(then(moved, { host: 'node1', state: 'error' })).toBe(moved);
  });
});

describe('what a host said', () => {
  it('before its last word is not news; at the same time it is', () => {
    expect(then(active, { host: 'node1', at: '2026-11-21 00:00:01', state: 'inactive', message: 'spawning' })).toBe(
      active,
    );
    expect(state(then(active, { host: 'node1', at: '2026-11-21 00:00:02', state: 'suspended' }))).toBe('suspended');
    expect(state(then(active, { host: 'node1', state: 'suspended' }))).toBe('suspended');
  });

  it('again changes nothing, however late', () => {
    expect(afterEvent(model, active, { id, host: 'node1', at: '2026-11-22', state: 'active', message: null })).toBe(
      undefined,
    );
  });

  it('about something that is gone heals it when it is there after all', () => {
    const gone = then(active, { host: 'node1', gone: true });
    expect(gone.attributes).toMatchObject({ 'occi.compute.state': 'error' });
    expect(gone.attributes['occi.compute.state.message']).toMatch(/does not have it/);
    const back = then(gone, { host: 'node1', state: 'active', message: null });
    expect(back.attributes).toEqual(active.attributes);
  });

  it('and was no news is remembered all the same, each host by its own clock', () => {
    const words = new LastWords();
    words.note({ id, host: 'node1', at: '5' });
    words.note({ id, host: 'node1', at: '3' });
    words.note({ id, host: 'node1' });
    expect(words.isOld({ id, host: 'node1', at: '4' })).toBe(true);
    expect(words.isOld({ id, host: 'node1', at: '5' })).toBe(false);
    expect(words.isOld({ id, host: 'node2', at: '4' })).toBe(false);
    expect(words.isOld({ id, host: 'node1' })).toBe(false);
    for (let i = 0; i < 10_000; i++) words.note({ id: String(i), host: 'node1', at: '5' });
    expect(words.isOld({ id, host: 'node1', at: '4' })).toBe(false);
  });
});
