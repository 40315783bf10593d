import type { Mutation } from '../mutation.ts';
import { inJson, type JsonObject, wholeBody, withMember } from './json.ts';
import { answering } from './text.ts';

type Key = 'kinds' | 'mixins' | 'actions';

/** Changes the query interface. */
const whole = (change: (one: Record<Key, readonly JsonObject[]>) => unknown) =>
  answering('GET', /-\/$/, wholeBody(change as (value: unknown) => unknown));
/** Changes the categories under a key. */
const each = (key: Key, change: (one: JsonObject) => unknown) =>
  whole((one) => ({ ...one, [key]: one[key].map(change) }));
const faults: readonly Mutation[] = [
  {
    name: 'there is one array of categories',
    breaks: ['json-category/keys', 'json-category/kind-locations'],
    also: [
      'query-interface/add',
      'location/each',
      'model/mixins',
      'model/actions',
      'model/inheritance',
      'infrastructure/ssh_key',
      'infrastructure/user_data',
      'templates/os_tpl',
      'templates/resource_tpl',
    ],
    mutate: whole(({ kinds, mixins, actions }) => ({ kinds: [...kinds, ...mixins, ...actions] })),
  },
  {
    name: 'categories are under keys of their own',
    breaks: ['json-category/keys'],
    also: [
      'query-interface/is-there',
      'query-interface/add',
      'query-interface/add-again',
      'model/same-in-all-renderings',
      'model/core-kinds',
      'model/infrastructure',
      'model/shown-is-described',
      'mixins/of-clients',
      'infrastructure/compute-actions',
      'infrastructure/network-actions',
      'infrastructure/storage-actions',
      'infrastructure/save',
      'infrastructure/ssh_key',
      'infrastructure/user_data',
      'templates/of-systems',
      'templates/os_tpl',
      'templates/resource_tpl',
      'crtp/sizes',
      'crtp/memory-sizes',
    ],
    mutate: whole(({ kinds, mixins, actions }) => ({ kind: kinds, mixin: mixins, action: actions })),
  },
  {
    name: 'actions are identifiers',
    breaks: ['json-category/objects'],
    also: ['model/actions', 'model/same-in-all-renderings'],
    mutate: whole((one) => ({ ...one, actions: one.actions.map(({ scheme, term }) => `${scheme}${term}`) })),
  },
  {
    name: 'kinds name their class',
    breaks: ['json-category/no-class'],
    mutate: each('kinds', (one) => ({ ...one, class: 'kind' })),
  },
  {
    name: 'the parent is an array',
    breaks: ['json-category/kinds'],
    mutate: each('kinds', (one) => ('parent' in one ? { ...one, parent: [one['parent']] } : one)),
  },
  {
    name: 'kinds list their actions by term',
    breaks: ['json-category/kinds'],
    also: [
      'model/actions',
      'model/actions-have-owners',
      'infrastructure/compute-actions',
      'infrastructure/network-actions',
      'infrastructure/storage-actions',
    ],
    mutate: each('kinds', (one) => ('actions' in one ? { ...one, actions: ['start'] } : one)),
  },
  {
    name: 'links have no location',
    breaks: ['json-category/kind-locations'],
    mutate: each('kinds', (one) => (one['term'] === 'link' ? withMember(one, 'location', undefined) : one)),
  },
  {
    name: 'mixins have no location',
    breaks: ['json-category/mixins'],
    also: ['location/each', 'model/collections'],
    mutate: each('mixins', (one) => withMember(one, 'location', undefined)),
  },
  {
    name: 'what a mixin depends on is a string',
    breaks: ['json-category/mixins'],
    mutate: each('mixins', (one) => ('depends' in one ? { ...one, depends: String(one['depends']) } : one)),
  },
  {
    name: 'actions have no scheme',
    breaks: ['json-category/actions'],
    also: ['model/identifiers', 'model/actions', 'model/actions-have-owners', 'model/same-in-all-renderings'],
    mutate: each('actions', (one) => withMember(one, 'scheme', undefined)),
  },
];

/** Faults in how categories are written in JSON. */
export const jsonCategoryMutations: readonly Mutation[] = faults.map((fault) => ({ dialect: inJson, ...fault }));
