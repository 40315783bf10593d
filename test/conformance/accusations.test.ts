import { afterEach, describe, expect, it } from 'vitest';
import { checks } from '../../src/conformance/checks/index.ts';
import { faults, findingOf, nameOf } from './faults.ts';
import { type Laboratory, openLaboratory } from './mutation.ts';

/** Faults with steps that very many checks take first. All faults are tried by `npm run conformance:faults`. */
const names: readonly string[] = [
  'entities: an entity is shown with 203',
  'entities: an entity is shown without its id',
  'collections: the collection of a kind is shown in part',
  'json-entities: the body has a comma too many',
  'protocol: the collections of kinds are only for reading',
];

/** What the gateway differs in on purpose. */
const usual = ['text-plain/line-ends', 'uri-list/line-ends'];

let laboratory: Laboratory | undefined;
afterEach(() => laboratory?.close());

describe('Of all checks, only those that are about it fail where', () => {
  it.each(names)('%s', { timeout: 120_000 }, async (name) => {
    const fault = faults.find((one) => nameOf(one) === name);
    if (fault === undefined) throw new Error(`there is no fault ${name}`);
    laboratory = await openLaboratory(fault.options);
    const failed = await laboratory.failing(checks, fault.mutation);
    expect(findingOf(fault, failed, usual)).toMatchObject({ isCaught: true, unexpected: [], silent: [] });
  });
});
