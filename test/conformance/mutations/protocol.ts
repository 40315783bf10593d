import type { Exchange, WireRequest } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, withHeader, withStatus } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, pathOf, said } from './exchanges.ts';

const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;
const inHeaders = { version: '1.2', rendering: 'text/occi' } as const;

const statusInstead = (from: number, to: number) => (exchange: Exchange) =>
  exchange.response.status === from ? withStatus(exchange, to) : exchange;

/** A request as if its client had said that it is another one. */
const from = (change: (userAgent: string) => string) => (request: WireRequest) => ({
  ...request,
  headers: request.headers.map(([name, value]) => [name, name === 'User-Agent' ? change(value) : value] as const),
});

/** Faults with header fields, versions and status codes. */
export const protocolMutations: readonly Mutation[] = [
  {
    name: 'errors have no Server',
    breaks: ['protocol/server'],
    also: ['crtp/claimed'],
    mutate: (exchange) => (exchange.response.status >= 400 ? withHeader(exchange, 'Server') : exchange),
  },
  {
    name: 'creations do not say which version is spoken',
    breaks: ['protocol/server'],
    dialect: inJson,
    mutate: (exchange) => (exchange.response.status === 201 ? withHeader(exchange, 'Server', 'httpd') : exchange),
  },
  {
    name: 'Server has the version without the name',
    breaks: ['protocol/server', 'protocol/token'],
    also: ['crtp/claimed'],
    mutate: (exchange) => withHeader(exchange, 'Server', 'httpd 1.2'),
  },
  {
    name: 'Server only has OCCI/1.1',
    breaks: ['protocol/token'],
    also: ['crtp/claimed'],
    mutate: (exchange) => withHeader(exchange, 'Server', 'httpd OCCI/1.1'),
  },
  {
    name: 'Server only has OCCI/1.2, in 1.1',
    breaks: ['protocol/token'],
    dialect: { version: '1.1', rendering: 'text/plain' },
    mutate: (exchange) => withHeader(exchange, 'Server', 'httpd OCCI/1.2'),
  },
  {
    name: 'later versions are served',
    breaks: ['protocol/later-version', 'protocol/version-numbers'],
    mistake: from(() => 'occi-conformance OCCI/1.2'),
  },
  {
    name: 'later versions are answered with 505',
    breaks: ['protocol/later-version', 'protocol/version-numbers'],
    mutate: statusInstead(501, 505),
  },
  {
    name: 'versions are compared as text',
    breaks: ['protocol/version-numbers'],
    mistake: from((userAgent) => userAgent.replace('OCCI/1.10', 'OCCI/1.1')),
  },
  {
    name: 'later versions are only refused when something is read',
    breaks: ['protocol/later-version'],
    mistake: (request) => (request.method === 'POST' ? from(() => 'x OCCI/1.2')(request) : request),
  },
  {
    name: 'the version of a library is taken for that of OCCI',
    breaks: ['protocol/known-version'],
    mistake: from((userAgent) => userAgent.replace('rOCCI/4.3 OCCI/1.2', 'OCCI/4.3')),
  },
  {
    name: 'answers have no Accept',
    breaks: ['protocol/accept'],
    mutate: (exchange) => withHeader(exchange, 'Accept'),
  },
  {
    name: 'answers do not say in Accept that JSON is read',
    breaks: ['protocol/accept'],
    dialect: inJson,
    mutate: (exchange) => withHeader(exchange, 'Accept', 'text/plain, text/occi'),
  },
  {
    name: 'text has the type of JSON',
    breaks: ['protocol/content-type'],
    also: [
      'practice/errors',
      'practice/charset',
      'text-collection/renderings',
      'text-plain/type',
      'text-plain/other-name',
      'uri-list/lines',
      'model/same-in-all-renderings',
    ],
    mutate: (exchange) => withHeader(exchange, 'Content-Type', 'application/occi+json'),
  },
  {
    name: 'JSON has the type of text',
    breaks: ['protocol/content-type'],
    also: ['text-collection/renderings', 'json-entity/type'],
    dialect: inJson,
    mutate: onAnswers('GET', entityPath, (exchange) => withHeader(exchange, 'Content-Type', 'text/plain')),
  },
  {
    name: 'text/occi has the type of pages',
    breaks: ['protocol/content-type'],
    also: [
      'practice/errors',
      'practice/charset',
      'header/type',
      'text-collection/renderings',
      'uri-list/lines',
      'model/same-in-all-renderings',
    ],
    dialect: inHeaders,
    mutate: (exchange) => withHeader(exchange, 'Content-Type', 'text/html'),
  },
  {
    name: 'PUT on an entity is not implemented',
    breaks: ['protocol/verbs'],
    also: ['put/creates', 'put/replaces', 'put/leaves-out'],
    mutate: onAnswers('PUT', entityPath, (exchange) => withStatus(exchange, 501)),
  },
  {
    name: 'DELETE on an entity is not allowed',
    breaks: ['protocol/verbs'],
    also: ['delete/entity', 'model/serves-1.1'],
    mutate: onAnswers('DELETE', entityPath, (exchange) => withStatus(exchange, 405)),
  },
  {
    name: 'what does not exist is answered with 400',
    breaks: ['status/not-found'],
    also: ['delete/entity', 'collection/delete', 'links/cascade'],
    mutate: statusInstead(404, 400),
  },
  {
    name: 'what cannot be understood is a fault of the server',
    breaks: ['status/malformed'],
    also: [
      'action/unknown',
      'mixin/all-or-nothing',
      'paging/numbers',
      'uri-list/entity',
      'uri-list/categories',
      'uri-list/creation',
      'links/needs-target',
      'links/source-is-here',
      'mutability/type',
      'mutability/required',
      'mixins/bad-request',
    ],
    mutate: statusInstead(400, 500),
  },
  {
    name: 'what cannot be understood is answered with 201',
    breaks: ['status/malformed'],
    mutate: (exchange) =>
      said(exchange.request).includes('Category: ; ;') && pathOf(exchange.request) !== '/'
        ? withStatus(
            withBody(exchange, () => 'X-OCCI-Location: /network/none'),
            201,
          )
        : exchange,
  },
  {
    name: 'an answer 405 has no Allow',
    breaks: ['status/allow'],
    also: ['practice/methods'],
    mutate: (exchange) => withHeader(exchange, 'Allow'),
  },
  {
    name: 'the collections of kinds are only for reading',
    breaks: ['protocol/verbs', 'status/malformed'],
    also: ['create/post', 'identity/created', 'mutability/at-creation'],
    mistake: onRequests('POST', /^\/network\/$/, (request) => ({ ...request, method: 'PUT' })),
  },
];
