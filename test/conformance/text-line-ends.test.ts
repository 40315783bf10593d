import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textLineEndChecks } from '../../src/conformance/checks/text-line-ends.ts';
import { type Laboratory, openLaboratory } from './mutation.ts';
import { textLineEndMutations, withLineEnds } from './mutations/text-line-ends.ts';

describe('Checks of the ends of lines', () => {
  const ids = textLineEndChecks.map(({ id }) => id);
  let laboratory: Laboratory;
  beforeAll(async () => {
    laboratory = await openLaboratory();
  });
  afterAll(() => laboratory.close());

  it('fail at the gateway, which differs there', async () => {
    const results = await laboratory.results(textLineEndChecks, { versions: ['1.2'] });
    expect(results.map(({ check, verdict }) => `${check.id}: ${verdict}`)).toEqual(ids.map((id) => `${id}: fail`));
  });

  it('pass where lines end as they have to', async () => {
    const right = { name: 'CR LF', breaks: ['-'], mutate: withLineEnds('\r\n', '\r\n') } as const;
    expect(await laboratory.failing(textLineEndChecks, right)).toEqual([]);
  });

  it.for(textLineEndMutations)('notice: $name', async (mutation, { task }) => {
    task.meta.isFault = true;
    expect(await laboratory.failing(textLineEndChecks, mutation)).toEqual(mutation.breaks);
  });
});
