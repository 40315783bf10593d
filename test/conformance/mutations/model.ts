import { field } from '../../../src/client/exchange.ts';
import { type Mutation, withBody, withStatus } from '../mutation.ts';
import { entityPath, onAnswers } from './exchanges.ts';

const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;

/** Changes what the query interface shows in a rendering. */
const describedIn = (type: string) => (change: (text: string) => string) =>
  onAnswers('GET', /\/-\/$/, (exchange) =>
    field(exchange.response.headers, 'content-type')?.startsWith(type) ? withBody(exchange, change) : exchange,
  );
const described = describedIn('text/plain');
const describedInJson = describedIn('application/occi+json');

/** Changes what entities show. */
const shown = (change: (text: string) => string) =>
  onAnswers('GET', entityPath, (exchange) => withBody(exchange, change));

/** Faults of the model that the query interface shows. */
export const modelMutations: readonly Mutation[] = [
  {
    name: 'the kind link is missing',
    breaks: ['model/core-kinds', 'model/inheritance', 'model/references', 'model/same-in-all-renderings'],
    also: ['query-interface/is-there', 'text-category/one-each'],
    mutate: described((text) => text.replace(/^Category: link;.*\n/m, '')),
  },
  {
    name: 'the kind resource is called a mixin',
    breaks: ['model/core-kinds', 'model/inheritance'],
    also: ['text-category/mixin-rel'],
    mutate: described((text) => text.replace(/^(Category: resource;.*?)class="kind"/m, '$1class="mixin"')),
  },
  {
    name: 'a category is listed twice',
    breaks: ['model/unique'],
    also: ['text-category/one-each'],
    mutate: described((text) => `${text}\n${/^Category: storage;.*$/m.exec(text)?.[0]}`),
  },
  {
    name: 'a category has no class',
    breaks: ['model/classes'],
    also: ['text-category/order', 'text-category/quotes'],
    mutate: described((text) => text.replace(/^(Category: public_key;.*?) class="mixin";/m, '$1')),
  },
  {
    name: 'os_tpl is called a kind',
    breaks: ['model/mixins', 'model/inheritance'],
    also: ['templates/os_tpl'],
    mutate: described((text) => text.replace(/^(Category: os_tpl;.*?)class="mixin"/m, '$1class="kind"')),
  },
  {
    name: 'a scheme is no URI',
    breaks: ['model/identifiers', 'model/same-in-all-renderings'],
    also: ['text-category/quotes'],
    mutate: described((text) => text.replace('"http://schemas.openstack.org/compute/instance#"', '"instance#"')),
  },
  {
    name: 'a kind has no parent',
    breaks: ['model/inheritance', 'model/parents'],
    mutate: described((text) => text.replace(/^(Category: storage;.*?) rel="[^"]*";/m, '$1')),
  },
  {
    name: 'a kind is its own parent',
    breaks: ['model/inheritance', 'model/parents'],
    dialect: inJson,
    mutate: describedInJson((text) =>
      text.replace(/("term":"storage",.*?"parent":")[^"]*/, '$1http://schemas.ogf.org/occi/infrastructure#storage'),
    ),
  },
  {
    name: 'a link is a child of Resource',
    breaks: ['model/parents'],
    mutate: described((text) => text.replace(/^(Category: storagelink;.*?core#)link"/m, '$1resource"')),
  },
  {
    name: 'a kind has two parents',
    breaks: ['model/one-parent'],
    also: ['text-category/rel'],
    mutate: described((text) =>
      text.replace(/^(Category: storage;.*?core#resource)"/m, '$1 http://schemas.ogf.org/occi/core#entity"'),
    ),
  },
  {
    name: 'a mixin applies to a kind by its term alone',
    breaks: ['model/references'],
    also: ['json-category/mixins', 'infrastructure/ipnetwork-applies'],
    dialect: inJson,
    mutate: describedInJson((text) => text.replace(/"applies":\["[^"]*#network"\]/, '"applies":["network"]')),
  },
  {
    name: 'an action that a kind names is not listed',
    breaks: ['model/actions', 'model/same-in-all-renderings'],
    also: ['text-category/one-each'],
    mutate: described((text) => text.replace(/^Category: suspend;.*\n/m, '')),
  },
  {
    name: 'an action belongs to nobody',
    breaks: ['model/actions-have-owners'],
    also: ['infrastructure/network-actions'],
    mutate: described((text) => text.replaceAll(/ \S*network\/action#down"/g, '"')),
  },
  {
    name: 'a scheme of the standard holds a template of the provider',
    breaks: ['model/reserved-schemes', 'model/same-in-all-renderings'],
    mutate: described((text) =>
      text.replace(/(Category: alpine-3; scheme=")[^"]*/, '$1http://schemas.ogf.org/occi/infrastructure#'),
    ),
  },
  {
    name: 'a kind lists an attribute twice',
    breaks: ['model/attributes-once'],
    mutate: described((text) => text.replace('occi.compute.cores ', 'occi.compute.cores occi.compute.cores ')),
  },
  {
    name: 'an attribute is an integer',
    breaks: ['model/attributes-described'],
    also: ['json-description/types'],
    dialect: inJson,
    mutate: describedInJson((text) => text.replace('"type":"number"', '"type":"integer"')),
  },
  {
    name: 'whether an attribute is mutable is a word',
    breaks: ['model/attributes-described'],
    also: ['json-description/members', 'json-description/same-as-text'],
    dialect: inJson,
    mutate: describedInJson((text) => text.replace('"mutable":true', '"mutable":"yes"')),
  },
  {
    name: 'a kind does not list an attribute of its type',
    breaks: ['model/standard-attributes'],
    mutate: described((text) => text.replaceAll(' occi.compute.hostname', '')),
  },
  {
    name: 'the collection of a mixin is not there',
    breaks: ['model/collections'],
    mutate: onAnswers('GET', /^\/user_data\/$/, (exchange) => withStatus(exchange, 404)),
  },
  {
    name: 'a mixin has no location',
    breaks: ['model/collections'],
    also: ['location/each'],
    mutate: described((text) => text.replace(' location="/ssh_key/";', '')),
  },
  {
    name: 'JSON is answered in text',
    breaks: ['model/same-in-all-renderings'],
    also: [
      'text-collection/renderings',
      'text-plain/other-name',
      'uri-list/lines',
      'uri-list/entity',
      'uri-list/categories',
      'uri-list/creation',
    ],
    mistake: (request) => ({
      ...request,
      headers: request.headers.map(([name, value]) => [name, name === 'Accept' ? 'text/plain' : value]),
    }),
  },
  {
    name: 'clients of OCCI 1.1 are turned away',
    breaks: ['model/serves-1.1'],
    mutate: (exchange) =>
      exchange.request.headers.some(([, value]) => value.endsWith('OCCI/1.1')) ? withStatus(exchange, 501) : exchange,
  },
  {
    name: 'the infrastructure has schemes of its own',
    breaks: ['model/infrastructure', 'model/same-in-all-renderings', 'model/shown-is-described'],
    also: [
      'query-interface/filter-exact',
      'text-category/one-each',
      'text-category/mixin-rel',
      'infrastructure/compute-actions',
      'infrastructure/network-actions',
      'infrastructure/storage-actions',
      'infrastructure/save',
      'infrastructure/ssh_key',
      'infrastructure/user_data',
      'templates/of-systems',
      'templates/os_tpl',
      'templates/depend-on-os_tpl',
      'templates/resource_tpl',
    ],
    mutate: (exchange) =>
      exchange.request.headers.some(([, value]) => value === 'text/plain')
        ? described((text) => text.replaceAll('http://schemas.ogf.org/occi/infra', 'http://example.org/infra'))(
            exchange,
          )
        : exchange,
  },
  {
    name: 'an entity shows an attribute that nobody describes',
    breaks: ['model/shown-is-described'],
    mutate: shown((text) => `${text}\nX-OCCI-Attribute: org.example.secret="1"`),
  },
];
