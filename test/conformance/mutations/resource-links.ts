import { type Mutation, withBody, withStatus } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, said, saying } from './exchanges.ts';

const dialect = { version: '1.1', rendering: 'text/plain' } as const;

const linkless = (text: string) => text.replace(/^Link: .*\n?/gm, '');

/** Faults with links. */
export const resourceLinkMutations: readonly Mutation[] = [
  {
    name: 'links are lost when a resource is replaced',
    breaks: ['put/keeps-links'],
    mutate: onAnswers('GET', /^\/compute\/[^/]+$/, (exchange) =>
      new TextDecoder().decode(exchange.response.body).includes('replaced-') ? withBody(exchange, linkless) : exchange,
    ),
  },
  {
    name: 'a full update takes links',
    breaks: ['put/link-refused'],
    also: ['put/leaves-out'],
    dialect,
    mistake: onRequests('PUT', entityPath, (request) => ({ ...request, method: 'POST' })),
  },
  {
    name: 'a link in a full update is refused with 409',
    breaks: ['put/link-refused'],
    dialect,
    mutate: (exchange) =>
      exchange.request.method === 'PUT' && exchange.response.status === 400 ? withStatus(exchange, 409) : exchange,
  },
  {
    name: 'a link on a link is overlooked',
    breaks: ['update/no-link-on-link'],
    dialect,
    mistake: onRequests('POST', /^\/networkinterface\/[^/]+$/, (request) =>
      saying(request, () => 'X-OCCI-Attribute: occi.core.title="x"'),
    ),
  },
  {
    name: 'links in the request for a resource are overlooked',
    breaks: ['link/inline'],
    dialect,
    mistake: onRequests('POST', /^\/compute\/$/, (request) => saying(request, linkless)),
  },
  {
    name: 'the answer to a creation tells of the links, too',
    breaks: ['link/inline'],
    dialect,
    mutate: onAnswers('POST', /^\/compute\/$/, (exchange) =>
      said(exchange.request).includes('Link:')
        ? withBody(exchange, () => 'X-OCCI-Location: http://localhost/networkinterface/1\n')
        : exchange,
    ),
  },
  {
    name: 'a resource does not show its links',
    breaks: ['link/inline', 'link/shown'],
    also: ['text-link/says-where', 'links/shown-by-source', 'infrastructure/compute-shows-actions'],
    dialect,
    patienceMs: 1000,
    mutate: onAnswers('GET', /^\/compute\/[^/]+$/, (exchange) => withBody(exchange, linkless)),
  },
  {
    name: 'source and target of links are mixed up',
    breaks: ['link/inline', 'link/made'],
    also: ['links/ends'],
    dialect,
    mutate: onAnswers('GET', /^\/networkinterface\/[^/]+$/, (exchange) =>
      withBody(exchange, (text) =>
        text.replace(
          /occi\.core\.(source|target)=/g,
          (_, end) => `occi.core.${end === 'source' ? 'target' : 'source'}=`,
        ),
      ),
    ),
  },
  {
    name: 'a link without a target leads nowhere',
    breaks: ['link/target-needed'],
    also: ['links/needs-target', 'links/source-is-here'],
    dialect,
    mutate: (exchange) =>
      exchange.request.method === 'POST' &&
      /networkinterface\/$/.test(exchange.request.url) &&
      exchange.response.status === 400
        ? withStatus(
            withBody(exchange, () => 'X-OCCI-Location: /networkinterface/none'),
            201,
          )
        : exchange,
  },
  {
    name: 'a link that is deleted remains',
    breaks: ['delete/link'],
    also: ['links/removed'],
    dialect,
    mistake: onRequests('DELETE', /^\/networkinterface\/[^/]+$/, (request) => ({ ...request, method: 'GET' })),
  },
];
