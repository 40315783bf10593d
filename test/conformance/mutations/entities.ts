import type { Exchange, WireRequest } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, withHeader, without, withStatus } from '../mutation.ts';
import { onAnswers, pathOf, said, saying } from './exchanges.ts';

const oneOne = { version: '1.1', rendering: 'text/plain' } as const;
const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;
const inHeaders = { version: '1.2', rendering: 'text/occi' } as const;

const isEntityPath = (request: WireRequest) => /[^/]$/.test(pathOf(request));

/** What is done to answers to a method on entities, when they are good ones. */
const onEntities = (method: string, change: (exchange: Exchange) => Exchange) => onAnswers(method, /[^/]$/, change);

/** What is done to answers to creations. */
const onCreation = (change: (exchange: Exchange) => Exchange) => onAnswers('POST', /^\/network\/$/, change);

/** Faults with entities. */
export const entityMutations: readonly Mutation[] = [
  {
    name: 'a creation is answered with 202',
    breaks: ['create/post'],
    mutate: onCreation((exchange) => (exchange.response.status === 201 ? withStatus(exchange, 202) : exchange)),
  },
  {
    name: 'titles are lost when entities are created',
    breaks: ['create/post', 'entity/read', 'put/creates'],
    also: [
      'practice/utf-8',
      'text-entity/model-attributes',
      'text-link/model-attributes',
      'text-request/grammar',
      'text-request/escapes',
      'mutability/at-creation',
      'mutability/inherited',
    ],
    mistake: (request) =>
      request.method === 'POST' || !said(request).includes('occi.core.id')
        ? saying(request, (text) =>
            /Category/.test(text) ? text.replace(/X-OCCI-Attribute: occi.core.title=.*\n?/g, '') : text,
          )
        : request,
  },
  {
    name: 'a creation in text/occi loses its title',
    breaks: ['create/post', 'entity/read', 'update/partial'],
    also: [
      'practice/utf-8',
      'header/repeated',
      'header/joined',
      'text-request/grammar',
      'text-request/escapes',
      'mutability/at-creation',
      'mutability/type',
      'mutability/inherited',
      'infrastructure/ipnetwork-shown',
    ],
    dialect: inHeaders,
    mistake: (request) => {
      const isCreation = request.method === 'POST' && pathOf(request) === '/network/';
      return isCreation ? { ...request, headers: without(request.headers, 'X-OCCI-Attribute') } : request;
    },
  },
  {
    name: 'the URL of a new entity is only in the body',
    breaks: ['create/location'],
    dialect: oneOne,
    mutate: onCreation((exchange) => {
      const location = exchange.response.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
      const told = withHeader(exchange, 'Location');
      return location === undefined ? exchange : withBody(told, () => `X-OCCI-Location: ${location}`);
    }),
  },
  {
    name: 'of several entities in a request only the first is created',
    breaks: ['create/several'],
    also: ['mixin/dissociate', 'mixin/all-or-nothing', 'json-collection/mixed'],
    dialect: inJson,
    mistake: (request) => {
      if (request.method !== 'POST' || !said(request).includes('"resources"')) return request;
      return saying(request, (text) => JSON.stringify({ resources: [JSON.parse(text).resources[0]] }));
    },
  },
  {
    name: 'the kind is taken from the path, whatever is said',
    breaks: ['create/one-kind'],
    also: ['status/malformed', 'action/collection'],
    dialect: oneOne,
    mistake: (request) => {
      if (request.method !== 'POST' || pathOf(request) !== '/network/') return request;
      const kind = 'Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';
      return saying(request, (text) => `${kind}\n${text.replace(/Category: .*\n?/g, '')}`);
    },
  },
  {
    name: 'an entity is shown with 203',
    breaks: ['entity/read'],
    mutate: onEntities('GET', (exchange) => withStatus(exchange, 203)),
  },
  {
    name: 'an entity is shown without its kind',
    breaks: ['entity/read'],
    also: ['identity/shows-kind', 'identity/kind-is-kept', 'model/serves-1.1', 'infrastructure/network'],
    mutate: onEntities('GET', (exchange) => withBody(exchange, (text) => text.replace(/Category: network;.*\n/, ''))),
  },
  {
    name: 'an entity is shown without its id',
    breaks: ['entity/read'],
    also: [
      'json-entity/members',
      'json-entity/core-members',
      'json-link/members',
      'identity/has-id',
      'identity/id-is-urn',
      'identity/id-is-uri',
    ],
    dialect: inJson,
    mutate: onEntities('GET', (exchange) => withBody(exchange, (text) => text.replace(/,"id":"[^"]*"/, ''))),
  },
  {
    name: 'paths of entities end with a slash',
    breaks: ['entity/path'],
    also: [
      'link/inline',
      'action/invoke',
      'collection/list',
      'path/list',
      'path/filter',
      'mixin/associate',
      'text-action/line',
      'text-collection/locations',
      'identity/in-collection',
      'identity/whole-item-part',
      'mixins/members-change',
    ],
    dialect: oneOne,
    mutate: onCreation((exchange) => {
      const location = exchange.response.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
      return location === undefined ? exchange : withHeader(exchange, 'Location', `${location}/`);
    }),
    mistake: (request) => ({ ...request, url: request.url.replace(/([0-9a-f-]{36})\/$/, '$1') }),
  },
  {
    name: 'PUT on a free path is answered with 404',
    breaks: ['put/creates'],
    mutate: onEntities('PUT', (exchange) => (exchange.response.status === 201 ? withStatus(exchange, 404) : exchange)),
  },
  {
    name: 'PUT is answered without saying anything',
    breaks: ['put/creates', 'put/replaces'],
    mutate: onEntities('PUT', (exchange) => withBody(withHeader(exchange, 'Location'), () => '')),
  },
  {
    name: 'a replacement is answered with 204',
    breaks: ['put/replaces'],
    mutate: onEntities('PUT', (exchange) => (exchange.response.status === 200 ? withStatus(exchange, 204) : exchange)),
  },
  {
    name: 'PUT is taken for a partial update',
    breaks: ['put/leaves-out'],
    mistake: (request) =>
      request.method === 'PUT' && said(request).includes('occi.core.id')
        ? { ...saying(request, (text) => text.replace(/X-OCCI-Attribute: occi.core.id=.*\n?/, '')), method: 'POST' }
        : request,
  },
  {
    name: 'a full update without categories is refused',
    breaks: ['put/no-categories'],
    dialect: oneOne,
    mutate: onEntities('PUT', (exchange) =>
      new TextDecoder().decode(exchange.request.body).includes('Category:') ? exchange : withStatus(exchange, 400),
    ),
  },
  {
    name: 'a partial update is answered with 200 and nothing',
    breaks: ['update/partial'],
    also: ['infrastructure/save-answers'],
    mutate: onEntities('POST', (exchange) => withBody(exchange, () => '')),
  },
  {
    name: 'a partial update replaces the entity',
    breaks: ['update/partial'],
    mistake: (request) => {
      const isUpdate = request.method === 'POST' && isEntityPath(request) && !said(request).includes('Category:');
      return isUpdate ? { ...request, method: 'PUT' } : request;
    },
  },
  {
    name: 'a partial update makes an entity look like another kind',
    breaks: ['entity/read', 'update/kind-stays'],
    also: ['identity/shows-kind', 'identity/kind-is-kept'],
    dialect: oneOne,
    mutate: onEntities('GET', (exchange) =>
      withBody(exchange, (text) => text.replace(/^Category: network;/, 'Category: x;')),
    ),
  },
  {
    name: 'DELETE is answered with 202',
    breaks: ['delete/entity'],
    mutate: onEntities('DELETE', (exchange) => withStatus(exchange, 202)),
  },
  {
    name: 'what is deleted is still there',
    breaks: ['delete/entity'],
    also: [
      'query-interface/well-known-change',
      'query-interface/remove',
      'collection/delete',
      'mixin/dissociate',
      'mixin/dissociate-all',
      'mixin/all-or-nothing',
      'links/removed',
      'links/cascade',
      'mixins/of-clients',
      'mixins/members-change',
    ],
    mistake: (request) => (request.method === 'DELETE' ? { ...request, method: 'GET' } : request),
  },
];
