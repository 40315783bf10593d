import type { WireRequest } from '../../../src/client/exchange.ts';
import type { Mutation } from '../mutation.ts';
import { inJson } from './json.ts';

/** Takes requests for others. */
function heard(change: (text: string) => string) {
  return (request: WireRequest): WireRequest => {
    return { ...request, body: new TextEncoder().encode(change(new TextDecoder().decode(request.body))) };
  };
}

/** Takes requests for something else that nobody understands. */
const deafTo = (pattern: RegExp) => heard((text) => (pattern.test(text) ? '{"colour":"red"}' : text));

const faults: readonly Mutation[] = [
  {
    name: 'resources have to have an id',
    breaks: ['json-request/without-id', 'json-request/nested-names', 'json-request/known-member'],
    also: ['create/post', 'put/creates', 'identity/created', 'mutability/at-creation'],
    mistake: deafTo(/^\{"kind":(?!.*"id":)/),
  },
  {
    name: 'collections are not taken',
    breaks: ['json-request/collection'],
    also: [
      'mixin/associate',
      'mixin/associate-answer',
      'mixins/tag',
      'mixins/kinds-mix',
      'mixins/members-change',
      'templates/size-is-replaced',
      'crtp/applied-later',
    ],
    mistake: deafTo(/^\{"resources"/),
  },
  { name: 'nested names are not taken', breaks: ['json-request/nested-names'], mistake: deafTo(/"occi":\{/) },
  {
    name: 'numbers in nested names are lost',
    breaks: ['json-request/nested-names'],
    mistake: heard((text) => text.replace(/\{"occi":\{.*\}\}\}/, '{"occi.storage.size":1}}')),
  },
  {
    name: 'braces are supplied',
    breaks: ['json-request/malformed'],
    mistake: heard((text) => (text.endsWith('{}') ? `${text}}` : text)),
  },
  {
    name: 'the first of an array is taken',
    breaks: ['json-request/array'],
    mistake: heard((text) => text.replace(/^\[(.*)\]$/, '$1')),
  },
  {
    name: 'the last of the same keys counts',
    breaks: ['json-request/same-key-twice'],
    mistake: heard((text) => text.replace('"title":"A",', '')),
  },
  {
    name: 'unknown members are passed over',
    breaks: ['json-request/unknown-member'],
    mistake: heard((text) => text.replace(',"colour":"red"', '')),
  },
  {
    name: 'locations are refused',
    breaks: ['json-request/known-member'],
    also: ['query-interface/add', 'links/target-elsewhere', 'mixins/of-clients'],
    mistake: deafTo(/"location"/),
  },
];

/** Faults in how requests in JSON are understood. */
export const jsonRequestMutations: readonly Mutation[] = faults.map((fault) => ({ dialect: inJson, ...fault }));
