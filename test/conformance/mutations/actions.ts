import { type Mutation, withStatus } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, pathOf } from './exchanges.ts';

const oneOne = { version: '1.1', rendering: 'text/plain' } as const;

const isAction = ({ url }: { readonly url: string }) => url.includes('?action=');

/** Faults with actions. */
export const actionMutations: readonly Mutation[] = [
  {
    name: 'an action on an entity is answered with 204',
    breaks: ['action/invoke'],
    mutate: onAnswers('POST', /[^/]$/, (exchange) =>
      isAction(exchange.request) ? withStatus(exchange, 204) : exchange,
    ),
  },
  {
    name: 'an action on an entity does nothing',
    breaks: ['action/invoke', 'action/unknown'],
    also: [
      'infrastructure/compute-states',
      'infrastructure/network-states',
      'infrastructure/storage-states',
      'infrastructure/save-answers',
      'infrastructure/save',
    ],
    mutate: (exchange) =>
      isAction(exchange.request) && entityPath.test(pathOf(exchange.request)) ? withStatus(exchange, 200) : exchange,
    patienceMs: 1000,
    mistake: onRequests('POST', entityPath, (request) =>
      isAction(request) ? { ...request, url: request.url.replace(/=.*/, '=none') } : request,
    ),
  },
  {
    name: 'an action that does not exist is answered with 200',
    breaks: ['action/unknown'],
    mutate: (exchange) => (exchange.request.url.includes('action=none') ? withStatus(exchange, 200) : exchange),
  },
  {
    name: 'actions of other kinds are answered with 200',
    breaks: ['action/foreign-collection', 'action/not-available'],
    dialect: oneOne,
    mutate: (exchange) =>
      isAction(exchange.request) && !exchange.request.url.includes('=none') ? withStatus(exchange, 200) : exchange,
  },
  {
    name: 'an action on a collection is answered with 202',
    breaks: ['action/collection'],
    mutate: onAnswers('POST', /\/$/, (exchange) => (isAction(exchange.request) ? withStatus(exchange, 202) : exchange)),
  },
  {
    name: 'an action on a collection does nothing',
    breaks: ['action/collection'],
    patienceMs: 1000,
    mistake: onRequests('POST', /\/$/, (request) =>
      isAction(request) ? { ...request, method: 'GET', url: request.url.replace(/\?.*/, '') } : request,
    ),
  },
];
