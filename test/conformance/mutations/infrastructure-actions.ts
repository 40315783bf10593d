import { type Mutation, withBody, withStatus } from '../mutation.ts';
import { onAnswers } from './exchanges.ts';

/** Changes what the query interface shows. */
const described = (change: (text: string) => string) =>
  onAnswers('GET', /\/-\/$/, (exchange) => withBody(exchange, change));

/** Looks, in place of invoking an action. */
const idle = (action: string): NonNullable<Mutation['mistake']> => {
  return ({ headers, ...request }) => {
    if (!request.url.endsWith(`?action=${action}`)) return { headers, ...request };
    const fields = headers.filter(([name]) => name !== 'Content-Type');
    return { ...request, method: 'GET', url: request.url.replace(/\?.*/, ''), headers: fields, body: new Uint8Array() };
  };
};

/** What the checks of actions of any kind see of a fault of networks, which they are made with. */
const ofNetworks = (term: string, ...ids: readonly string[]) => (term === 'network' ? ids : []);

const one = (term: string, action: string, others: readonly string[]): readonly Mutation[] => [
  {
    name: `the kind ${term} does not have the action ${action}`,
    breaks: [`infrastructure/${term}-actions`],
    also: ['text-category/actions', 'text-category/one-each', 'model/actions', 'model/actions-have-owners'],
    mutate: described((text) =>
      text.replace(new RegExp(`(?<=^Category: ${term};.*?)\\S*/action#${action}(?= |")`, 'm'), 'http:'),
    ),
  },
  {
    name: `a ${term} does not show its actions`,
    breaks: [`infrastructure/${term}-shows-actions`],
    also: ofNetworks(term, 'text-action/offered'),
    patienceMs: 1000,
    mutate: onAnswers('GET', new RegExp(`^/${term}/.`), (exchange) =>
      withBody(exchange, (text) => text.replace(/^Link: .*\?action=.*\n?/gm, '')),
    ),
  },
  ...[action, ...others].map((name): Mutation => {
    return {
      name: `${name} does nothing to a ${term}`,
      breaks: [`infrastructure/${term}-states`],
      also: name === action ? ofNetworks(term, 'action/invoke', 'action/collection') : [],
      patienceMs: 1000,
      mistake: idle(name),
    };
  }),
  {
    name: `${action} is refused by a ${term}`,
    breaks: [`infrastructure/${term}-states`],
    also: ofNetworks(term, 'action/invoke', 'action/collection'),
    patienceMs: 1000,
    mutate: (exchange) =>
      exchange.request.url.includes(`/${term}/`) && exchange.request.url.endsWith(`?action=${action}`)
        ? withStatus(exchange, 400)
        : exchange,
  },
];

/** Faults with the actions of the infrastructure. */
export const infrastructureActionMutations: readonly Mutation[] = [
  ...one('compute', 'suspend', ['stop']),
  ...one('network', 'down', ['up']),
  ...one('storage', 'offline', ['online']),
  {
    name: 'restart fails',
    breaks: ['infrastructure/compute-states'],
    mutate: (exchange) => (exchange.request.url.endsWith('?action=restart') ? withStatus(exchange, 500) : exchange),
  },
  {
    name: 'an action does not list its parameter',
    breaks: ['infrastructure/parameters'],
    mutate: described((text) => text.replace(/^(Category: stop;.*?) attributes="method"/m, '$1')),
  },
  {
    name: 'save is answered with the machine',
    breaks: ['infrastructure/save-answers'],
    mutate: (exchange) =>
      exchange.request.url.endsWith('?action=save')
        ? withBody(
            exchange,
            (text) => `Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\n${text}`,
          )
        : exchange,
  },
  {
    name: 'save is answered with nothing',
    breaks: ['infrastructure/save-answers'],
    mutate: (exchange) => (exchange.request.url.endsWith('?action=save') ? withBody(exchange, () => 'OK') : exchange),
  },
  {
    name: 'a saved template is not offered',
    breaks: ['infrastructure/save'],
    mutate: described((text) => text.replace(/^Category: image-.*\n?/gm, '')),
  },
  {
    name: 'a saved template depends on nothing',
    breaks: ['infrastructure/save'],
    mutate: described((text) => text.replace(/^(Category: image-.*?) rel="[^"]*";/gm, '$1')),
  },
  {
    name: 'a saved template goes with the machine',
    breaks: ['infrastructure/save'],
    mutate: forgetting(),
  },
];

/** Forgets templates when a machine is deleted. */
function forgetting(): NonNullable<Mutation['mutate']> {
  let isDeleted = false;
  return (exchange) => {
    if (exchange.request.method === 'DELETE' && exchange.request.url.includes('/compute/')) isDeleted = true;
    return isDeleted ? described((text) => text.replace(/^Category: image-.*\n?/gm, ''))(exchange) : exchange;
  };
}
