import { field } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, withHeader, withStatus } from '../mutation.ts';
import { answering, inField, inType } from './text.ts';

/** Faults in how collections are written in text. */
export const textCollectionMutations: readonly Mutation[] = [
  {
    name: 'there is no text/uri-list',
    breaks: ['text-collection/renderings'],
    also: ['uri-list/entity', 'uri-list/categories', 'uri-list/creation'],
    mutate: (exchange) => {
      const isIt = field(exchange.request.headers, 'accept') === 'text/uri-list';
      return isIt ? withStatus(exchange, 406) : exchange;
    },
  },
  {
    name: 'text/occi is answered with text/plain',
    breaks: ['text-collection/renderings'],
    also: ['model/same-in-all-renderings'],
    mutate: (exchange) => {
      const isIt = field(exchange.request.headers, 'accept') === 'text/occi';
      return isIt ? withHeader(exchange, 'Content-Type', 'text/plain') : exchange;
    },
  },
  {
    name: 'a collection shows the kind, too',
    breaks: ['text-collection/locations'],
    mutate: answering(
      'GET',
      /^\/network\/$/,
      inType('text/plain', (exchange) => {
        const kind = 'Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';
        return withBody(exchange, (text) => `${kind}\n${text}`);
      }),
    ),
  },
  {
    name: 'a collection is a bare list',
    breaks: ['text-collection/locations'],
    also: ['protocol/content-type'],
    mutate: answering('GET', /^\/network\/$/, (exchange) => {
      return withBody(exchange, (text) => text.replaceAll('X-OCCI-Location: ', ''));
    }),
  },
  {
    name: 'locations are in angle brackets',
    breaks: ['text-collection/references'],
    dialect: { version: '1.2', rendering: 'text/occi' },
    mutate: inField('x-occi-location', (value) => value.replace(/[^, ]+/g, '<$&>')),
  },
  {
    name: 'an empty collection lists the service',
    breaks: ['text-collection/empty'],
    also: ['collection/empty', 'paging/behind', 'paging/after-filter'],
    mutate: answering('GET', /^\/conformance\//, (exchange) => {
      return withBody(exchange, (text) => text || 'X-OCCI-Location: http://example.org/');
    }),
  },
  {
    name: 'an empty collection is not found',
    breaks: ['text-collection/empty'],
    also: [
      'collection/empty',
      'mixin/associate',
      'mixin/replace',
      'mixin/dissociate',
      'mixin/dissociate-all',
      'mixin/all-or-nothing',
      'model/collections',
    ],
    mutate: answering('GET', /^\/conformance\//, (exchange) => withStatus(exchange, 404)),
  },
];
