import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exchange, field } from '../../src/client/exchange.ts';
import type { Check } from '../../src/conformance/check.ts';
import { actionChecks } from '../../src/conformance/checks/actions.ts';
import { collectionChecks } from '../../src/conformance/checks/collections.ts';
import { entityChecks } from '../../src/conformance/checks/entities.ts';
import { filterChecks } from '../../src/conformance/checks/filters.ts';
import { mixinCollectionChecks } from '../../src/conformance/checks/mixin-collections.ts';
import { negotiationChecks } from '../../src/conformance/checks/negotiation.ts';
import { oneOneSyntaxChecks } from '../../src/conformance/checks/one-one-syntax.ts';
import { pagingChecks } from '../../src/conformance/checks/paging.ts';
import { practiceChecks } from '../../src/conformance/checks/practice.ts';
import { protocolChecks } from '../../src/conformance/checks/protocol.ts';
import { queryInterfaceChecks } from '../../src/conformance/checks/query-interface.ts';
import { resourceLinkChecks } from '../../src/conformance/checks/resource-links.ts';
import {
  type Laboratory,
  type Mutation,
  openLaboratory,
  withBody,
  withHeader,
  without,
  withStatus,
} from './mutation.ts';
import { onAnswers, onRequests, pathOf } from './mutations/exchanges.ts';

const checks: readonly Check[] = [
  queryInterfaceChecks,
  protocolChecks,
  negotiationChecks,
  oneOneSyntaxChecks,
  entityChecks,
  resourceLinkChecks,
  actionChecks,
  collectionChecks,
  mixinCollectionChecks,
  pagingChecks,
  filterChecks,
  practiceChecks,
].flat();

const oneOne = { version: '1.1', rendering: 'text/plain' } as const;
const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;
const inHeaders = { version: '1.2', rendering: 'text/occi' } as const;

const bodyless = (exchange: Exchange) => withBody(exchange, () => '');
const noContent = (exchange: Exchange) => withStatus(withHeader(bodyless(exchange), 'Content-Type'), 204);

const refusing =
  (method: string, path: RegExp, status: number) =>
  (exchange: Exchange): Exchange =>
    exchange.request.method === method && path.test(pathOf(exchange.request))
      ? withStatus(bodyless(exchange), status)
      : exchange;

const reversed = (exchange: Exchange) =>
  withBody(exchange, (text) => text.replace(/\n$/, '').split('\n').toReversed().join('\n'));

/** What a server may do otherwise, and is right all the same; `SHOULD`: the checks that fail only at this level. */
const freedoms: readonly (Omit<Mutation, 'breaks'> & { readonly SHOULD?: readonly string[] })[] = [
  { name: 'a deletion is answered with 204', mutate: onAnswers('DELETE', /[0-9a-f]$|^\/network\/$/, noContent) },
  {
    name: 'what is gone is answered with 410',
    mutate: (exchange) =>
      exchange.response.status === 404 && /network\/01[0-9a-f-]+$/.test(pathOf(exchange.request))
        ? withStatus(exchange, 410)
        : exchange,
  },
  {
    name: 'errors have no body',
    mutate: (exchange) => (exchange.response.status >= 400 ? bodyless(exchange) : exchange),
  },
  {
    name: 'lists come in another order',
    mutate: onAnswers('GET', /\/$/, (exchange) => (exchange.request.url.includes('?') ? exchange : reversed(exchange))),
  },
  { name: 'mixins of clients are refused', mutate: refusing('POST', /\/-\/$/, 403) },
  { name: 'mixins of clients are refused, in JSON', dialect: inJson, mutate: refusing('POST', /\/-\/$/, 405) },
  { name: 'mixins of clients are refused, in 1.1', dialect: oneOne, mutate: refusing('POST', /\/-\/$/, 403) },
  { name: 'there is no well-known path', mutate: refusing('GET', /^\/\.well-known/, 404) },
  {
    name: 'clients may not choose paths, in 1.1',
    dialect: oneOne,
    mutate: refusing('PUT', /^\/(?:conformance-|network\/[^0])/, 400),
  },
  { name: 'the query interface refuses PUT with 501', mutate: refusing('PUT', /\/-\/$/, 501) },
  {
    name: 'an action that does not exist is answered with 404',
    mutate: (exchange) => {
      return exchange.request.url.includes('action=none') ? withStatus(exchange, 404) : exchange;
    },
  },
  {
    name: 'an empty collection is answered with 204, in 1.1',
    dialect: oneOne,
    mutate: onAnswers('GET', /[^-]\/$/, (exchange) => {
      return exchange.response.body.length === 0 ? noContent(exchange) : exchange;
    }),
  },
  {
    name: 'pages are not known',
    SHOULD: ['paging/pages', 'paging/alone', 'paging/numbers', 'paging/after-filter'],
    mistake: (request) => ({ ...request, url: request.url.replace(/\?page.*|\?number.*/, '') }),
  },
  {
    name: 'filters are not known',
    SHOULD: ['query-interface/filter', 'query-interface/filter-unknown', 'filter/taken'],
    mistake: onRequests('GET', /./, (request) => ({
      ...request,
      headers: without(without(request.headers, 'Category'), 'X-OCCI-Attribute'),
    })),
  },
  {
    name: 'large pages are served',
    mistake: (request) => ({ ...request, url: request.url.replace('1000000000', '900') }),
  },
  {
    name: 'Server names more than OCCI',
    mutate: (exchange) => withHeader(exchange, 'Server', 'cloud/7.1 (linux) OCCI/1.1 OCCI/1.2 OCCI-CRTP/1.0'),
  },
  {
    name: 'entities have attributes and mixins of the provider',
    mutate: onAnswers('GET', /[0-9a-f]$/, (exchange) =>
      withBody(
        exchange,
        (text) =>
          `${text}\nCategory: own; scheme="http://cloud.example.org/occi#"; class="mixin"\nX-OCCI-Attribute: org.example.zone="a"\n`,
      ),
    ),
  },
  {
    name: 'there are more header fields',
    dialect: inHeaders,
    mutate: (exchange) => withHeader(withHeader(exchange, 'X-Request-Id', '1'), 'Cache-Control', 'no-store'),
  },
  {
    name: 'there is no Content-Length',
    mutate: (exchange) => withHeader(exchange, 'Content-Length'),
  },
  {
    name: 'a creation is answered with 200, Location and the rendering',
    dialect: inJson,
    mutate: (exchange) => {
      const { request, response } = exchange;
      const isCreation = response.status === 201 && field(request.headers, 'content-type')?.includes('json') === true;
      if (!isCreation) return exchange;
      const said = JSON.parse(new TextDecoder().decode(request.body)) as object;
      const id = field(response.headers, 'location')?.slice(-36);
      const shown = withBody(withStatus(exchange, 200), () => JSON.stringify({ ...said, id: `urn:uuid:${id}` }));
      return withHeader(shown, 'Content-Type', 'application/occi+json');
    },
  },
];

describe('The checks of the protocol give no alarm', () => {
  let laboratory: Laboratory;
  beforeAll(async () => {
    laboratory = await openLaboratory();
  });
  afterAll(() => laboratory.close());

  it.each(freedoms)('where $name', async ({ SHOULD = [], ...freedom }) => {
    expect(await laboratory.failing(checks, { ...freedom, breaks: ['-'] })).toEqual(SHOULD.toSorted());
  });
});
