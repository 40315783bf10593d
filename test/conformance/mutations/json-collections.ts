import type { Mutation } from '../mutation.ts';
import { inJson, type JsonObject, wholeBody, withMember } from './json.ts';
import { answering } from './text.ts';

/** Changes collections. */
const collections = (path: RegExp, change: (one: Record<string, readonly JsonObject[]>) => unknown) =>
  answering('GET', path, wholeBody(change as (value: unknown) => unknown));

const faults: readonly Mutation[] = [
  {
    name: 'resources are listed by their ids',
    breaks: ['json-collection/resources'],
    also: [
      'create/several',
      'collection/list',
      'identity/in-collection',
      'identity/whole-item-part',
      'mixins/members-change',
    ],
    mutate: collections(/^\/network\/$/, ({ resources = [] }) => ({ resources: resources.map(({ id }) => id) })),
  },
  {
    name: 'resources are under entities',
    breaks: ['json-collection/resources'],
    also: [
      'create/several',
      'collection/list',
      'identity/in-collection',
      'identity/whole-item-part',
      'mixins/members-change',
    ],
    mutate: collections(/^\/network\/$/, ({ resources }) => ({ entities: resources })),
  },
  {
    name: 'the last resource is lost',
    breaks: ['json-collection/resources'],
    also: [
      'create/several',
      'collection/list',
      'identity/in-collection',
      'identity/whole-item-part',
      'mixins/members-change',
    ],
    mutate: collections(/^\/network\/$/, ({ resources }) => ({ resources: resources?.slice(0, -1) })),
  },
  {
    name: 'links are under resources',
    breaks: ['json-collection/links'],
    mutate: collections(/^\/networkinterface\/$/, ({ links }) => ({ resources: links })),
  },
  {
    name: 'resources in collections have no links',
    breaks: ['json-collection/whole-links'],
    mutate: collections(/^\/compute\/$/, ({ resources }) => ({
      resources: resources?.map((one) => withMember(one, 'links', undefined)),
    })),
  },
  {
    name: 'links in collections of both are lost',
    breaks: ['json-collection/mixed'],
    also: ['mixins/kinds-mix'],
    mutate: collections(/^\/conformance\//, ({ resources }) => ({ resources })),
  },
];

/** Faults in how collections are written in JSON. */
export const jsonCollectionMutations: readonly Mutation[] = faults.map((fault) => ({ dialect: inJson, ...fault }));
