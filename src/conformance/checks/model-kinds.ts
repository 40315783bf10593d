import type { CategoryReference } from '../../occi/draft.ts';
import { entityKind, linkKind, resourceKind } from '../../occi/kind.ts';
import { type Check, everyRendering } from '../check.ts';
import { mustAll } from './must-all.ts';
import { idsOf, lineOf, offered } from './offered.ts';
import { infrastructure, standardTypes } from './standard-types.ts';

const coreKinds: readonly string[] = [entityKind, resourceKind, linkKind];

const isKind = (one: CategoryReference): boolean => one.class === 'kind';

/** Kinds, and what they inherit from (GFD.221 §5.3.3). */
export const modelKindChecks: readonly Check[] = [
  {
    id: 'model/core-kinds',
    proves: ['CORE-5.1-a', 'CORE-5.3.3-a', 'CORE-5.3.3-d'],
    title: 'Entity, Resource and Link are there, as kinds',
    renderings: everyRendering,
    async run(trial) {
      const kinds = idsOf((await offered(trial)).filter(isKind));
      mustAll(
        trial,
        coreKinds,
        (id) => kinds.includes(id),
        'the kinds of the core are listed as kinds',
        (id) => `${id} is not`,
      );
    },
  },
  {
    id: 'model/inheritance',
    proves: ['CORE-5.3-b', 'CORE-5.3.3-h'],
    title: 'Every kind leads to Entity, from parent to parent',
    renderings: everyRendering,
    async run(trial) {
      const kinds = (await offered(trial)).filter(isKind);
      const expected = 'the line of parents of every kind is listed, and ends at Entity';
      mustAll(
        trial,
        kinds,
        (kind) => lineOf(kind, kinds).at(-1) === entityKind,
        expected,
        (kind) => {
          return `that of ${kind.id} ends at ${lineOf(kind, kinds).at(-1)}`;
        },
      );
    },
  },
  {
    id: 'model/parents',
    proves: ['CORE-5.3.3-i'],
    title: 'The parent of a kind is the kind of the type that its own type extends',
    renderings: everyRendering,
    async run(trial) {
      const kinds = (await offered(trial)).filter(isKind);
      const parents = new Map([
        ...coreKinds.slice(1).map((id) => [id, entityKind] as const),
        ...standardTypes.map(({ term, parent }) => [`${infrastructure}#${term}`, parent] as const),
      ]);
      const known = kinds.filter(({ id }) => parents.has(id));
      const expected = 'kinds of the standard have the parents that the standard gives them';
      mustAll(
        trial,
        known,
        ({ id, related }) => related.includes(parents.get(id) as string),
        expected,
        (kind) => {
          return `${kind.id} has ${kind.related.join(' ') || 'none'} and not ${parents.get(kind.id)}`;
        },
      );
    },
  },
  {
    id: 'model/one-parent',
    proves: ['CORE-5.3.3-e'],
    title: 'A kind has at most one parent',
    renderings: everyRendering,
    versions: ['1.2'],
    async run(trial) {
      const kinds = (await offered(trial)).filter(isKind);
      mustAll(
        trial,
        kinds,
        ({ related }) => related.length <= 1,
        'a kind has at most one parent',
        ({ id, related }) => {
          return `${id} has ${related.join(' ')}`;
        },
      );
    },
  },
  {
    id: 'model/infrastructure',
    proves: ['CORE-0-b'],
    title: 'The infrastructure is offered',
    async run(trial) {
      const ids = idsOf(await offered(trial));
      const isThere = standardTypes.some(({ term }) => ids.includes(`${infrastructure}#${term}`));
      trial.must(isThere, 'kinds of the infrastructure are listed', 'none is');
    },
  },
];
