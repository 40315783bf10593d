import { isDeepStrictEqual } from 'node:util';
import { OcciError } from '../../occi/errors.ts';
import type { Ace } from '../acl/ace.ts';
import { readAcl } from '../acl/acl-json.ts';
import { inheritedAcl } from '../acl/inherit.ts';
import type { Change } from '../acl/needs.ts';
import type { CdmiObject, Json, JsonObject } from '../object.ts';
import { itemNamed } from './items.ts';

/** The container that something is in, as far as it hands on what it has; none for what is found by its ID alone. */
export type Above = Pick<CdmiObject, 'metadata' | 'acl'> | undefined;

/** The parts of an object that its metadata tells. */
export type Described = Pick<CdmiObject, 'metadata' | 'acl' | 'owner'>;

/** The parts of an object that a request changes by its metadata. */
export interface ChangedMetadata extends Described {
  readonly changes: ReadonlySet<Change>;
}

/** What a request to change an object says about its metadata. */
export interface MetadataRequest {
  /** The field `metadata`; where it is missing and no items are named, nothing is said. */
  readonly given?: JsonObject;
  /** The items that are meant, from `?metadata:<item>`; none means all. */
  readonly named: readonly string[];
}

const aclItem = 'cdmi_acl';
const ownerItem = 'cdmi_owner';

/**
 * The metadata of a new object: what the client gives, and what the container has that it does not give (ISO/IEC 17826
 * §16.4). It belongs to whoever makes it.
 *
 * @throws OcciError `attribute-value`
 */
export function newMetadata(
  { kind, owner }: Pick<CdmiObject, 'kind' | 'owner'>,
  given: JsonObject,
  above: Above,
): Described {
  return {
    metadata: { ...handedOn(above), ...read(given) },
    acl: aclIn(given) ?? inheritedAcl(above?.acl, kind),
    owner,
  };
}

/**
 * The metadata of a copy, which carries neither retention nor holds (§17). What the request gives takes the place of
 * all that the source has.
 */
export function copiedMetadata(source: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([name]) => !isGuard(name)));
}

/**
 * The metadata of an object after a request (§16): all items that clients set are replaced, or those that are named.
 * What protects an object, who may do what with it and whose it is stays as it is unless the request speaks of it.
 *
 * @throws OcciError `attribute-value`
 */
export function changedMetadata(
  object: Described & Pick<CdmiObject, 'kind'>,
  { given, named }: MetadataRequest,
  above: Above,
): ChangedMetadata {
  if (given === undefined && named.length === 0) return { ...describing(object), changes: new Set() };
  const isMeant = (name: string) => named.length === 0 || named.includes(name);
  const meant = pick(given ?? {}, isMeant);
  const kept = pick(object.metadata, (name) => (named.length === 0 ? isGuard(name) : !named.includes(name)));
  const restored = pick(handedOn(above), (name) => isMeant(name) && !isGuard(name));
  const metadata = { ...kept, ...restored, ...read(meant) };
  const reset = named.includes(aclItem) ? inheritedAcl(above?.acl, object.kind) : object.acl;
  const acl = aclIn(meant) ?? reset;
  const owner = ownerIn(meant) ?? object.owner;
  const changes = new Set<Change>();
  for (const name of new Set([...Object.keys(object.metadata), ...Object.keys(metadata)])) {
    if (!isDeepStrictEqual(itemIn(object.metadata, name), itemIn(metadata, name))) changes.add(partOf(name));
  }
  // Whether items are what somebody guesses they are is nothing to learn from a refusal that does not come.
  if (named.length === 0 || named.some((name) => itemNamed(name)?.part === 'metadata')) changes.add('metadata');
  if (!isDeepStrictEqual(acl, object.acl)) changes.add('acl');
  if (owner !== object.owner) changes.add('owner');
  return { metadata, acl, owner, changes };
}

function describing({ metadata, acl, owner }: Described): Described {
  return { metadata, acl, owner };
}

/** The items of a container that what is made in it gets, too. */
function handedOn(above: Above): JsonObject {
  return above === undefined ? {} : pick(above.metadata, (name) => itemNamed(name)?.inherited === true);
}

/** What is kept of the items that a client sends. */
function read(given: JsonObject): JsonObject {
  const entries = Object.entries(given).flatMap(([name, value]): readonly [string, Json][] => {
    const item = itemNamed(name);
    return item === undefined ? [] : [[name, item.read === undefined ? value : item.read(value)]];
  });
  return Object.fromEntries(entries);
}

function aclIn(given: JsonObject): readonly Ace[] | undefined {
  const acl = itemIn(given, aclItem);
  return acl === undefined ? undefined : readAcl(acl);
}

function ownerIn(given: JsonObject): string | undefined {
  const owner = itemIn(given, ownerItem);
  if (owner === undefined || (typeof owner === 'string' && owner !== '')) return owner;
  throw new OcciError('attribute-value', `${ownerItem} must be a string that is not empty`);
}

function partOf(name: string): Change {
  return itemNamed(name)?.part ?? 'metadata';
}

/** Whether an item protects an object from being changed or removed. */
function isGuard(name: string): boolean {
  return partOf(name) !== 'metadata';
}

/** Own items only: a client may call one `constructor`, or `__proto__`. */
function itemIn(metadata: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(metadata, name) ? metadata[name] : undefined;
}

function pick(metadata: JsonObject, wanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => wanted(name)));
}
