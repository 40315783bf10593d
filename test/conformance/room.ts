import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../src/conformance/check.ts';
import { type Laboratory, type LaboratoryOptions, type Mutation, openLaboratory } from './mutation.ts';

/** The tests of some checks: none fails at the gateway as it is set, and each notices what it is there for. */
export function testRoom(
  name: string,
  checks: readonly Check[],
  mutations: readonly Mutation[],
  options?: LaboratoryOptions,
): void {
  describe(name, () => {
    let laboratory: Laboratory;
    beforeAll(async () => {
      laboratory = await openLaboratory(options);
    });
    afterAll(() => laboratory.close());

    it('passes at the gateway, in every dialect', async () => {
      const results = await laboratory.results(checks);
      const troubles = results.filter(({ verdict }) => verdict === 'fail' || verdict === 'inconclusive');
      expect(troubles.map(({ check, dialect, reason }) => ({ check: check.id, ...dialect, reason }))).toEqual([]);
      expect(results.filter(({ verdict }) => verdict === 'pass').length).toBeGreaterThan(0);
    });

    it.for(mutations)('notices: $name', async (mutation, { task }) => {
      task.meta.isFault = true;
      expect(await laboratory.failing(checks, mutation)).toEqual(mutation.breaks.toSorted());
    });

    it('has a fault for each check', () => {
      const broken = new Set(mutations.flatMap(({ breaks }) => breaks));
      expect(checks.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
    });
  });
}
