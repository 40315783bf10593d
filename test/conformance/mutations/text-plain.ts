import { field } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, withHeader, withStatus } from '../mutation.ts';
import { answering, inType } from './text.ts';

/** Faults in the plain rendering. */
export const textPlainMutations: readonly Mutation[] = [
  {
    name: 'text/plain is called text/html',
    breaks: ['text-plain/type'],
    also: [
      'protocol/content-type',
      'practice/errors',
      'practice/charset',
      'text-collection/renderings',
      'model/same-in-all-renderings',
    ],
    mutate: inType('text/plain', (exchange) => withHeader(exchange, 'Content-Type', 'text/html')),
  },
  {
    name: 'text/occi+plain is taken for text/occi',
    breaks: ['text-plain/other-name'],
    mutate: (exchange) => {
      const isIt = field(exchange.request.headers, 'accept') === 'text/occi+plain';
      return isIt ? withBody(withHeader(exchange, 'Content-Type', 'text/occi'), () => 'OK') : exchange;
    },
  },
  {
    name: 'text/occi+plain cannot be asked for',
    breaks: ['text-plain/other-name'],
    mutate: (exchange) => {
      const isIt = field(exchange.request.headers, 'accept') === 'text/occi+plain';
      return isIt ? withStatus(exchange, 406) : exchange;
    },
  },
  {
    name: 'text/occi+plain cannot be sent',
    breaks: ['text-plain/other-name-sent'],
    mistake: (request) => {
      const isIt = field(request.headers, 'content-type') === 'text/occi+plain';
      const headers = request.headers.map(([name, value]) => {
        return [name, name.toLowerCase() === 'content-type' ? 'text/nothing' : value] as const;
      });
      return isIt ? { ...request, headers } : request;
    },
  },
  {
    name: 'entities begin with a title',
    breaks: ['text-plain/lines'],
    also: ['protocol/content-type'],
    mutate: answering('GET', /^\/[^/-].*[^/]$/, (exchange) => withBody(exchange, (text) => `An entity\n${text}`)),
  },
  {
    name: 'lines end in semicolons',
    breaks: ['text-plain/no-semicolon'],
    mutate: (exchange) => withBody(exchange, (text) => text.replace(/class="kind"$/gm, '$&;')),
  },
];
