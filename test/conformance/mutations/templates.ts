import { type Mutation, withBody, withStatus } from '../mutation.ts';
import { onAnswers, onRequests } from './exchanges.ts';

const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;

/** Changes what machines show. */
const shown = (change: (text: string) => string) =>
  onAnswers('GET', /^\/compute\/./, (exchange) => withBody(exchange, change));

/** Changes what the query interface shows. */
const described = (change: (text: string) => string) =>
  onAnswers('GET', /\/-\/$/, (exchange) => withBody(exchange, change));

const osTemplates = 'http://localhost/occi/infrastructure/os_tpl#';
const profile = 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#';

/** Faults with templates. */
export const templateMutations: readonly Mutation[] = [
  {
    name: 'no template depends on os_tpl',
    breaks: ['templates/of-systems', 'templates/depend-on-os_tpl'],
    also: ['text-category/mixin-rel', 'infrastructure/save'],
    mutate: described((text) => text.replaceAll(' rel="http://schemas.ogf.org/occi/infrastructure#os_tpl";', '')),
  },
  {
    name: 'a template depends on nothing',
    breaks: ['templates/depend-on-resource_tpl'],
    also: ['text-category/mixin-rel'],
    mutate: described((text) => text.replace(/^(Category: large;.*?) rel="[^"]*";/m, '$1')),
  },
  {
    name: 'there is no os_tpl',
    breaks: ['templates/os_tpl'],
    also: ['model/same-in-all-renderings'],
    mutate: described((text) => text.replace(/^Category: os_tpl;.*\n/m, '')),
  },
  {
    name: 'there is no resource_tpl',
    breaks: ['templates/resource_tpl'],
    also: ['model/same-in-all-renderings'],
    mutate: described((text) => text.replace(/^Category: resource_tpl;.*\n/m, '')),
  },
  {
    name: 'machines do not show the template they are made of',
    breaks: ['templates/at-creation'],
    mutate: shown((text) => text.replace(/^Category: debian-13;.*\n/m, '')),
  },
  {
    name: 'resource templates show no defaults',
    breaks: ['templates/list-sizes'],
    also: ['crtp/sizes', 'crtp/memory-sizes'],
    dialect: inJson,
    mutate: described((text) => text.replaceAll(/,"default":[0-9.]+|"default":[0-9.]+,/g, '')),
  },
  {
    name: 'the old OS template stays',
    breaks: ['templates/system-is-replaced'],
    mutate: shown((text) =>
      text.replace(/^Category: ubuntu-24;/m, `Category: debian-13; scheme="${osTemplates}"; class="mixin"\n$&`),
    ),
  },
  {
    name: 'another OS template is overlooked',
    breaks: ['templates/system-is-replaced', 'templates/system-is-refused'],
    mistake: onRequests('POST', /^\/os_tpl\/ubuntu-24\/$/, ({ headers, ...request }) => ({
      ...request,
      method: 'GET',
      headers: headers.filter(([name]) => name !== 'Content-Type'),
      body: new Uint8Array(),
    })),
  },
  {
    name: 'the size that a client gives wins over the template',
    breaks: ['templates/win-over-sizes'],
    also: ['mutability/default'],
    mutate: shown((text) => text.replace(/(compute\.cores=)1$/m, '$12')),
  },
  {
    name: 'the old resource template stays',
    breaks: ['templates/size-is-replaced'],
    mutate: shown((text) =>
      text.replace(/^Category: medium;/m, `Category: small; scheme="${profile}"; class="mixin"\n$&`),
    ),
  },
  {
    name: 'a second resource template is refused',
    breaks: ['templates/size-is-replaced'],
    also: ['crtp/applied-later'],
    mutate: onAnswers('POST', /^\/resource_tpl\/medium\/$/, (exchange) => withStatus(exchange, 400)),
  },
  {
    name: 'a machine is never resized',
    breaks: ['templates/resize'],
    also: ['crtp/applied-at-creation', 'crtp/applied-later'],
    mutate: shown((text) => text.replace(/(compute\.memory=)2$/m, '$11')),
  },
];
