import { describe, expect, it } from 'vitest';
import { judge, type Lifecycle, type Pending, transitionFrom } from '../../src/occi/lifecycle.ts';

const machine: Lifecycle = {
  attribute: 'test.lab.state',
  states: ['off', 'on', 'asleep', 'error'],
  initial: 'off',
  settled: 'on',
  error: 'error',
  transitions: [
    { action: '#start', from: ['off', 'asleep'], to: 'on' },
    { action: '#stop', from: ['on'], to: 'off' },
    { action: '#sleep', from: ['on'], to: 'asleep' },
    { action: '#restart', from: ['on'], to: 'on' },
    { action: '#save', from: ['on'], to: 'on', via: 'saving' },
    { action: '#save', from: ['off'], to: 'off' },
  ],
};

/** What asking for an action comes to: the state it leads to, nothing to do, or a refusal. */
function outcome(state: string, action: string, pending?: Pending): string {
  const verdict = judge(machine, state, pending, action);
  if (!verdict.allowed) return 'refused';
  return verdict.transition === undefined ? 'nothing to do' : `to ${verdict.transition.to}`;
}

describe('GFD.221 §5.3.5 actions and states', () => {
  it('finds the edge of an action that starts at a state', () => {
    expect(transitionFrom(machine, 'asleep', '#start')).toBe(machine.transitions[0]);
    expect(transitionFrom(machine, 'off', '#save')).toBe(machine.transitions[5]);
    expect(transitionFrom(machine, 'off', '#stop')).toBeUndefined();
    expect(transitionFrom(machine, 'off', '#unknown')).toBeUndefined();
  });

  it.each([
    ['off', '#start', 'to on'],
    ['asleep', '#start', 'to on'],
    ['on', '#stop', 'to off'],
    ['on', '#restart', 'to on'],
    ['on', '#save', 'to on'],
    ['off', '#save', 'to off'],
  ])('in state %s, %s is carried out [CORE-5.3.5-c]', (state, action, result) => {
    expect(outcome(state, action)).toBe(result);
  });

  it.each([
    ['on', '#start'],
    ['off', '#stop'],
    ['asleep', '#sleep'],
  ])('in state %s, %s has nothing to do and is no error [CORE-5.3.5-c]', (state, action) => {
    expect(outcome(state, action)).toBe('nothing to do');
  });

  it.each([
    ['off', '#sleep'],
    ['off', '#restart'],
    ['asleep', '#stop'],
    ['asleep', '#save'],
    ['on', '#unknown'],
    ['error', '#start'],
    ['error', '#stop'],
  ])('in state %s, %s is refused [CORE-5.3.5-c]', (state, action) => {
    expect(outcome(state, action)).toBe('refused');
  });

  it.each([
    ['#start', 'nothing to do'],
    ['#stop', 'refused'],
    ['#sleep', 'refused'],
    ['#unknown', 'refused'],
  ])('while a change to on is under way, %s comes to: %s', (action, result) => {
    expect(outcome('off', action, { to: 'on', action: '#start' })).toBe(result);
    expect(outcome('off', action, { to: 'on' })).toBe(result);
  });

  it.each(['#save', '#restart'])(
    'does not take %s for done because a change to the state it starts and ends in is under way',
    (action) => {
      expect(outcome('off', action, { to: 'on' })).toBe('refused');
      expect(outcome('on', action, { to: 'on', action })).toBe('refused');
    },
  );
});
