import { describe, expect, it, vi } from 'vitest';
import { Lanes } from '../../src/agent/lanes.ts';

describe('lanes', () => {
  it('do work on the same thing one after the other, on different things side by side', async () => {
    const lanes = new Lanes(() => {});
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    lanes.run(['a'], async () => {
      await gate.promise;
      order.push('a1');
    });
    lanes.run(['a'], async () => void order.push('a2'));
    lanes.run(['b'], async () => {
      order.push('b');
      gate.resolve();
    });
    expect(order).toEqual([]);
    await lanes.idle();
    expect(order).toEqual(['b', 'a1', 'a2']);
  });

  it('let work wait for several things, and others only wait for what it holds', async () => {
    const lanes = new Lanes(() => {});
    const network = Promise.withResolvers<void>();
    const plug = Promise.withResolvers<void>();
    const order: string[] = [];
    lanes.run(['network'], async () => {
      await network.promise;
      order.push('network');
    });
    lanes.run(['machine'], async () => {
      await plug.promise;
      order.push('plugged');
    }, ['network']);
    lanes.run(['network'], async () => {
      order.push('network again');
      plug.resolve();
    });
    network.resolve();
    await lanes.idle();
    expect(order).toEqual(['network', 'network again', 'plugged']);
  });

  it('report work that throws and go on', async () => {
    const onFault = vi.fn();
    const lanes = new Lanes(onFault);
    const after = vi.fn(async () => {});
    lanes.run(['a'], async () => {
      throw new Error('broken');
    });
    lanes.run(['a'], after);
    await lanes.idle();
    expect(onFault).toHaveBeenCalledExactlyOnceWith(new Error('broken'));
    expect(after).toHaveBeenCalledOnce();
  });
});
