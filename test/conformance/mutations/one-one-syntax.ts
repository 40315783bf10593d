import { type Mutation, withBody } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, saying } from './exchanges.ts';

const dialect = { version: '1.1', rendering: 'text/plain' } as const;
const inHeaders = { version: '1.1', rendering: 'text/occi' } as const;

/** Faults with the syntax of 1.1. */
export const oneOneSyntaxMutations: readonly Mutation[] = [
  {
    name: 'of values joined by commas only the first is read',
    breaks: ['one-one/commas'],
    dialect,
    mistake: onRequests('POST', entityPath, (request) => saying(request, (text) => text.replace(/", occi\..*/g, '"'))),
  },
  {
    name: 'of repeated lines only the first is read',
    breaks: ['one-one/commas'],
    also: ['mutability/later'],
    dialect,
    mistake: onRequests('POST', entityPath, (request) =>
      saying(request, (text) => text.split('\n').slice(0, 1).join('\n')),
    ),
  },
  {
    name: 'of repeated header fields only the last is read',
    breaks: ['one-one/commas'],
    dialect: inHeaders,
    mistake: onRequests('POST', entityPath, (request) => ({
      ...request,
      headers: request.headers.filter(
        ([name], at) => name !== 'X-OCCI-Attribute' || request.headers.findLastIndex(([one]) => one === name) === at,
      ),
    })),
  },
  {
    name: 'entities have a structure of their own',
    breaks: ['one-one/structures'],
    dialect,
    mutate: onAnswers('GET', entityPath, (exchange) => withBody(exchange, (text) => `${text}\nX-OCCI-State: new`)),
  },
  {
    name: 'a term begins with a capital letter',
    breaks: ['one-one/lower-case'],
    also: ['model/reserved-schemes'],
    dialect,
    mutate: onAnswers('GET', /\/-\/$/, (exchange) =>
      withBody(exchange, (text) => text.replace('Category: storage;', 'Category: Storage;')),
    ),
  },
  {
    name: 'an attribute has a capital letter',
    breaks: ['one-one/lower-case'],
    also: ['model/standard-attributes'],
    dialect,
    mutate: onAnswers('GET', /\/-\/$/, (exchange) =>
      withBody(exchange, (text) => text.replace('occi.network.vlan', 'occi.network.vLan')),
    ),
  },
  {
    name: 'states are not marked immutable',
    breaks: ['one-one/properties'],
    dialect,
    mutate: onAnswers('GET', /\/-\/$/, (exchange) =>
      withBody(exchange, (text) => text.replace('occi.compute.state{immutable}', 'occi.compute.state')),
    ),
  },
  {
    name: 'the size of a storage is not marked required',
    breaks: ['one-one/properties'],
    dialect,
    mutate: onAnswers('GET', /\/-\/$/, (exchange) =>
      withBody(exchange, (text) => text.replace('occi.storage.size{required}', 'occi.storage.size')),
    ),
  },
];
