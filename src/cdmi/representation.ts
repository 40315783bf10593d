import type { CapabilitiesObject, Capable } from './capabilities.ts';
import { type Found, isNameless, isRoot } from './found.ts';
import { itemsWith } from './metadata/shown.ts';
import type { CdmiObject, DataObject, JsonObject } from './object.ts';
import { capabilitiesName } from './path.ts';
import { partsOf, type Selectors, selects } from './selectors.ts';

/** The media types that objects have in their `objectType`. */
const objectTypes = {
  container: 'application/cdmi-container',
  dataobject: 'application/cdmi-object',
  queue: 'application/cdmi-queue',
  domain: 'application/cdmi-domain',
  // They are read nowhere, but where they are made they are shown.
  reference: 'application/cdmi-object',
} as const;

/**
 * The fields that are the same to everybody (ISO/IEC 17826 §8.2.6, §9.2.6), in the order in which they are sent; the
 * value and the children, which come last, are not among them.
 *
 * @param root the path of the root URI, with its final slash
 * @param metadata as far as it may be shown
 * @param domainURI where there are domains
 */
export function fieldsOf(found: Found, root: string, metadata: JsonObject, domainURI?: string): JsonObject {
  const { object } = found;
  const kind = object.kind as keyof typeof objectTypes;
  const capable: Capable = kind === 'reference' ? 'dataobject' : kind;
  return {
    objectType: objectTypes[kind],
    objectID: object.id,
    ...place(found, root),
    ...(domainURI !== undefined && { domainURI }),
    capabilitiesURI: `${root}${capabilitiesName}/${capable}/`,
    completionStatus: object.completion,
    ...(object.kind === 'dataobject' && { mimetype: object.mimetype }),
    ...(object.kind === 'reference' && { reference: object.target }),
    metadata,
    ...object.others,
    ...(object.kind === 'dataobject' && { valuetransferencoding: object.encoding }),
  };
}

/**
 * Where an object is. Appending name to parent gives its URI, which the root's parent is not part of (§9.4.1): above it
 * is something else than CDMI.
 */
function place(found: Found, root: string): JsonObject {
  const { object, above } = found;
  if (isNameless(found)) return {};
  if (isRoot(found)) return { objectName: root, parentURI: '' };
  const objectName = object.kind === 'reference' ? object.name : nameOf(object);
  return { objectName, parentURI: pathOf(above.slice(1), root), parentID: object.parent };
}

/** The name of an object among its siblings: with a slash where others can be in it, `?` where it is a reference (§9.4.5). */
export function nameOf({ name, kind }: Pick<CdmiObject, 'name'> & { readonly kind: string }): string {
  if (kind === 'container' || kind === 'domain') return `${name}/`;
  return kind === 'reference' ? `${name}?` : name;
}

/** The path of a container: the names that lead to it from the root, without escapes. */
function pathOf(above: readonly { readonly name: string }[], root: string): string {
  return root + above.map(({ name }) => `${name}/`).join('');
}

/** The fields of a capabilities object (§12.2.5). @param rootId the ID of the root container */
export function capabilitiesFields(
  { id, name, names, parent, capabilities }: CapabilitiesObject,
  root: string,
  rootId: string,
): JsonObject {
  const above = names.length === 0 ? [] : [capabilitiesName, ...names.slice(0, -1)];
  return {
    objectType: 'application/cdmi-capability',
    objectID: id,
    objectName: name,
    parentURI: root + above.map((one) => `${one}/`).join(''),
    parentID: parent ?? rootId,
    capabilities,
  };
}

/** The fields that are meant, in the order in which they are; of metadata the items, by the beginnings of their names. */
export function selected(fields: JsonObject, selectors: Selectors): JsonObject {
  if (selectors.length === 0) return fields;
  const prefixes = partsOf(selectors, 'metadata');
  const chosen = Object.entries(fields).filter(([field]) => selects(selectors, field));
  return Object.fromEntries(
    chosen.map(([field, value]) => [field, field === 'metadata' ? itemsWith(value as JsonObject, prefixes) : value]),
  );
}

/** Whether a value can be shown: what is still being made has none (§5.13.4). */
export function isWhole({ completion }: DataObject): boolean {
  return completion === 'Complete';
}
