import { type Mutation, withBody, withStatus } from '../mutation.ts';
import { entityPath, onAnswers, onRequests, pathOf, said, saying } from './exchanges.ts';

const inJson = { version: '1.2', rendering: 'application/occi+json' } as const;
const otherKind = /Category: (?:compute|resource|storage)\b/;

/** Changes what entities show. */
const shown = (change: (text: string) => string) =>
  onAnswers('GET', entityPath, (exchange) => withBody(exchange, change));

/** Faults with what entities are. */
export const identityMutations: readonly Mutation[] = [
  {
    name: 'creation needs more than the kind',
    breaks: ['identity/created'],
    also: ['templates/size-is-replaced', 'crtp/applied-later'],
    mutate: (exchange) => {
      const { request } = exchange;
      return request.method === 'POST' &&
        said(request).trim().split('\n').length === 1 &&
        !pathOf(request).includes('-')
        ? withStatus(exchange, 400)
        : exchange;
    },
  },
  {
    name: 'an Entity can be created',
    breaks: ['identity/entity-is-abstract'],
    mistake: onRequests('POST', /^\/network\/$/, (request) =>
      saying(request, (text) =>
        text.replace(
          /Category: entity; scheme="[^"]*"/,
          'Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"',
        ),
      ),
    ),
  },
  {
    name: 'entities do not show their kind',
    breaks: ['identity/shows-kind', 'identity/kind-is-kept'],
    also: [
      'entity/read',
      'text-entity/order',
      'text-plain/type',
      'text-plain/other-name',
      'model/serves-1.1',
      'infrastructure/compute',
      'infrastructure/network',
      'infrastructure/storage',
      'infrastructure/networkinterface',
      'infrastructure/storagelink',
    ],
    mutate: shown((text) => text.replace(/^Category: .*class="kind"\n/m, '')),
  },
  {
    name: 'entities are shown with another kind',
    breaks: ['identity/shows-kind', 'identity/kind-is-kept'],
    also: [
      'entity/read',
      'json-entity/links',
      'json-link/members',
      'model/shown-is-described',
      'infrastructure/network',
      'infrastructure/networkinterface',
    ],
    dialect: inJson,
    mutate: shown((text) => text.replace('infrastructure#network', 'infrastructure#storage')),
  },
  {
    name: 'entities do not show their id',
    breaks: ['identity/has-id', 'identity/id-is-urn', 'identity/id-is-uri'],
    also: ['entity/read', 'text-entity/model-attributes', 'text-link/model-attributes'],
    mutate: shown((text) => text.replace(/^X-OCCI-Attribute: occi\.core\.id=.*\n/m, '')),
  },
  {
    name: 'all entities have the same id',
    breaks: ['identity/has-id'],
    mutate: shown((text) => text.replace(/urn:uuid:[0-9a-f-]{36}/, 'urn:uuid:00000000-0000-4000-8000-000000000000')),
  },
  {
    name: 'ids are UUIDs and no more',
    breaks: ['identity/id-is-urn', 'identity/id-is-uri'],
    mutate: shown((text) => text.replace('urn:uuid:', '')),
  },
  {
    name: 'ids are URLs',
    breaks: ['identity/id-is-urn'],
    mutate: shown((text) => text.replace('urn:uuid:', 'http://127.0.0.1/network/')),
  },
  {
    name: 'an id can be changed',
    breaks: ['identity/id-is-kept'],
    mutate: remembering('occi.core.id', 'urn:uuid:00000000-0000-4000-8000-00000c0f0123'),
  },
  {
    name: 'a kind can be changed',
    breaks: ['identity/kind-is-kept'],
    mutate: changingKind(),
  },
  {
    name: 'new entities are not in the collection of their kind',
    breaks: ['identity/in-collection', 'identity/whole-item-part'],
    also: ['collection/list', 'text-collection/locations', 'uri-list/lines', 'mixins/members-change'],
    mutate: onAnswers('GET', /^\/network\/$/, (exchange) => withBody(exchange, () => '')),
  },
  {
    name: 'collections are always shown as a whole',
    breaks: ['identity/whole-item-part'],
    also: ['paging/numbers', 'filter/taken'],
    mistake: onRequests('GET', /^\/network\/$/, ({ url, headers, ...request }) => ({
      ...request,
      url: url.replace(/\?.*/, ''),
      headers: headers.filter(([name]) => !/^(?:category|x-occi-attribute|content-type)$/i.test(name)),
    })),
  },
];

/** Shows an attribute of an entity as the last update had it. */
export function remembering(name: string, value: string): NonNullable<Mutation['mutate']> {
  const changed = new Set<string>();
  return (exchange) => {
    const { request } = exchange;
    const path = pathOf(request);
    if (request.method === 'POST' && entityPath.test(path) && said(request).includes(value)) {
      changed.add(path);
      return withStatus(exchange, 200);
    }
    if (request.method !== 'GET' || !changed.has(path)) return exchange;
    const attribute = new RegExp(`(X-OCCI-Attribute: ${name.replaceAll('.', '\\.')}=)"[^"]*"`);
    return withBody(exchange, (text) => text.replace(attribute, `$1"${value}"`));
  };
}

function changingKind(): NonNullable<Mutation['mutate']> {
  const changed = new Set<string>();
  return (exchange) => {
    const { request } = exchange;
    const path = pathOf(request);
    if (request.method === 'PUT' && entityPath.test(path) && otherKind.test(said(request))) changed.add(path);
    if (request.method !== 'GET' || !changed.has(path)) return exchange;
    return withBody(exchange, (text) => text.replace(/^Category: network;/m, 'Category: storage;'));
  };
}
