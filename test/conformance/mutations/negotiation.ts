import { type Mutation, withHeader, without, withStatus } from '../mutation.ts';

const dialect = { version: '1.1', rendering: 'text/plain' } as const;
const inHeaders = { version: '1.1', rendering: 'text/occi' } as const;

/** Faults with Accept. */
export const negotiationMutations: readonly Mutation[] = [
  {
    name: 'Accept is not looked at',
    breaks: ['negotiation/accept', 'negotiation/not-acceptable'],
    also: [
      'text-link/says-where',
      'text-link/entity',
      'header/type',
      'header/body',
      'text-collection/renderings',
      'text-collection/locations',
      'uri-list/entity',
      'uri-list/categories',
      'uri-list/creation',
    ],
    dialect: inHeaders,
    mistake: (request) => ({ ...request, headers: without(request.headers, 'Accept') }),
  },
  {
    name: 'JSON is what clients get that have no wish',
    breaks: ['negotiation/default'],
    dialect,
    mistake: (request) => {
      const accept = request.headers.find(([name]) => name === 'Accept')?.[1] ?? '*/*';
      if (accept !== '*/*') return request;
      return { ...request, headers: [...without(request.headers, 'Accept'), ['Accept', 'application/occi+json']] };
    },
  },
  {
    name: 'text/occi is what clients get that accept anything',
    breaks: ['negotiation/default'],
    dialect,
    mutate: (exchange) =>
      exchange.request.headers.some(([, value]) => value === '*/*')
        ? withHeader(exchange, 'Content-Type', 'text/occi')
        : exchange,
  },
  {
    name: 'only the first type in Accept is looked at',
    breaks: ['negotiation/alternative'],
    dialect,
    mistake: (request) => ({
      ...request,
      headers: request.headers.map(([name, value]) => [name, name === 'Accept' ? value.replace(/,.*/, '') : value]),
    }),
  },
  {
    name: 'what is not acceptable is sent all the same',
    breaks: ['negotiation/not-acceptable'],
    dialect,
    mistake: (request) => ({
      ...request,
      headers: request.headers.map(([name, value]) => [name, value === 'image/png' ? '*/*' : value]),
    }),
  },
  {
    name: 'what is not acceptable is answered with 415',
    breaks: ['negotiation/not-acceptable'],
    dialect,
    mutate: (exchange) => (exchange.response.status === 406 ? withStatus(exchange, 415) : exchange),
  },
];
