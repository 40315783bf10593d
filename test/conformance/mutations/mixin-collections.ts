import { type Mutation, withBody, withHeader, withStatus } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, pathOf, said, saying } from './exchanges.ts';

const collection = /^\/conformance\//;

const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;

/** The first entity that a request names, alone. */
const onlyFirst = (text: string) => text.split('\n').slice(0, 1).join('\n');

/** Faults with the collections of mixins. */
export const mixinCollectionMutations: readonly Mutation[] = [
  {
    name: 'an association is answered with 204',
    breaks: ['mixin/associate', 'mixin/associate-answer'],
    mutate: onAnswers('POST', collection, (exchange) => withStatus(exchange, 204)),
  },
  {
    name: 'entities do not show the mixins they were associated with',
    breaks: ['mixin/associate'],
    also: ['mixins/tag'],
    mutate: onAnswers('GET', entityPath, (exchange) =>
      withBody(exchange, (text) => text.replace(/^Category: conformance-.*\n/m, '')),
    ),
  },
  {
    name: 'the answer to an association is empty',
    breaks: ['mixin/associate-answer'],
    mutate: onAnswers('POST', collection, (exchange) => withBody(exchange, () => '')),
  },
  {
    name: 'the answer to an association is a collection without members',
    breaks: ['mixin/associate-answer'],
    dialect: inJson,
    mutate: onAnswers('POST', collection, (exchange) => withBody(exchange, () => '{"resources":[]}')),
  },
  {
    name: 'PUT on the location of a mixin adds members',
    breaks: ['mixin/replace', 'mixin/replace-answer'],
    mistake: onRequests('PUT', collection, (request) => ({ ...request, method: 'POST' })),
  },
  {
    name: 'the answer to PUT on the location of a mixin is empty',
    breaks: ['mixin/replace-answer'],
    mutate: onAnswers('PUT', collection, (exchange) => withBody(exchange, () => '')),
  },
  {
    name: 'DELETE on the location of a mixin takes out all members, whatever it names',
    breaks: ['mixin/dissociate'],
    mistake: onRequests('DELETE', collection, (request) => saying(request, () => '')),
  },
  {
    name: 'DELETE without entities on the location of a mixin does nothing',
    breaks: ['mixin/dissociate-all'],
    mistake: onRequests('DELETE', collection, (request) =>
      said(request) === '' ? { ...request, method: 'GET' } : request,
    ),
  },
  {
    name: 'the collection of a mixin is shown with 204 when it is empty',
    breaks: ['mixin/dissociate-all', 'mixin/all-or-nothing'],
    also: ['collection/empty', 'paging/behind', 'model/collections'],
    mutate: onAnswers('GET', collection, (exchange) =>
      exchange.response.body.length === 0 ? withStatus(withHeader(exchange, 'Content-Type'), 204) : exchange,
    ),
  },
  {
    name: 'of several entities only the first is associated',
    breaks: ['mixin/all-or-nothing', 'mixin/dissociate'],
    mistake: onRequests('POST', collection, (request) => saying(request, onlyFirst)),
  },
  {
    name: 'an association of what does not exist is answered with 200',
    breaks: ['mixin/all-or-nothing'],
    also: ['mixins/not-on-types'],
    mutate: (exchange) =>
      exchange.request.method === 'POST' && collection.test(pathOf(exchange.request))
        ? withStatus(exchange, 200)
        : exchange,
  },
];
