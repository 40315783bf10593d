import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkChecks } from '../../src/conformance/checks/links.ts';
import { type Laboratory, openLaboratory } from './mutation.ts';
import { linkMutations, refusingElsewhere } from './mutations/links.ts';
import { testRoom } from './room.ts';

const isOlder = ({ id }: { readonly id: string }) => id === 'links/target-is-here';
const older = linkChecks.filter(isOlder);

testRoom(
  'The checks of links',
  linkChecks.filter((check) => !isOlder(check)),
  linkMutations,
);

describe('The check of targets in OCCI 1.1', () => {
  let laboratory: Laboratory;
  beforeAll(async () => {
    laboratory = await openLaboratory();
  });
  afterAll(() => laboratory.close());

  it('fails at the gateway, which differs there', async () => {
    const results = await laboratory.results(older);
    expect(results.map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
  });

  it('passes where links lead to resources of the server only', async () => {
    const dialect = { version: '1.1', rendering: 'text/plain' } as const;
    const right = { name: 'as in OCCI 1.1', breaks: ['-'], dialect, mutate: refusingElsewhere } as const;
    expect(await laboratory.failing(older, right)).toEqual([]);
  });
});
