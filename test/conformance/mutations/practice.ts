import { type Mutation, withBody, withHeader, without, withStatus } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, pathOf, saying } from './exchanges.ts';

const inHeaders = { version: '1.2', rendering: 'text/occi' } as const;

/** Faults with what no document states. */
export const practiceMutations: readonly Mutation[] = [
  {
    name: 'the length of answers is one too small',
    breaks: ['practice/headers'],
    mutate: onAnswers('GET', entityPath, (exchange) =>
      withHeader(exchange, 'Content-Length', String(exchange.response.body.length - 1)),
    ),
  },
  {
    name: 'header fields have control characters',
    breaks: ['practice/headers'],
    mutate: onAnswers('GET', entityPath, (exchange) => withHeader(exchange, 'X-Title', 'a\u0007b')),
  },
  {
    name: 'errors have no Content-Type',
    breaks: ['practice/headers', 'practice/errors'],
    mutate: (exchange) => (exchange.response.status === 404 ? withHeader(exchange, 'Content-Type') : exchange),
  },
  {
    name: 'lists in Content-Type are not understood',
    breaks: ['practice/request-type'],
    mutate: (exchange) =>
      exchange.request.headers.some(([, value]) => value === 'text/plain,text/occi')
        ? withStatus(exchange, 406)
        : exchange,
  },
  {
    name: 'requests without Content-Type are refused',
    breaks: ['practice/request-type'],
    mutate: (exchange) =>
      exchange.request.method === 'POST' && !exchange.request.headers.some(([name]) => name === 'Content-Type')
        ? withStatus(exchange, 415)
        : exchange,
  },
  {
    name: 'errors are pages for people',
    breaks: ['practice/errors'],
    mutate: (exchange) =>
      exchange.response.status === 404
        ? withBody(withHeader(exchange, 'Content-Type', 'text/html'), () => '<html></html>')
        : exchange,
  },
  {
    name: 'errors have header fields of OCCI',
    breaks: ['practice/errors'],
    dialect: inHeaders,
    mutate: (exchange) =>
      exchange.response.status === 404 ? withHeader(exchange, 'X-OCCI-Location', '/network/') : exchange,
  },
  {
    name: 'what is known of a refused update is carried out',
    breaks: ['practice/refused'],
    mutate: losing(),
  },
  {
    name: 'a collection without its final slash is redirected',
    breaks: ['practice/no-redirect'],
    mutate: (exchange) => (pathOf(exchange.request) === '/network' ? withStatus(exchange, 301) : exchange),
  },
  {
    name: 'the location of a new entity is a path',
    breaks: ['practice/same-url'],
    mutate: (exchange) => {
      const [, url] = exchange.response.headers.find(([name]) => name.toLowerCase() === 'location') ?? [];
      return url === undefined ? exchange : withHeader(exchange, 'Location', new URL(url).pathname);
    },
  },
  {
    name: 'collections list URLs under another name of the host',
    breaks: ['practice/same-url'],
    mutate: onAnswers('GET', /^\/network\/$/, (exchange) =>
      withBody(exchange, (text) => text.replaceAll('127.0.0.1', 'localhost')),
    ),
  },
  {
    name: 'escaped letters in paths are not understood',
    breaks: ['practice/escapes'],
    mutate: (exchange) => (exchange.request.url.includes('%') ? withStatus(exchange, 404) : exchange),
  },
  {
    name: 'text outside ASCII is taken for Latin-1',
    breaks: ['practice/utf-8'],
    mistake: onRequests('POST', /^\/network\/$/, (request) =>
      saying(request, (text) => Buffer.from(text).toString('latin1')),
    ),
  },
  {
    name: 'text does not say in which charset it is',
    breaks: ['practice/charset'],
    also: ['text-collection/renderings', 'text-plain/other-name', 'uri-list/lines', 'model/same-in-all-renderings'],
    mutate: (exchange) => withHeader(exchange, 'Content-Type', 'text/plain'),
  },
  {
    name: 'the charset of requests is not looked at',
    breaks: ['practice/charset'],
    mistake: (request) => ({
      ...request,
      headers: request.headers.map(([name, value]) => [name, value.replace('; charset=utf-16', '')]),
    }),
  },
  {
    name: 'HEAD is not allowed',
    breaks: ['practice/methods'],
    mutate: (exchange) => (exchange.request.method === 'HEAD' ? withStatus(exchange, 405) : exchange),
  },
  {
    name: 'OPTIONS does not say which methods there are',
    breaks: ['practice/methods'],
    also: ['status/allow'],
    mutate: (exchange) => withHeader(exchange, 'Allow'),
  },
  {
    name: 'methods that OCCI has not are taken for GET',
    breaks: ['practice/methods'],
    mistake: onRequests('PATCH', /./, (request) => ({
      ...request,
      method: 'GET',
      headers: without(request.headers, 'Content-Type'),
    })),
  },
];

/** Shows the title of a refused update. */
function losing(): NonNullable<Mutation['mutate']> {
  const refused = new Set<string>();
  return (exchange) => {
    const { request, response } = exchange;
    const path = pathOf(request);
    if (request.method === 'POST' && response.status >= 400) refused.add(path);
    if (request.method !== 'GET' || !refused.has(path)) return exchange;
    return withBody(exchange, (text) => text.replace(/occi\.core\.title="kept-[^"]*"/, 'occi.core.title="lost"'));
  };
}
