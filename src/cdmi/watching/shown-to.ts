import { mayRead, readable } from '../acl/needs.ts';
import type { Capable } from '../capabilities.ts';
import { domainOf, isUsable, uriOf } from '../domains/owning-domain.ts';
import { hasDomains } from '../domains/top-domain.ts';
import { exportsOf } from '../exports/exported.ts';
import type { Found } from '../found.ts';
import { shownMetadata } from '../metadata/shown.ts';
import type { CdmiObject, DataObject, JsonObject } from '../object.ts';
import { objectIdName } from '../path.ts';
import { wholeOf, writeRange } from '../range.ts';
import { fieldsOf, isWhole, nameOf } from '../representation.ts';
import type { OtherForms } from '../scope/scope.ts';
import { grantedTo, type Session } from '../session.ts';
import { sizeOf } from '../values/value.ts';
import { ValueLost } from '../values/value-store.ts';
import type { Specification } from './specification.ts';

/** Somebody on whose behalf objects are read, though he is not there. */
export type OnBehalf = Pick<
  Session,
  'store' | 'reader' | 'capabilities' | 'principal' | 'credentials' | 'root' | 'space' | 'limits'
>;

/** An object as somebody may see it. */
export interface Visible {
  /** For scopes: a value is as it is, in its own encoding. */
  readonly fields: JsonObject;
  readonly otherForms: OtherForms;
  /** The value in base64, as results have it; undefined where it is not to be seen, or not looked at. */
  readonly value?: string;
}

/** The largest value that is looked at, in bytes. Whoever wants a larger one reads the object. */
export const largestValue = 65_536;

/**
 * What somebody may see of an object: all fields, as they are answered to him.
 *
 * @param wants what is to be looked at besides
 * @returns nothing when he may see nothing of it
 */
export async function shownTo(
  reader: OnBehalf,
  found: Found,
  wants: Pick<Specification, 'wantsValue' | 'wantsChildren'>,
): Promise<Visible | undefined> {
  const { object } = found;
  if (!(await isUsable(reader, object))) return undefined;
  const { root } = reader;
  const granted = grantedTo(reader, found);
  const domain = hasDomains(reader) ? await domainOf(reader, object) : undefined;
  const domainURI = hasDomains(reader) ? uriOf(reader, domain) : undefined;
  const all: JsonObject = {
    ...fieldsOf(found, root.path, readable(shownMetadata(object), granted), domainURI),
    ...(object.kind === 'container' && (await exportsOf(reader, object))),
    ...(object.kind === 'container' && wants.wantsChildren && (await childrenOf(reader, object))),
    ...(object.kind === 'dataobject' && isWhole(object) && { valuerange: writeRange(wholeOf(sizeOf(object.value))) }),
  };
  const fields = Object.fromEntries(Object.entries(all).filter(([field]) => mayRead(field, granted)));
  if (Object.keys(fields).length === 0) return undefined;
  const otherForms = formsOf(reader, fields, object, domain?.object.id);
  const isRead = wants.wantsValue && object.kind === 'dataobject' && isWhole(object) && mayRead('value', granted);
  if (!isRead || sizeOf(object.value) > largestValue) return { fields, otherForms };
  const bytes = await bytesOf(reader, object);
  if (bytes === undefined) return { fields, otherForms };
  const value = bytes.toString('base64');
  const own = object.encoding === 'base64' ? value : bytes.toString();
  return { fields: { ...fields, value: own }, otherForms, value };
}

/** Nothing when it has gone meanwhile, with the object or because that has another one now. */
async function bytesOf({ reader }: OnBehalf, { value }: DataObject): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of reader.read(value, 0, sizeOf(value))) pieces.push(piece);
  } catch (error) {
    if (error instanceof ValueLost) return undefined;
    throw error;
  }
  return Buffer.concat(pieces);
}

async function childrenOf({ store, limits }: OnBehalf, { id }: CdmiObject): Promise<JsonObject> {
  const children = await store.objects.members(id, { offset: 0, limit: limits.batch });
  return { childrenrange: writeRange(wholeOf(children.length)), children: children.map(nameOf) };
}

/** What leads to other objects, by their IDs. */
function formsOf(
  { root, capabilities }: OnBehalf,
  { parentURI, domainURI, capabilitiesURI }: JsonObject,
  { kind, parent }: CdmiObject,
  domain: string | undefined,
): OtherForms {
  const byId = (id: string) => [`${root.path}${objectIdName}/${id}`, `${root.path}${objectIdName}/${id}/`];
  const type = capabilities.at([kind as Capable])?.id;
  return {
    ...(typeof parentURI === 'string' && parentURI !== '' && { parentURI: byId(parent) }),
    ...(domainURI !== undefined && domain !== undefined && { domainURI: byId(domain) }),
    ...(capabilitiesURI !== undefined && type !== undefined && { capabilitiesURI: byId(type) }),
  };
}
