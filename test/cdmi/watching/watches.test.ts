import { expect, it } from 'vitest';
import { keptWatch, Watches } from '../../../src/cdmi/watching/watches.ts';
import type { StoredObject } from '../../../src/store/objects.ts';
import type { Store } from '../../../src/store/store.ts';

const watch = (queue: string): StoredObject =>
  keptWatch(`id-${queue}`, 'p', { queue, kind: 'query', events: [], classes: [], wantsValue: false });

/** A record that answers when it is told to, and counts how often it was asked. */
function recordOf(shared: boolean, isOffered = true) {
  const state = { asked: 0, watches: [watch('a')] as readonly StoredObject[], gate: Promise.resolve() };
  const store = {
    shared,
    objects: {
      async membersAfter() {
        state.asked += 1;
        const { watches, gate } = state;
        await gate;
        return watches;
      },
    },
  } as unknown as Store;
  return { state, watches: new Watches({ store, isOffered, most: 10, onNotice: () => {} }) };
}

const queuesOf = async (watches: Watches) => (await watches.of('p')).map(({ queue }) => queue);

it('what only this process changes is read once, until it is forgotten', async () => {
  const { state, watches } = recordOf(false);
  expect([await queuesOf(watches), await queuesOf(watches)]).toEqual([['a'], ['a']]);
  expect(watches.of('p')).not.toBeInstanceOf(Promise);
  expect(state.asked).toBe(1);
  state.watches = [watch('a'), watch('b')];
  watches.forget('p');
  expect(await queuesOf(watches)).toEqual(['a', 'b']);
});

it('what is read while it changes is not kept', async () => {
  const { state, watches } = recordOf(false);
  const gate = Promise.withResolvers<void>();
  state.gate = gate.promise;
  const early = queuesOf(watches);
  state.watches = [];
  watches.forget('p');
  gate.resolve();
  expect(await early).toEqual(['a']);
  expect(await queuesOf(watches)).toEqual([]);
});

it('what others change, too, is read each time', async () => {
  const { state, watches } = recordOf(true);
  expect(await queuesOf(watches)).toEqual(['a']);
  state.watches = [];
  expect(await queuesOf(watches)).toEqual([]);
});

it('nothing is read where nothing is offered', async () => {
  const { state, watches } = recordOf(false, false);
  expect(await queuesOf(watches)).toEqual([]);
  expect(state.asked).toBe(0);
});
