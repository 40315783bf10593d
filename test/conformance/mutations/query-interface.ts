import type { Exchange, WireRequest } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, without, withStatus } from '../mutation.ts';

const isAt =
  (method: string, place: RegExp) =>
  ({ request }: Exchange): boolean =>
    request.method === method && place.test(new URL(request.url).pathname);

const queried = isAt('GET', /\/-\/$/);
const isEntity = isAt('GET', /\/[0-9a-f-]{36}$/);
const oneOne = { version: '1.1', rendering: 'text/plain' } as const;

const lines = (exchange: Exchange, keep: (line: string) => boolean) =>
  withBody(exchange, (text) => text.split('\n').filter(keep).join('\n'));

const isFiltered = ({ headers }: Pick<WireRequest, 'headers'>) => headers.some(([name]) => name === 'Category');

const unfiltered = (request: WireRequest): WireRequest =>
  request.method === 'GET' ? { ...request, headers: without(request.headers, 'Category') } : request;

/** Shows a mixin that was removed on every entity. */
function keeping(): (exchange: Exchange) => Exchange {
  let removed = '';
  return (exchange) => {
    if (isAt('DELETE', /\/-\/$/)(exchange)) removed = new TextDecoder().decode(exchange.request.body);
    return isEntity(exchange) ? withBody(exchange, (text) => `${removed}\n${text}`) : exchange;
  };
}

/** Faults of query interfaces. */
export const queryInterfaceMutations: readonly Mutation[] = [
  {
    name: 'the query interface leaves out the kind link',
    breaks: ['query-interface/is-there'],
    also: [
      'text-category/one-each',
      'model/references',
      'model/same-in-all-renderings',
      'model/core-kinds',
      'model/inheritance',
    ],
    mutate: (exchange) => (queried(exchange) ? lines(exchange, (line) => !/^Category: link;/.test(line)) : exchange),
  },
  {
    name: 'the well-known path lists fewer mixins',
    breaks: ['query-interface/well-known'],
    mutate: (exchange) =>
      isAt('GET', /^\/\.well-known/)(exchange) ? lines(exchange, (line) => !/^Category: os_tpl;/.test(line)) : exchange,
  },
  {
    name: 'the well-known path is for reading only',
    breaks: ['query-interface/well-known-change'],
    mistake: (request) =>
      request.method === 'DELETE' && request.url.includes('.well-known') ? { ...request, method: 'PUT' } : request,
  },
  {
    name: 'the query interface lists no actions',
    breaks: ['query-interface/complete'],
    also: ['model/actions'],
    dialect: oneOne,
    mutate: (exchange) => (queried(exchange) ? lines(exchange, (line) => !line.includes('class="action"')) : exchange),
  },
  {
    name: 'a filter by category is not looked at',
    breaks: ['query-interface/filter', 'query-interface/filter-unknown'],
    mistake: unfiltered,
  },
  {
    name: 'a filter by category is not looked at, in 1.1',
    breaks: ['query-interface/filter-exact', 'query-interface/filter-alone'],
    also: ['path/filter', 'filter/category'],
    dialect: oneOne,
    mistake: unfiltered,
  },
  {
    name: 'a filter by a kind leaves the kind out',
    breaks: ['query-interface/filter-exact'],
    mutate: (exchange) =>
      queried(exchange) && isFiltered(exchange.request)
        ? lines(exchange, (line) => !/^Category: (?:network|storage|compute);/.test(line))
        : exchange,
  },
  {
    name: 'a filter by a kind shows it without attributes',
    breaks: ['query-interface/filter-alone'],
    dialect: oneOne,
    mutate: (exchange) =>
      queried(exchange) && isFiltered(exchange.request)
        ? withBody(exchange, (text) => text.replace(/ attributes="[^"]*";?/g, ''))
        : exchange,
  },
  {
    name: 'PUT of a category is answered with 200',
    breaks: ['query-interface/put'],
    mutate: (exchange) => (isAt('PUT', /\/-\/$/)(exchange) ? withStatus(exchange, 200) : exchange),
  },
  {
    name: 'a mixin that is added is answered with 201',
    breaks: ['query-interface/add'],
    mutate: (exchange) =>
      isAt('POST', /\/-\/$/)(exchange) && exchange.response.status === 200 ? withStatus(exchange, 201) : exchange,
  },
  {
    name: 'a mixin that is added is forgotten',
    breaks: ['query-interface/add', 'query-interface/add-again'],
    also: ['model/same-in-all-renderings', 'mixins/of-clients'],
    mutate: (exchange) => (queried(exchange) ? lines(exchange, (line) => !/conformance-/.test(line)) : exchange),
  },
  {
    name: 'a mixin that is added is listed as a kind',
    breaks: ['query-interface/add'],
    also: ['model/inheritance'],
    mutate: (exchange) =>
      queried(exchange)
        ? withBody(exchange, (text) => text.replace(/(conformance-.*)class="mixin"/g, '$1class="kind"'))
        : exchange,
  },
  {
    name: 'a mixin that is added twice is listed twice',
    breaks: ['query-interface/add-again'],
    also: ['text-category/one-each', 'model/unique'],
    mutate: (exchange) =>
      queried(exchange)
        ? withBody(exchange, (text) => text.replace(/^Category: conformance-.*$/gm, '$&\n$&'))
        : exchange,
  },
  {
    name: 'a mixin that is added twice is a fault of the server',
    breaks: ['query-interface/add-again'],
    mutate: (exchange) =>
      isAt('POST', /\/-\/$/)(exchange) && exchange.response.status === 409 ? withStatus(exchange, 500) : exchange,
  },
  {
    name: 'a mixin that is removed is answered with 204',
    breaks: ['query-interface/remove'],
    mutate: (exchange) =>
      isAt('DELETE', /^\/-\/$/)(exchange) && exchange.response.status === 200 ? withStatus(exchange, 204) : exchange,
  },
  {
    name: 'a mixin that is removed stays',
    breaks: ['query-interface/remove', 'query-interface/well-known-change'],
    also: ['mixins/of-clients'],
    mistake: (request) =>
      request.method === 'DELETE' && request.url.endsWith('/-/')
        ? { ...request, method: 'GET', headers: without(request.headers, 'Category') }
        : request,
  },
  {
    name: 'entities keep a mixin that is removed',
    breaks: ['query-interface/remove-from-members'],
    dialect: oneOne,
    mutate: keeping(),
  },
  {
    name: 'removing a mixin of the provider is answered with 400',
    breaks: ['query-interface/remove-foreign'],
    dialect: oneOne,
    mutate: (exchange) => (exchange.response.status === 403 ? withStatus(exchange, 400) : exchange),
  },
];
