import type { Mutation } from '../mutation.ts';
import { eachObject, inJson, type JsonObject, withMember } from './json.ts';
import { answering } from './text.ts';

/** Changes the descriptions of attributes. */
const descriptions = (change: (one: JsonObject) => unknown) =>
  answering(
    'GET',
    /-\/$/,
    eachObject((one) => ('mutable' in one ? change(one) : one)),
  );

const faults: readonly Mutation[] = [
  {
    name: 'attributes are described by their types',
    breaks: ['json-description/members'],
    also: ['model/attributes-described', 'templates/list-sizes', 'crtp/sizes', 'crtp/memory-sizes'],
    mutate: descriptions((one) => one['type']),
  },
  {
    name: 'mutable is a word',
    breaks: ['json-description/members', 'json-description/same-as-text'],
    also: ['model/attributes-described'],
    mutate: descriptions((one) => ({ ...one, mutable: String(one['mutable']) })),
  },
  {
    name: 'mutable is left out where it is true',
    breaks: ['json-description/same-as-text'],
    mutate: descriptions((one) => withMember(one, 'mutable', one['mutable'] === true ? undefined : false)),
  },
  {
    name: 'numbers are called float',
    breaks: ['json-description/types', 'json-description/default-types'],
    also: ['model/attributes-described'],
    mutate: descriptions((one) => (one['type'] === 'number' ? { ...one, type: 'float' } : one)),
  },
  {
    name: 'patterns are regular expressions',
    breaks: ['json-description/patterns'],
    mutate: descriptions((one) => ({ ...one, pattern: '.*' })),
  },
  {
    name: 'defaults are strings',
    breaks: ['json-description/default-types'],
    mutate: descriptions((one) => ('default' in one ? { ...one, default: String(one['default']) } : one)),
  },
  {
    name: 'defaults are not used',
    breaks: ['json-description/defaults'],
    also: ['mutability/default', 'templates/resize', 'crtp/applied-at-creation', 'crtp/applied-later'],
    mutate: answering(
      'GET',
      /^\/compute\/./,
      eachObject((one) => withMember(one, 'occi.compute.memory', undefined)),
    ),
  },
];

/** Faults in how attributes are described in JSON. */
export const jsonDescriptionMutations: readonly Mutation[] = faults.map((fault) => ({ dialect: inJson, ...fault }));
