import { field } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, withHeader, withStatus } from '../mutation.ts';
import { onAnswers } from './exchanges.ts';

const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;

/** Changes what machines show. */
const shown = (change: (text: string) => string) =>
  onAnswers('GET', /^\/compute\/./, (exchange) => withBody(exchange, change));

/** Changes what the query interface shows. */
const described = (change: (text: string) => string) =>
  onAnswers('GET', /\/-\/$/, (exchange) => withBody(exchange, change));

/** Changes what the server says it is. */
const claiming = (claim: string): NonNullable<Mutation['mutate']> => {
  return (exchange) => {
    const server = field(exchange.response.headers, 'server') ?? '';
    return withHeader(exchange, 'server', server.replace(/OCCI-CRTP\S*/, claim));
  };
};

/** Faults with the profile of templates. */
export const crtpMutations: readonly Mutation[] = [
  {
    name: 'medium has another memory',
    breaks: ['crtp/sizes'],
    dialect: inJson,
    mutate: described((text) => text.replace(/("term":"medium".*?compute\.memory":\{[^}]*"default":)2/, '$13')),
  },
  {
    name: 'there is no large',
    breaks: ['crtp/sizes'],
    also: ['model/same-in-all-renderings'],
    dialect: inJson,
    mutate: described((text) => text.replace('"term":"large"', '"term":"largest"')),
  },
  {
    name: 'mem_small has another disk',
    breaks: ['crtp/memory-sizes'],
    dialect: inJson,
    mutate: described((text) => text.replace(/("term":"mem_small".*?storage\.size":\{[^}]*"default":)10/, '$111')),
  },
  {
    name: 'a template does not list the device of the ephemeral storage',
    breaks: ['crtp/complete'],
    mutate: described((text) => text.replace(' occi.compute.ephemeral_storage.deviceid{immutable}', '')),
  },
  {
    name: 'a template does not set the memory',
    breaks: ['crtp/applied-at-creation', 'crtp/applied-later'],
    also: ['templates/resize'],
    mutate: shown((text) => text.replace(/^X-OCCI-Attribute: occi\.compute\.memory=2\n/m, '')),
  },
  {
    name: 'a template cannot be put on a machine later',
    breaks: ['crtp/applied-later'],
    also: ['templates/size-is-replaced'],
    mutate: onAnswers('POST', /^\/resource_tpl\//, (exchange) => withStatus(exchange, 400)),
  },
  {
    name: 'the ephemeral storage is too small',
    breaks: ['crtp/storage-size'],
    also: ['mutability/default'],
    mutate: shown((text) => text.replace(/(ephemeral_storage\.size=)10$/m, '$19')),
  },
  {
    name: 'a machine does not show the device of its ephemeral storage',
    breaks: ['crtp/storage-device'],
    mutate: shown((text) => text.replace(/^X-OCCI-Attribute: occi\.compute\.ephemeral_storage\.deviceid=.*\n?/m, '')),
  },
  {
    name: 'the profile is not claimed where nothing is found',
    breaks: ['crtp/claimed'],
    mutate: (exchange) => (exchange.response.status === 404 ? claiming('')(exchange) : exchange),
  },
  {
    name: 'the profile is claimed without a version',
    breaks: ['crtp/claim-has-version', 'crtp/claim-version'],
    mutate: claiming('OCCI-CRTP-EP'),
  },
  {
    name: 'the profile is claimed by another token',
    breaks: ['crtp/claim-token'],
    mutate: claiming('OCCI-CRTP-FULL/1.1'),
  },
  {
    name: 'the profile is claimed in another version',
    breaks: ['crtp/claim-version'],
    mutate: claiming('OCCI-CRTP-EP/1.0'),
  },
];
