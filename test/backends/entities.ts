import { randomUUID } from 'node:crypto';
import type { Intent } from '../../src/backends/backend.ts';
import type { Action } from '../../src/occi/action.ts';
import type { Attributes, Value } from '../../src/occi/attribute.ts';
import { splitTypeIdentifier } from '../../src/occi/category.ts';
import { commonProject, core, type Entity } from '../../src/occi/entity.ts';
import { type Kind, linkKind, resourceKind } from '../../src/occi/kind.ts';
import { type Mixin, osTemplate, resourceTemplate } from '../../src/occi/mixin.ts';
import { Model } from '../../src/occi/model.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';

/** The kinds of GFD.224. */
export const kinds = {
  compute: `${infrastructure}compute`,
  network: `${infrastructure}network`,
  storage: `${infrastructure}storage`,
  networkinterface: `${infrastructure}networkinterface`,
  storagelink: `${infrastructure}storagelink`,
} as const;
export type KindTerm = keyof typeof kinds;

/** Templates as a provider may have them, and a tag that is none. */
export const debian = 'http://example.org/os_tpl#debian-12';
export const ubuntu = 'http://example.org/os_tpl#ubuntu-24';
export const smallSize = 'http://example.org/resource_tpl#small';
export const tag = 'http://example.org/tags#blue';

function mixin(id: string, depends: readonly string[] = []): Mixin {
  const { scheme, term } = splitTypeIdentifier(id);
  const location = `/${encodeURIComponent(scheme)}/${term}/`;
  return {
    class: 'mixin',
    id,
    scheme,
    term,
    attributes: [],
    actions: [],
    depends,
    applies: [],
    location,
    origin: 'user',
  };
}

function kind(id: string, parent: string): Kind {
  const { scheme, term } = splitTypeIdentifier(id);
  const root = parent === '' ? {} : { parent };
  return { class: 'kind', id, scheme, term, attributes: [], actions: [], aliases: [], location: `/${term}/`, ...root };
}

/** A model with just what backends look at. */
export const model = new Model([
  {
    kinds: [
      kind('http://schemas.ogf.org/occi/core#entity', ''),
      kind(resourceKind, 'http://schemas.ogf.org/occi/core#entity'),
      kind(linkKind, 'http://schemas.ogf.org/occi/core#entity'),
      ...[kinds.compute, kinds.network, kinds.storage].map((id) => kind(id, resourceKind)),
      ...[kinds.networkinterface, kinds.storagelink].map((id) => kind(id, linkKind)),
    ],
    mixins: [
      mixin(osTemplate),
      mixin(resourceTemplate),
      mixin(debian, [osTemplate]),
      mixin(ubuntu, [osTemplate]),
      mixin(smallSize, [resourceTemplate]),
      mixin(tag),
    ],
    actions: [],
  },
]);

/** An entity as the gateway would make it. */
export function entity(term: KindTerm, attributes: Attributes = {}, more: Partial<Entity> = {}): Entity {
  const uuid = randomUUID();
  return {
    location: `/${term}/${uuid}`,
    project: commonProject,
    kind: kinds[term],
    mixins: [],
    attributes: { [core.id]: `urn:uuid:${uuid}`, ...attributes },
    revision: 0,
    ...more,
  };
}

/** A link from one entity to another. */
export function link(term: KindTerm, source: Entity, target: Entity, attributes: Attributes = {}): Entity {
  return entity(term, { [core.source]: source.location, [core.target]: target.location, ...attributes });
}

/** An intent to act, by the term of the action. */
export function act(subject: Entity, term: string, attributes: Readonly<Record<string, Value>> = {}): Intent {
  const { term: kindTerm } = splitTypeIdentifier(subject.kind);
  const scheme = `http://schemas.ogf.org/occi/infrastructure/${kindTerm}/action#`;
  const action: Action = { class: 'action', id: scheme + term, scheme, term, attributes: [] };
  return { do: 'act', entity: subject, invocation: { action, attributes } };
}

/** An intent to change attributes or mixins. */
export function change(before: Entity, changed: Attributes, mixins: readonly string[] = before.mixins): Intent {
  return {
    do: 'update',
    before,
    after: { ...before, mixins, attributes: { ...before.attributes, ...changed } },
    changed,
  };
}
