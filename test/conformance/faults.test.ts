import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checks } from '../../src/conformance/checks/index.ts';
import { type Fault, faults, findingOf, nameOf, roomOfCheck, sampled } from './faults.ts';
import { rooms } from './rooms.ts';

const ids = new Set(checks.map(({ id }) => id));
const names = (some: readonly Fault[]) => some.map(nameOf);

describe('The faults of all rooms', () => {
  it('have names of their own', () => {
    expect(new Set(names(faults)).size).toBe(faults.length);
  });

  it('break checks of their room, and others in other rooms', () => {
    const wrong = faults.filter(({ room, mutation: { breaks, also = [] } }) => {
      const isElsewhere = also.every((id) => ids.has(id) && roomOfCheck(id) !== room);
      return !isElsewhere || breaks.some((id) => roomOfCheck(id) !== room) || new Set(also).size < also.length;
    });
    expect(names(wrong)).toEqual([]);
  });

  it('are there for every check, which has a room with tests', () => {
    expect(checks.map(({ id }) => id).filter((id) => roomOfCheck(id) === '')).toEqual([]);
    const untested = rooms.filter(({ name }) => !existsSync(new URL(`${name}.test.ts`, import.meta.url)));
    expect(untested).toEqual([]);
  });

  it('are sampled alike for a seed, and otherwise for another', () => {
    const sample = names(sampled(faults, 40, '7'));
    expect(new Set(sample).size).toBe(40);
    expect(names(sampled(faults, 40, '7'))).toEqual(sample);
    expect(names(sampled(faults, 40, '8'))).not.toEqual(sample);
  });
});

describe('What is found with a fault', () => {
  const fault: Fault = {
    room: 'entities',
    at: 0,
    mutation: { name: 'a fault', breaks: ['create/post', 'entity/read'], also: ['identity/has-id'] },
  };
  const exact = ['create/post', 'entity/read', 'identity/has-id'];

  it.each([
    { what: 'all that have to fail', failed: exact, isCaught: true, unexpected: [], silent: [] },
    { what: 'one too few', failed: exact.slice(1), isCaught: false, unexpected: [], silent: [] },
    {
      what: 'one of the room too many',
      failed: [...exact, 'entity/path'],
      isCaught: false,
      unexpected: [],
      silent: [],
    },
    { what: 'others', failed: [...exact, 'paging/alone'], isCaught: true, unexpected: ['paging/alone'], silent: [] },
    { what: 'none elsewhere', failed: exact.slice(0, 2), isCaught: true, unexpected: [], silent: ['identity/has-id'] },
    { what: 'what always fails', failed: [...exact, 'filter/taken'], isCaught: true, unexpected: [], silent: [] },
    { what: 'nothing', failed: [], isCaught: false, unexpected: [], silent: ['identity/has-id'] },
  ])('$what', ({ failed, isCaught, unexpected, silent }) => {
    expect(findingOf(fault, failed, ['filter/taken'])).toMatchObject({ isCaught, unexpected, silent });
  });
});
