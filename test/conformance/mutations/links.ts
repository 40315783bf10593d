import type { WireRequest } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, withStatus } from '../mutation.ts';
import { onAnswers, onRequests, said } from './exchanges.ts';

/** Looks, in place of doing what a request asks for. */
const idle = (method: string, path: RegExp) => onRequests(method, path, (request) => ({ ...request, method: 'GET' }));

/** Answers the creation of a link that is refused as if it had been made. */
const obliging = (isMeant: (text: string) => boolean): NonNullable<Mutation['mutate']> => {
  return (exchange) => {
    const isLink = exchange.request.method === 'POST' && exchange.request.url.endsWith('/networkinterface/');
    return isLink && isMeant(said(exchange.request)) ? withStatus(exchange, 201) : exchange;
  };
};

const isElsewhere = (request: WireRequest) => /target="http:\/\/conformance\.example\.org/.test(said(request));

/** Faults with links. */
export const linkMutations: readonly Mutation[] = [
  {
    name: 'a link does not show where it leads',
    breaks: ['links/ends'],
    also: ['text-link/model-attributes'],
    mutate: onAnswers('GET', /^\/networkinterface\/./, (exchange) =>
      withBody(exchange, (text) => text.replace(/^X-OCCI-Attribute: occi\.core\.target=.*\n/m, '')),
    ),
  },
  {
    name: 'a link shows its target as its source',
    breaks: ['links/ends'],
    also: ['text-link/model-attributes'],
    mutate: onAnswers('GET', /^\/networkinterface\/./, (exchange) =>
      withBody(exchange, (text) => text.replace(/core\.source="[^"]*"/, 'core.source="/network/1"')),
    ),
  },
  {
    name: 'a link may lead nowhere',
    breaks: ['links/needs-target'],
    mutate: obliging((text) => !text.includes('occi.core.target')),
  },
  {
    name: 'a link may start somewhere else',
    breaks: ['links/source-is-here'],
    mutate: obliging((text) => text.includes('source="http://conformance.example.org')),
  },
  {
    name: 'a link may start at a link',
    breaks: ['links/source-is-here'],
    mutate: obliging((text) => text.includes('source="/networkinterface/')),
  },
  {
    name: 'a link leads nowhere else',
    breaks: ['links/target-elsewhere'],
    mutate: (exchange) => (isElsewhere(exchange.request) ? withStatus(exchange, 400) : exchange),
  },
  {
    name: 'a link leads somewhere else in OCCI 1.1',
    breaks: ['links/target-is-here'],
    dialect: { version: '1.1', rendering: 'text/plain' },
    mutate: (exchange) => (isElsewhere(exchange.request) ? withStatus(exchange, 201) : exchange),
  },
  {
    name: 'a resource does not show its links',
    breaks: ['links/shown-by-source'],
    also: ['text-link/says-where', 'infrastructure/compute-shows-actions'],
    patienceMs: 1000,
    mutate: onAnswers('GET', /^\/compute\/./, (exchange) =>
      withBody(exchange, (text) => text.replace(/^Link: .*\n?/gm, '')),
    ),
  },
  {
    name: 'a link that is deleted stays',
    breaks: ['links/removed'],
    mistake: idle('DELETE', /^\/networkinterface\/./),
  },
  {
    name: 'the links of a resource outlive it',
    breaks: ['links/cascade'],
    mistake: idle('DELETE', /^\/compute\/./),
  },
];
