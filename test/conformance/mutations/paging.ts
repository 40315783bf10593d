import type { WireRequest } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, without, withStatus } from '../mutation.ts';

/** A request with another query. */
const asking = (change: (query: string) => string) => (request: WireRequest) => ({
  ...request,
  url: request.url.replace(/\?(.*)$/, (_, query: string) => `?${change(query)}`),
});

const pageOf = (url: string) => Number(/page=(\d+)/.exec(url)?.[1] ?? 0);

/** Faults with pages. */
export const pagingMutations: readonly Mutation[] = [
  {
    name: 'pages are not known',
    breaks: ['paging/pages', 'paging/alone', 'paging/numbers', 'paging/after-filter'],
    mistake: asking((query) => (query.startsWith('action=') ? query : '')),
  },
  {
    name: 'pages are one member too short',
    breaks: ['paging/pages', 'paging/alone', 'paging/after-filter'],
    mutate: (exchange) =>
      /[?&]number=/.test(exchange.request.url) && exchange.response.status === 200
        ? withBody(exchange, (text) => text.replace(/\n?[^\n]*$/, ''))
        : exchange,
  },
  {
    name: 'pages overlap',
    breaks: ['paging/pages'],
    mistake: asking((query) => query.replace('page=2&number=2', 'page=2&number=1')),
  },
  {
    name: 'a page size that is not served is answered with 400',
    breaks: ['paging/too-large'],
    mutate: (exchange) => (exchange.response.status === 413 ? withStatus(exchange, 400) : exchange),
  },
  {
    name: 'a page behind the last one is answered with 404',
    breaks: ['paging/behind'],
    mutate: (exchange) => (pageOf(exchange.request.url) === 1000 ? withStatus(exchange, 404) : exchange),
  },
  {
    name: 'the last page is repeated for ever',
    breaks: ['paging/behind'],
    mistake: asking((query) => query.replace('page=1000', 'page=2')),
  },
  {
    name: 'number alone is overlooked',
    breaks: ['paging/alone'],
    mistake: asking((query) => (query.startsWith('number=') ? '' : query)),
  },
  {
    name: 'a page that is no number is the first',
    breaks: ['paging/numbers'],
    mistake: asking((query) => query.replace('page=x', 'page=1')),
  },
  {
    name: 'pages are cut before filters are looked at',
    breaks: ['paging/after-filter'],
    mistake: (request) =>
      /[?&]number=1$/.test(request.url)
        ? { ...request, headers: without(request.headers, 'X-OCCI-Attribute') }
        : request,
  },
];
