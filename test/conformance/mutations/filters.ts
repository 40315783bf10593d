import type { Fields, WireRequest } from '../../../src/client/exchange.ts';
import { type Mutation, without, withStatus } from '../mutation.ts';

const oneOne = { version: '1.1', rendering: 'text/plain' } as const;

/** A request with another filter. */
const filtering = (name: string, change: (value: string) => string) => (request: WireRequest) => {
  const headers: Fields = request.headers.map(([own, value]) => [own, own === name ? change(value) : value]);
  return request.method === 'GET' ? { ...request, headers } : request;
};

const unfiltered = (name: string) => (request: WireRequest) =>
  request.method === 'GET' ? { ...request, headers: without(request.headers, name) } : request;

/** Faults with filters. */
export const filterMutations: readonly Mutation[] = [
  {
    name: 'filters by attribute are not looked at',
    breaks: ['filter/taken'],
    mistake: unfiltered('X-OCCI-Attribute'),
  },
  {
    name: 'filters by attribute are not looked at, in 1.1',
    breaks: ['filter/exact', 'filter/nothing', 'filter/number'],
    also: ['path/filter'],
    dialect: oneOne,
    mistake: unfiltered('X-OCCI-Attribute'),
  },
  {
    name: 'of a filter by several attributes only the first is looked at',
    breaks: ['filter/exact'],
    dialect: oneOne,
    mistake: filtering('X-OCCI-Attribute', (value) => value.replace(/,.*/, '')),
  },
  {
    name: 'what a filter matches is left out',
    breaks: ['filter/exact', 'filter/number'],
    mistake: filtering('X-OCCI-Attribute', () => 'occi.core.title="nobody has this title"'),
  },
  {
    name: 'numbers only match when they are written alike',
    breaks: ['filter/number'],
    mistake: filtering('X-OCCI-Attribute', (value) => value.replace('=1.50', '=1.5000001')),
  },
  {
    name: 'a filter that nothing matches is answered with 404',
    breaks: ['filter/nothing'],
    mutate: (exchange) =>
      exchange.request.headers.some(([, value]) => value.includes('none-')) ? withStatus(exchange, 404) : exchange,
  },
  {
    name: 'filters by category are not looked at',
    breaks: ['filter/category'],
    also: ['query-interface/filter-exact', 'query-interface/filter-alone', 'path/filter'],
    dialect: oneOne,
    mistake: unfiltered('Category'),
  },
];
