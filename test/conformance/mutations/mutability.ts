import { type Mutation, withBody, withStatus } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, said, saying } from './exchanges.ts';
import { remembering } from './identity.ts';

const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;

/** Changes what entities show. */
const shown = (change: (text: string) => string) =>
  onAnswers('GET', entityPath, (exchange) => withBody(exchange, change));

/** Faults with attributes. */
export const mutabilityMutations: readonly Mutation[] = [
  {
    name: 'a label that a creation gives is forgotten',
    breaks: ['mutability/at-creation'],
    mistake: onRequests('POST', /^\/network\/$/, (request) =>
      saying(request, (text) => text.replace(/^X-OCCI-Attribute: occi\.network\.label=.*\n?/m, '').trim()),
    ),
  },
  {
    name: 'a creation with a title is refused',
    breaks: ['mutability/at-creation'],
    mutate: (exchange) => {
      const isCreation = exchange.request.method === 'POST' && exchange.request.url.endsWith('/network/');
      return isCreation && said(exchange.request).includes('Given at creation') ? withStatus(exchange, 400) : exchange;
    },
  },
  {
    name: 'updates change nothing',
    breaks: ['mutability/later'],
    patienceMs: 1000,
    also: [
      'update/partial',
      'action/invoke',
      'action/unknown',
      'mixins/adds-attributes',
      'infrastructure/compute-states',
      'infrastructure/network-states',
      'infrastructure/storage-states',
      'infrastructure/save-answers',
      'infrastructure/save',
    ],
    mistake: onRequests('POST', entityPath, ({ headers, ...request }) => ({
      ...request,
      method: 'GET',
      headers: headers.filter(([name]) => name !== 'Content-Type'),
      body: new Uint8Array(),
    })),
  },
  {
    name: 'a state is what the creation says it is',
    breaks: ['mutability/server-owned'],
    mutate: creating('error'),
  },
  {
    name: 'a state can be changed',
    breaks: ['mutability/immutable'],
    mutate: remembering('occi.network.state', 'error'),
  },
  {
    name: 'a number that is none is dropped',
    breaks: ['mutability/type'],
    mistake: onRequests('POST', /\/$/, (request) =>
      saying(request, (text) => text.replace(/^X-OCCI-Attribute: .*="forty"\n?/m, '').trim()),
    ),
  },
  {
    name: 'a required attribute is filled in',
    breaks: ['mutability/required'],
    mistake: onRequests('POST', /^\/storage\/$/, (request) =>
      saying(request, (text) =>
        text.includes('storage.size') ? text : `${text}\nX-OCCI-Attribute: occi.storage.size=1`,
      ),
    ),
  },
  {
    name: 'defaults are not filled in',
    breaks: ['mutability/default'],
    also: ['templates/win-over-sizes', 'templates/resize', 'crtp/applied-at-creation', 'crtp/applied-later'],
    mutate: shown((text) => text.replace(/^X-OCCI-Attribute: occi\.compute\.cores=.*\n/m, '')),
  },
  {
    name: 'attributes are nested',
    breaks: ['mutability/flat'],
    dialect: inJson,
    mutate: shown((text) => text.replace(/"occi\.network\.label":("[^"]*")/, '"occi":{"network":{"label":$1}}')),
  },
  {
    name: 'networks have no summary',
    breaks: ['mutability/at-creation', 'mutability/later', 'mutability/inherited'],
    also: ['update/partial', 'text-entity/model-attributes', 'text-request/grammar'],
    mutate: shown((text) => text.replace(/^X-OCCI-Attribute: occi\.core\.summary=.*\n?/m, '')),
  },
];

/** Shows the state that a creation named. */
function creating(state: string): NonNullable<Mutation['mutate']> {
  let isNext = false;
  return (exchange) => {
    const { request } = exchange;
    if (request.method === 'POST' && request.url.endsWith('/network/')) isNext = said(request).includes(`"${state}"`);
    if (!isNext) return exchange;
    return request.method === 'POST'
      ? exchange
      : shown((text) => text.replace(/(network\.state=)"[^"]*"/, `$1"${state}"`))(exchange);
  };
}
