import { type Exchange, field } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, withHeader, withStatus } from '../mutation.ts';

/** Changes the answers that are URI lists, or would be. */
function listing(change: (exchange: Exchange) => Exchange) {
  return (exchange: Exchange): Exchange => {
    return field(exchange.request.headers, 'accept') === 'text/uri-list' ? change(exchange) : exchange;
  };
}

const misuse = (path: RegExp, status: number) =>
  listing((exchange) => (path.test(new URL(exchange.request.url).pathname) ? withStatus(exchange, status) : exchange));

/** Faults of URI lists. */
export const uriListMutations: readonly Mutation[] = [
  {
    name: 'the list is of paths',
    breaks: ['uri-list/lines'],
    mutate: listing((exchange) => withBody(exchange, (text) => text.replace(/^https?:\/\/[^/]*/gm, ''))),
  },
  {
    name: 'the list is called text/plain',
    breaks: ['uri-list/lines'],
    also: ['text-collection/renderings'],
    mutate: listing((exchange) => withHeader(exchange, 'Content-Type', 'text/plain')),
  },
  {
    name: 'the list is on one line',
    breaks: ['uri-list/lines'],
    mutate: listing((exchange) => withBody(exchange, (text) => text.replace(/^(\S*)/, '$1, $1'))),
  },
  {
    name: 'the list has lost its last line',
    breaks: ['uri-list/lines'],
    mutate: listing((exchange) => withBody(exchange, (text) => text.replace(/\n?[^\n]*$/, ''))),
  },
  { name: 'an entity as a list is 406', breaks: ['uri-list/entity'], mutate: misuse(/^\/network\/./, 406) },
  { name: 'an entity is a list', breaks: ['uri-list/entity'], mutate: misuse(/^\/network\/./, 200) },
  { name: 'categories as a list are 406', breaks: ['uri-list/categories'], mutate: misuse(/-\/$/, 406) },
  {
    name: 'a creation that wants a list is carried out',
    breaks: ['uri-list/creation'],
    mistake: (request) => {
      const headers = request.headers.map(([name, value]) => {
        return [name, name === 'Accept' && request.method === 'POST' ? 'text/plain' : value] as const;
      });
      return { ...request, headers };
    },
  },
  {
    name: 'lists are not taken',
    breaks: ['uri-list/association'],
    mutate: (exchange) => {
      const isIt = field(exchange.request.headers, 'content-type') === 'text/uri-list';
      return isIt ? withStatus(exchange, 415) : exchange;
    },
  },
  {
    name: 'lists are ignored',
    breaks: ['uri-list/association'],
    mistake: (request) => {
      const isIt = field(request.headers, 'content-type') === 'text/uri-list';
      return isIt ? { ...request, body: new TextEncoder().encode('# nothing') } : request;
    },
  },
];
