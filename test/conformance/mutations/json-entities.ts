import { type Mutation, withBody, withHeader, withStatus } from '../mutation.ts';
import { eachObject, inJson, type JsonObject, wholeBody, withMember } from './json.ts';
import { answering, inType } from './text.ts';

const isResource = (one: JsonObject) => 'kind' in one && 'id' in one && !('source' in one);
const isLink = (one: JsonObject) => 'source' in one && 'kind' in one;

/** Changes resources, wherever they are shown. */
const resources = (change: (one: JsonObject) => unknown) => eachObject((one) => (isResource(one) ? change(one) : one));
/** Changes links, wherever they are shown. */
const links = (change: (one: JsonObject) => unknown) => eachObject((one) => (isLink(one) ? change(one) : one));
/** Changes the attributes of entities. */
const attributes = (change: (one: JsonObject) => JsonObject) =>
  eachObject((one) => {
    return 'kind' in one && 'attributes' in one ? { ...one, attributes: change(one['attributes'] as JsonObject) } : one;
  });

const size = 'occi.storage.size';

const faults: readonly Mutation[] = [
  {
    name: 'JSON is called application/json',
    breaks: ['json-entity/type'],
    also: ['model/same-in-all-renderings'],
    mutate: inType(inJson.rendering, (exchange) => withHeader(exchange, 'Content-Type', 'application/json')),
  },
  {
    name: 'JSON is in Latin-1',
    breaks: ['json-entity/type'],
    mutate: ({ request, response }) => {
      const text = new TextDecoder().decode(response.body);
      return { request, response: { ...response, body: Buffer.from(text, 'latin1') } };
    },
  },
  {
    name: 'an entity is a collection with one member',
    breaks: ['json-entity/object', 'json-entity/members', 'json-entity/core-members', 'json-attribute/flat-names'],
    mutate: answering(
      'GET',
      /^\/storage\/./,
      wholeBody((one) => ({ resources: [one] })),
    ),
  },
  {
    name: 'the kind is an array',
    breaks: ['json-entity/members'],
    also: ['infrastructure/storage'],
    mutate: answering(
      'GET',
      /^\/storage\/./,
      resources((one) => ({ ...one, kind: [one['kind']] })),
    ),
  },
  {
    name: 'the kind is a term',
    breaks: ['json-entity/members'],
    mutate: answering(
      'GET',
      /^\/storage\/./,
      resources((one) => ({ ...one, kind: 'storage' })),
    ),
  },
  {
    name: 'mixins are objects',
    breaks: ['json-entity/members'],
    mutate: answering(
      'GET',
      /^\/storage\/./,
      resources((one) => ({ ...one, mixins: [{ term: 'a' }] })),
    ),
  },
  {
    name: 'the title is among the attributes',
    breaks: ['json-entity/core-members'],
    mutate: resources((one) => ({
      ...withMember(one, 'title', undefined),
      attributes: { ...(one['attributes'] as JsonObject | undefined), 'occi.core.title': one['title'] },
    })),
  },
  {
    name: 'the summary is lost',
    breaks: ['json-entity/core-members'],
    also: ['update/partial', 'mutability/at-creation', 'mutability/later', 'mutability/inherited'],
    mutate: resources((one) => withMember(one, 'summary', undefined)),
  },
  {
    name: 'the id is repeated among the attributes',
    breaks: ['json-entity/core-members'],
    mutate: attributes((one) => ({ ...one, 'occi.core.id': 'urn:uuid:1' })),
  },
  {
    name: 'actions are terms',
    breaks: ['json-entity/actions', 'json-entity/members'],
    also: [
      'json-collection/resources',
      'json-collection/whole-links',
      'json-collection/mixed',
      'infrastructure/compute-shows-actions',
      'infrastructure/network-shows-actions',
      'infrastructure/storage-shows-actions',
    ],
    patienceMs: 1000,
    mutate: resources((one) => ({ ...one, actions: ['start'] })),
  },
  {
    name: 'actions are those of a kind of its own',
    breaks: ['json-entity/actions'],
    also: [
      'infrastructure/compute-shows-actions',
      'infrastructure/network-shows-actions',
      'infrastructure/storage-shows-actions',
    ],
    patienceMs: 1000,
    mutate: resources((one) => ({ ...one, actions: ['http://example.org/occi/action#start'] })),
  },
  {
    name: 'links are URLs',
    breaks: ['json-entity/links'],
    also: ['json-collection/whole-links', 'links/shown-by-source'],
    mutate: resources((one) => ('links' in one ? { ...one, links: ['/networkinterface/1'] } : one)),
  },
  {
    name: 'links of resources have no source',
    breaks: ['json-entity/links'],
    also: ['json-collection/whole-links'],
    mutate: resources((one) => {
      const shown = one['links'] as readonly JsonObject[] | undefined;
      return withMember(
        one,
        'links',
        shown?.map((link) => withMember(link, 'source', undefined)),
      );
    }),
  },
  {
    name: 'links are lost',
    breaks: ['json-entity/links'],
    also: ['json-collection/whole-links', 'links/shown-by-source'],
    mutate: resources((one) => withMember(one, 'links', undefined)),
  },
  {
    name: 'a link has no id',
    breaks: ['json-link/members', 'json-entity/links'],
    mutate: answering(
      'GET',
      /^\/(?:networkinterface|compute)\/./,
      links((one) => withMember(one, 'id', undefined)),
    ),
  },
  {
    name: 'the title of a link is lost',
    breaks: ['json-link/members'],
    mutate: links((one) => withMember(one, 'title', undefined)),
  },
  {
    name: 'the ends of a link are strings',
    breaks: ['json-link/members', 'json-link/ends', 'json-entity/links'],
    also: ['json-collection/links', 'json-collection/whole-links', 'json-collection/mixed'],
    mutate: links((one) => ({ ...one, source: (one['source'] as JsonObject)['location'] })),
  },
  {
    name: 'the kind of the target is not told',
    breaks: ['json-link/ends'],
    mutate: links((one) => ({ ...one, target: withMember(one['target'] as JsonObject, 'kind', undefined) })),
  },
  {
    name: 'source and target are swapped',
    breaks: ['json-link/ends', 'json-entity/links'],
    also: ['links/ends', 'links/shown-by-source'],
    mutate: links((one) => ({ ...one, source: one['target'], target: one['source'] })),
  },
  {
    name: 'invocations have to be in text',
    breaks: ['json-entity/invocation'],
    also: [
      'action/invoke',
      'action/collection',
      'infrastructure/compute-states',
      'infrastructure/network-states',
      'infrastructure/storage-states',
    ],
    patienceMs: 1000,
    mutate: (exchange) => (exchange.request.url.includes('?action=') ? withStatus(exchange, 415) : exchange),
  },
  {
    name: 'names are nested at their dots',
    breaks: ['json-attribute/flat-names'],
    also: ['infrastructure/storage-attributes'],
    mutate: attributes((one) => (size in one ? { occi: { storage: { size: one[size] } } } : one)),
  },
  {
    name: 'numbers are strings',
    breaks: ['json-attribute/values'],
    mutate: attributes((one) => (size in one ? { ...one, [size]: String(one[size]) } : one)),
  },
  {
    name: 'what is not there is null',
    breaks: ['json-attribute/values'],
    also: ['mutability/flat'],
    mutate: attributes((one) => ({ ...one, 'occi.storage.state.message': null })),
  },
  {
    name: 'the body has a comma too many',
    breaks: ['json-entity/type'],
    mutate: answering('GET', /^\/storage\/./, (exchange) => withBody(exchange, (text) => text.replace(/\}$/, ',}'))),
  },
];

/** Faults in how entities are written in JSON. */
export const jsonEntityMutations: readonly Mutation[] = faults.map((fault) => ({ dialect: inJson, ...fault }));
