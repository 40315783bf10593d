import { type Mutation, withBody, withStatus } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, pathOf, said } from './exchanges.ts';

const own = /^\/conformance\//;
const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;

/** Changes what entities show. */
const shown = (change: (text: string) => string, path = entityPath) =>
  onAnswers('GET', path, (exchange) => withBody(exchange, change));

/** Changes what the query interface shows. */
const described = (change: (text: string) => string) =>
  onAnswers('GET', /\/-\/$/, (exchange) => withBody(exchange, change));

/** Changes what the collections of mixins of clients show. */
const listed = (change: (text: string) => string) => onAnswers('GET', own, (exchange) => withBody(exchange, change));

/** Looks, in place of doing what a request asks for. */
const idle = (method: string, path: RegExp) =>
  onRequests(method, path, ({ headers, ...request }) => ({
    ...request,
    method: 'GET',
    headers: headers.filter(([name]) => name !== 'Content-Type'),
    body: new Uint8Array(),
  }));

/** Faults with mixins. */
export const mixinMutations: readonly Mutation[] = [
  {
    name: 'tags are put on resources only',
    breaks: ['mixins/tag', 'mixins/kinds-mix'],
    mutate: onAnswers('POST', own, (exchange) =>
      said(exchange.request).includes('/networkinterface/') ? withStatus(exchange, 400) : exchange,
    ),
  },
  {
    name: 'entities do not show their tags',
    breaks: ['mixins/tag'],
    also: ['mixin/associate'],
    mutate: shown((text) => text.replace(/^Category: conformance-.*\n/m, '')),
  },
  {
    name: 'mixins of clients are not listed',
    breaks: ['mixins/of-clients'],
    also: ['query-interface/add', 'query-interface/add-again', 'model/same-in-all-renderings'],
    mutate: described((text) => text.replace(/^Category: conformance-.*\n?/gm, '')),
  },
  {
    name: 'mixins of clients are not removed',
    breaks: ['mixins/of-clients'],
    also: ['query-interface/well-known-change', 'query-interface/remove'],
    mistake: idle('DELETE', /\/-\/$/),
  },
  {
    name: 'the collection of a mixin shows no links',
    breaks: ['mixins/kinds-mix'],
    mutate: listed((text) => text.replace(/^.*\/networkinterface\/.*\n?/gm, '')),
  },
  {
    name: 'the collection of a mixin is always empty',
    breaks: ['mixins/kinds-mix', 'mixins/members-change'],
    also: ['mixin/associate', 'mixin/replace', 'mixin/dissociate', 'uri-list/association'],
    mutate: listed(() => ''),
  },
  {
    name: 'a mixin is never taken off',
    breaks: ['mixins/members-change'],
    also: ['mixin/dissociate', 'mixin/dissociate-all'],
    mistake: idle('DELETE', own),
  },
  {
    name: 'an entity with a mixin leaves the collection of its kind',
    breaks: ['mixins/members-change'],
    also: [
      'collection/list',
      'text-collection/locations',
      'uri-list/lines',
      'identity/in-collection',
      'identity/whole-item-part',
    ],
    mutate: onAnswers('GET', /^\/network\/$/, (exchange) => withBody(exchange, () => '')),
  },
  {
    name: 'a mixin that is added again gets another title',
    breaks: ['mixins/title-is-kept'],
    mutate: retitling(),
  },
  {
    name: 'the attributes of a mixin are not shown',
    breaks: ['mixins/adds-attributes'],
    also: ['infrastructure/ipnetwork-shown'],
    mutate: shown((text) => text.replace(/^X-OCCI-Attribute: occi\.network\.address=.*\n?/m, '')),
  },
  {
    name: 'the attributes of a mixin are not taken',
    breaks: ['mixins/adds-attributes'],
    mutate: onAnswers('POST', entityPath, (exchange) =>
      said(exchange.request).includes('occi.network.address') ? withStatus(exchange, 400) : exchange,
    ),
  },
  {
    name: 'all networks have the same address',
    breaks: ['mixins/values-apart'],
    mutate: sharing(),
  },
  {
    name: 'a mixin is put on kinds that it does not apply to',
    breaks: ['mixins/applies'],
    mutate: shown(
      (text) =>
        `Category: ipnetwork; scheme="http://schemas.ogf.org/occi/infrastructure/network#"; class="mixin"\n${text}`,
      /^\/storage\/./,
    ),
  },
  {
    name: 'a mixin that does not apply is a conflict',
    breaks: ['mixins/bad-request'],
    mutate: (exchange) =>
      /ipnetwork/.test(said(exchange.request) + exchange.request.url) && exchange.response.status >= 400
        ? withStatus(exchange, 409)
        : exchange,
  },
  {
    name: 'a mixin is put on a type',
    breaks: ['mixins/not-on-types'],
    mutate: (exchange) =>
      exchange.request.method === 'POST' &&
      said(exchange.request).includes('/conformance/') &&
      own.test(pathOf(exchange.request))
        ? withStatus(exchange, 200)
        : exchange,
  },
  {
    name: 'a mixin does not list an attribute it brings',
    breaks: ['mixins/lists-attributes'],
    also: ['infrastructure/ipnetwork'],
    mutate: described((text) => text.replace(' occi.network.gateway', '')),
  },
  {
    name: 'what a mixin depends on brings nothing',
    breaks: ['mixins/depends'],
    dialect: inJson,
    mutate: described((text) =>
      text.replace(
        /("term":"conformance-[^{}]*?)"location"/g,
        '$1"depends":["http://schemas.ogf.org/occi/infrastructure/network#ipnetwork"],"location"',
      ),
    ),
  },
];

/** Takes the title of whoever came last. */
function retitling(): NonNullable<Mutation['mutate']> {
  let title: string | undefined;
  return (exchange) => {
    const { request } = exchange;
    if (request.method === 'POST' && pathOf(request) === '/-/') title = /title="([^"]*)"/.exec(said(request))?.[1];
    if (title === undefined) return exchange;
    const titled = (text: string) => text.replace(/(Category: conformance-.*? title=")[^"]*/g, `$1${title}`);
    return described(titled)(exchange);
  };
}

/** Keeps the address of a network with the mixin that brings it. */
function sharing(): NonNullable<Mutation['mutate']> {
  let address: string | undefined;
  return (exchange) => {
    const { request } = exchange;
    if (request.method === 'POST') address = /network\.address="([^"]*)"/.exec(said(request))?.[1] ?? address;
    return shown((text) => {
      const isAddressed = text.includes('Category: ipnetwork;') && !text.includes('network.address=');
      return isAddressed && address !== undefined
        ? `${text}\nX-OCCI-Attribute: occi.network.address="${address}"`
        : text;
    })(exchange);
  };
}
