import { type Mutation, withBody } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, saying } from './exchanges.ts';

const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;

/** Changes what entities show. */
const shown = (change: (text: string) => string, path = entityPath) =>
  onAnswers('GET', path, (exchange) => withBody(exchange, change));

/** Changes what the query interface shows. */
const described = (change: (text: string) => string) =>
  onAnswers('GET', /\/-\/$/, (exchange) => withBody(exchange, change));

/** Without the lines that begin in a certain way. */
const lacking = (text: string, start: string) =>
  text
    .split('\n')
    .filter((line) => !line.startsWith(start))
    .join('\n');

/** A mixin is put on networks, which it does not apply to. */
const misplaced = (term: string, scheme: string): Mutation => {
  return {
    name: `${term} is put on networks, too`,
    breaks: [`infrastructure/${term}-applies`],
    mistake: onRequests('POST', /^\/network\/$/, (request) =>
      saying(request, (text) => lacking(text, `Category: ${term};`)),
    ),
    mutate: shown((text) => `Category: ${term}; scheme="${scheme}"; class="mixin"\n${text}`, /^\/network\/./),
  };
};

/** Faults with the mixins of the infrastructure. */
export const infrastructureMixinMutations: readonly Mutation[] = [
  ...(
    [
      ['ipnetwork', 'occi.network.gateway'],
      ['ipnetworkinterface', 'occi.networkinterface.allocation'],
      ['ssh_key', 'occi.credentials.ssh.publickey'],
      ['user_data', 'occi.compute.userdata'],
    ] as const
  ).flatMap(([term, attribute]): readonly Mutation[] => [
    {
      name: `${term} does not list ${attribute}`,
      breaks: [`infrastructure/${term}`],
      also: ['mixins/lists-attributes'],
      mutate: described((text) => text.replace(new RegExp(`${attribute}(?=[ {"])`), 'org.example.other')),
    },
    {
      name: `${attribute} is not shown`,
      breaks: [`infrastructure/${term}-shown`],
      mutate: shown((text) => lacking(text, `X-OCCI-Attribute: ${attribute}=`)),
    },
    {
      name: `entities do not show ${term}`,
      breaks: [`infrastructure/${term}-shown`],
      also: term === 'ipnetwork' ? ['mixins/adds-attributes'] : [],
      mutate: shown((text) => lacking(text, `Category: ${term};`)),
    },
  ]),
  {
    name: 'ssh_key is not supported',
    breaks: ['infrastructure/ssh_key'],
    also: ['model/same-in-all-renderings'],
    mutate: described((text) => lacking(text, 'Category: ssh_key;')),
  },
  {
    name: 'ipnetwork applies to everything',
    breaks: ['infrastructure/ipnetwork-applies'],
    dialect: inJson,
    mutate: described((text) => text.replace(/"applies":\["[^"]*#network"\],?/, '')),
  },
  {
    name: 'ipnetworkinterface applies to networks',
    breaks: ['infrastructure/ipnetworkinterface-applies'],
    dialect: inJson,
    mutate: described((text) => text.replace(/("applies":\["[^"]*#)networkinterface"/, '$1network"')),
  },
  misplaced('ssh_key', 'http://schemas.ogf.org/occi/infrastructure/credentials#'),
  misplaced('user_data', 'http://schemas.ogf.org/occi/infrastructure/compute#'),
];
