import type { Attributes, Catalogue, Client, RemoteEntity, RemoteLink } from '../../client/index.ts';
import { core } from '../../occi/entity.ts';
import { loadModelFiles } from '../../spec/model-files.ts';
import { UsageError } from './usage-error.ts';

/** The resources among entities with the links that start at them, as one JSON document. */
export function documentOf(entities: readonly RemoteEntity[]): string {
  return JSON.stringify(
    entities.filter((entity) => !isLink(entity)),
    undefined,
    2,
  );
}

/**
 * Creates what a document describes: first the resources, then the links between them. All of it is new, with ids of
 * its own; links to what the document does not have lead to what is there.
 *
 * @returns the URLs, each as soon as it is there
 * @throws UsageError when it is no such document
 */
export async function* createdFrom(client: Client, text: string): AsyncGenerator<string> {
  const { catalogue } = client;
  const resources = resourcesIn(text).filter((entity) => !isLink(entity));
  const created = new Map<string, string>();
  for (const { url, kind, mixins, attributes } of resources) {
    const made = await client.create({ kind, mixins, attributes: givable(catalogue, kind, mixins, attributes) });
    created.set(url, made);
    yield made;
  }
  for (const { url, links } of resources) {
    for (const link of links) yield* linkAgain(client, created, url, link);
  }
}

async function* linkAgain(
  client: Client,
  created: ReadonlyMap<string, string>,
  source: string,
  { target, kind, mixins, attributes }: RemoteLink,
): AsyncGenerator<string> {
  if (target === undefined || kind === undefined) return;
  yield await client.link(created.get(source) ?? source, created.get(target) ?? target, {
    kind,
    mixins,
    attributes: givable(client.catalogue, kind, mixins, attributes),
  });
}

function isLink({ attributes }: RemoteEntity): boolean {
  return attributes[core.source] !== undefined;
}

const ownOfCore: readonly string[] = [core.id, core.source, core.target, core.targetKind];

/** What networks give out, and will again: other addresses, for another network. */
const addresses: readonly string[] = ['mac', 'address', 'gateway', 'allocation'].map(
  (name) => `occi.networkinterface.${name}`,
);

/** The attributes that a client may give a new entity; what else stands there is the business of servers. */
function givable(catalogue: Catalogue, kind: string, mixins: readonly string[], attributes: Attributes): Attributes {
  const { model } = catalogue;
  const known = mixins.filter((id) => model.mixin(id) !== undefined);
  const definitions = model.kind(kind) === undefined ? new Map() : model.definitions(kind, known);
  const givenOnce = attributesAtCreation();
  const isGivenOut = attributes['occi.networkinterface.allocation'] !== 'static';
  const isGivable = (name: string) => {
    if (isGivenOut && addresses.includes(name)) return false;
    return definitions.get(name)?.mutable !== false || givenOnce.has(name);
  };
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => !ownOfCore.includes(name) && isGivable(name)),
  );
}

/** Servers do not tell which immutable attributes are given once; the standard does. */
function attributesAtCreation(): ReadonlySet<string> {
  const definitions = loadModelFiles().flatMap(({ kinds, mixins }) =>
    [...kinds, ...mixins].flatMap((one) => one.attributes),
  );
  return new Set(definitions.filter(({ atCreation }) => atCreation === true).map(({ name }) => name));
}

function resourcesIn(text: string): readonly RemoteEntity[] {
  const found = parsed(text);
  const isDocument = Array.isArray(found) && found.every(isEntity);
  if (isDocument) return found;
  throw new UsageError(
    'this is no document of entities',
    'use what occi export or occi list --output json has written',
  );
}

function isEntity(value: unknown): value is RemoteEntity {
  const { url, kind, mixins, attributes, links } = (value ?? {}) as Partial<Record<keyof RemoteEntity, unknown>>;
  const isSaid = typeof url === 'string' && typeof kind === 'string' && isObject(attributes);
  return isSaid && Array.isArray(mixins) && Array.isArray(links) && links.every(isLinkOfEntity);
}

function isLinkOfEntity(value: unknown): boolean {
  return isObject(value) && 'attributes' in value && isObject(value.attributes) && 'mixins' in value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
