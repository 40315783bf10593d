import { type Mutation, withBody, withHeader, without, withStatus } from '../mutation.ts';
import { onAnswers, onRequests } from './exchanges.ts';

const oneOne = { version: '1.1', rendering: 'text/plain' } as const;
const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;

const described = (change: (text: string) => string) =>
  onAnswers('GET', /\/-\/$/, (exchange) => withBody(exchange, change));

const nothing = (text: string) => text.replace(/.*/s, '');

/** Faults with locations and collections. */
export const collectionMutations: readonly Mutation[] = [
  {
    name: 'a mixin has no location',
    breaks: ['location/each'],
    also: ['model/collections'],
    mutate: described((text) => text.replace(/^(Category: os_tpl;.*) location="[^"]*";?/m, '$1')),
  },
  {
    name: 'two kinds have the same location',
    breaks: ['location/each'],
    dialect: inJson,
    mutate: described((text) => text.replace('"location":"/storage/"', '"location":"/compute/"')),
  },
  {
    name: 'a location has a space in it',
    breaks: ['location/syntax'],
    also: ['text-category/location', 'model/collections'],
    mutate: described((text) => text.replace('location="/storage/"', 'location="/sto rage/"')),
  },
  {
    name: 'the kind entity has a location',
    breaks: ['location/none-of-entity'],
    also: ['text-category/order', 'model/collections'],
    mutate: described((text) => text.replace(/^Category: entity;.*/m, '$&; location="/entity/"')),
  },
  {
    name: 'a location does not end with a slash',
    breaks: ['location/slash'],
    dialect: oneOne,
    mutate: described((text) => text.replace('location="/storage/"', 'location="/storage"')),
  },
  {
    name: 'there is nothing at the locations of mixins',
    breaks: ['location/bound'],
    also: ['model/collections'],
    mutate: onAnswers('GET', /tpl\/$/, (exchange) => withStatus(exchange, 404)),
  },
  {
    name: 'the collection of a kind is always empty',
    breaks: ['collection/list'],
    also: [
      'text-collection/locations',
      'uri-list/lines',
      'identity/in-collection',
      'identity/whole-item-part',
      'mixins/members-change',
    ],
    mutate: onAnswers('GET', /^\/network\/$/, (exchange) => withBody(exchange, nothing)),
  },
  {
    name: 'the collection of a kind lists its last member twice',
    breaks: ['collection/list'],
    mutate: onAnswers('GET', /^\/network\/$/, (exchange) =>
      withBody(exchange, (text) => `${text}\n${text.split('\n').at(-1)}`),
    ),
  },
  {
    name: 'the collection of a kind is shown in part',
    breaks: ['collection/list'],
    also: ['model/collections'],
    mutate: onAnswers('GET', /^\/network\/$/, (exchange) => withStatus(exchange, 206)),
  },
  {
    name: 'an empty collection is answered with 404',
    breaks: ['collection/empty', 'location/bound'],
    also: [
      'mixin/dissociate-all',
      'mixin/all-or-nothing',
      'paging/behind',
      'filter/nothing',
      'text-collection/empty',
      'model/collections',
    ],
    mutate: onAnswers('GET', /[^-]\/$/, (exchange) =>
      exchange.response.body.length === 0 ? withStatus(exchange, 404) : exchange,
    ),
  },
  {
    name: 'an empty collection lists all entities',
    breaks: ['collection/empty'],
    also: [
      'mixin/associate',
      'mixin/replace',
      'mixin/dissociate',
      'text-collection/empty',
      'uri-list/association',
      'mixins/kinds-mix',
      'mixins/members-change',
    ],
    mutate: onAnswers('GET', /^\/conformance\//, (exchange) =>
      withBody(exchange, () => 'X-OCCI-Location: http://127.0.0.1/network/1'),
    ),
  },
  {
    name: 'PUT on the location of a kind is answered with 200',
    breaks: ['collection/no-put'],
    also: ['query-interface/put', 'put/creates'],
    mutate: (exchange) => (exchange.request.method === 'PUT' ? withStatus(exchange, 200) : exchange),
  },
  {
    name: 'DELETE on the location of a kind is answered with 202',
    breaks: ['collection/delete'],
    mutate: onAnswers('DELETE', /^\/network\/$/, (exchange) => withStatus(exchange, 202)),
  },
  {
    name: 'DELETE on the location of a kind does nothing',
    breaks: ['collection/delete'],
    mistake: onRequests('DELETE', /^\/network\/$/, (request) => ({ ...request, method: 'GET' })),
  },
  {
    name: 'the root lists nothing',
    breaks: ['path/list', 'path/filter'],
    dialect: oneOne,
    mutate: onAnswers('GET', /^\/$/, (exchange) => withBody(withHeader(exchange, 'X-OCCI-Location'), nothing)),
  },
  {
    name: 'the root does not look at filters by attribute',
    breaks: ['path/filter'],
    dialect: oneOne,
    mistake: onRequests('GET', /^\/$/, (request) => ({
      ...request,
      headers: without(request.headers, 'X-OCCI-Attribute'),
    })),
  },
  {
    name: 'the root does not look at filters by kind',
    breaks: ['path/filter'],
    dialect: oneOne,
    mistake: onRequests('GET', /^\/$/, (request) => ({ ...request, headers: without(request.headers, 'Category') })),
  },
  {
    name: 'DELETE on a path that is no location does nothing',
    breaks: ['path/delete'],
    dialect: oneOne,
    mistake: onRequests('DELETE', /^\/conformance-.*\/$/, (request) => ({ ...request, method: 'GET' })),
  },
];
