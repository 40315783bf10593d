import { createHash } from 'node:crypto';
import type { Basis } from '../../store/objects.ts';
import { inheritedAcl } from '../acl/inherit.ts';
import { domainForRestored } from '../domains/domain-choice.ts';
import { inDomain } from '../domains/owning-domain.ts';
import { decodeValue } from '../encoding.ts';
import { readMediaType, usualText } from '../media-type.ts';
import { newMetadata } from '../metadata/change.ts';
import { checkLimits } from '../metadata/limits.ts';
import { hashAlgorithm } from '../metadata/value-hash.ts';
import type { CdmiObject, Container, DataObject, Json, JsonObject } from '../object.ts';
import { readObjectId } from '../object-id.ts';
import { othersIn, readEncoding } from '../object-request.ts';
import { checkDepth, checkName } from '../path.ts';
import { appended, type Entry } from '../queue/queue-values.ts';
import { destination } from '../redirection.ts';
import { invalid, tooMany } from '../refusals.ts';
import { newContainer } from '../save-container.ts';
import { newQueue } from '../save-queue.ts';
import type { Session } from '../session.ts';

/** Where the first of what is restored is to be. */
export interface RestoredPlace {
  readonly parent: Container | undefined;
  readonly name: string;
  /** How many containers are above it. */
  readonly depth: number;
}

/** What has been read, and the bytes of its values one after the other, to which the objects do not refer yet. */
export interface Restored {
  /** What is in something comes behind that. */
  readonly objects: readonly CdmiObject[];
  /** By the IDs of the objects that they are of. */
  readonly values: ReadonlyMap<string, Uint8Array>;
  /** What that was decided upon. */
  readonly expect: readonly Basis[];
}

/**
 * Makes objects of what {@link serialized} has written, or another server (ISO/IEC 17826 §15). They belong to the
 * client, and have their former IDs where nothing has them.
 *
 * @throws OcciError for whatever is wrong with it
 */
export async function restored(session: Session, fields: JsonObject, place: RestoredPlace): Promise<Restored> {
  const objects: CdmiObject[] = [];
  const values = new Map<string, Uint8Array>();
  const taken = new Set<string>();
  const domains = new Map<string, Basis>();
  const open: { readonly fields: JsonObject; readonly place: RestoredPlace }[] = [{ fields, place }];
  const idOf = async (id: Json | undefined) => {
    const former = typeof id === 'string' ? readObjectId(id) : undefined;
    if (former === undefined || taken.has(former) || !(await session.store.objects.isNew(former)))
      return session.newId();
    taken.add(former);
    return former;
  };
  // It grows while it is walked over.
  for (const { fields: one, place: at } of open) {
    const id = await idOf(one['objectID']);
    checkDepth(at.depth);
    const { of, expect } = await domainForRestored(session, at.parent, one['domainURI']);
    for (const basis of expect) domains.set(basis.id, basis);
    const made = objectOf(session, one, { ...at, id });
    for (const { object, bytes } of made) {
      objects.push(object.kind === 'queue-value' ? object : inDomain(object, of));
      if (bytes !== undefined) values.set(object.id, bytes);
    }
    if (objects.length > session.limits.batch) throw tooMany('deserialized', session.limits.batch);
    const parent = objects.at(-made.length);
    if (parent?.kind !== 'container') continue;
    for (const child of listOf(one['children'] ?? [], 'children')) {
      const name = nameIn(child);
      open.push({ fields: child as JsonObject, place: { parent, name, depth: at.depth + 1 } });
    }
  }
  return { objects, values, expect: [...domains.values()] };
}

interface Made {
  readonly object: CdmiObject;
  readonly bytes?: Uint8Array;
}

type Placed = RestoredPlace & { readonly id: string };

function objectOf(session: Session, fields: JsonObject, place: Placed): readonly Made[] {
  const { parent, name, id } = place;
  const given = metadataIn(fields);
  const others = othersIn(fields);
  if (fields['reference'] !== undefined) return [{ object: referenceOf(session, fields['reference'], place) }];
  switch (fields['objectType']) {
    case 'application/cdmi-container':
      if (parent === undefined) throw invalid('a container has to have a name');
      return [
        { object: newContainer(session, { parent, name, id, draft: { metadata: { given, named: [] }, others } }) },
      ];
    case 'application/cdmi-queue':
      return queueOf(session, fields, newQueue(session, place, { given, others }));
    case 'application/cdmi-object':
      return [dataObjectOf(session, fields, place, { given, others })];
    default:
      throw invalid(`nothing is made of objectType ${JSON.stringify(fields['objectType'])}`);
  }
}

function dataObjectOf(
  session: Session,
  fields: JsonObject,
  place: Placed,
  { given, others }: { readonly given: JsonObject; readonly others: JsonObject },
): Made {
  const owned = { kind: 'dataobject', owner: session.credentials.user } as const;
  const described = newMetadata(owned, given, place.parent);
  checkLimits(described.metadata, session.limits.metadata);
  const { bytes, ...shown } = entryOf(fields['mimetype'], fields['valuetransferencoding'], fields['value'] ?? '');
  const algorithm = hashAlgorithm(described.metadata);
  const digest = algorithm && createHash(algorithm).update(bytes).digest('hex').toUpperCase();
  const object: DataObject = {
    ...owned,
    ...described,
    ...standing(session, place),
    ...shown,
    ...(digest !== undefined && { hash: digest }),
    others,
    value: [],
  };
  return { object, bytes };
}

function queueOf(session: Session, fields: JsonObject, empty: ReturnType<typeof newQueue>): readonly Made[] {
  const list = listOf(fields['value'] ?? [], 'value');
  const types = listOf(fields['mimetype'] ?? [], 'mimetype');
  const encodings = listOf(fields['valuetransferencoding'] ?? [], 'valuetransferencoding');
  const entries = list.map((value, index) => entryOf(types[index], encodings[index], value));
  const { queue, values } = appended(
    session,
    empty,
    entries.map(({ mimetype, encoding }): Entry => ({ mimetype, encoding, value: [] })),
  );
  const members = values.map((object, index) => ({ object, bytes: entries[index]?.bytes ?? new Uint8Array() }));
  return [{ object: queue }, ...members];
}

function referenceOf(session: Session, target: Json | undefined, place: Placed): CdmiObject {
  if (typeof target !== 'string') throw invalid('reference must be a string');
  destination(session.root, target);
  const acl = inheritedAcl(place.parent?.acl, 'reference');
  const owner = session.credentials.user;
  return { kind: 'reference', ...standing(session, place), owner, metadata: {}, acl, others: {}, target };
}

function standing({ project, now }: Session, { parent, name, id }: Placed) {
  const time = now();
  const times = { created: time, modified: time, revision: 0 };
  return { id, project, parent: parent?.id ?? '', name, ...times, completion: 'Complete' } as const;
}

function entryOf(mimetype: Json | undefined, encoding: Json | undefined, value: Json) {
  const as = readEncoding(typeof encoding === 'string' ? encoding : 'utf-8');
  const type = typeof mimetype === 'string' && mimetype !== '' ? readMediaType(mimetype) : usualText;
  return { mimetype: type, encoding: as, bytes: decodeValue(value, as) };
}

function nameIn(child: Json): string {
  const name = isObject(child) ? child['objectName'] : undefined;
  if (typeof name !== 'string') throw invalid('children must be objects with an objectName');
  const plain = name.replace(/[/?]$/, '');
  checkName(plain);
  return plain;
}

function metadataIn(fields: JsonObject): JsonObject {
  const metadata = fields['metadata'] ?? {};
  if (isObject(metadata)) return metadata;
  throw invalid('metadata must be an object');
}

function listOf(list: Json, name: string): readonly Json[] {
  if (Array.isArray(list)) return list as readonly Json[];
  throw invalid(`${name} must be a list`);
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
