import type { Change } from './acl/needs.ts';
import { changed } from './changes.ts';
import { inPlace } from './domains/delegation-uri.ts';
import { checkDomain } from './domains/owning-domain.ts';
import { hashOf } from './examined.ts';
import { type ChangedEntities, changeExports } from './exports/change-exports.ts';
import type { Found } from './found.ts';
import { copiedMetadata } from './metadata/change.ts';
import { hashAlgorithm, knownHash } from './metadata/value-hash.ts';
import type { CdmiObject, DataObject, JsonObject } from './object.ts';
import { later } from './queue/taken.ts';
import { invalid } from './refusals.ts';
import type { Session } from './session.ts';

/** What becomes of an object that is there. */
export interface CopiedOnto {
  readonly object: CdmiObject;
  /** What becomes of the storage that stands for it. */
  readonly entities: ChangedEntities;
}

/**
 * Lets an object become like another one of its type (ISO/IEC 17826 §9.5, `copy`): it stays itself, whose it was, and
 * exported as it was.
 *
 * @param onto what is there, in what that is to be in
 * @param given metadata that takes the place of all that the source has
 * @throws OcciError `invalid-request` when it is of another type, `forbidden`
 */
export async function copiedOnto(
  session: Session,
  source: CdmiObject,
  onto: Found,
  given: JsonObject = copiedMetadata(inPlace(session, source, onto.above)),
): Promise<CopiedOnto> {
  const before = onto.object;
  await checkDomain(session, before);
  const request = { given, named: [] };
  const common = () => ({ modified: later(session, before), others: { ...before.others, ...source.others } });
  if (source.kind === 'dataobject' && before.kind === 'dataobject') {
    const { mimetype, encoding, value, completion } = source;
    if (completion !== 'Complete') throw invalid('what is not complete cannot be copied', source.name);
    const parts: readonly Change[] = ['value', 'presentation', 'attributes'];
    const described = changed(session, onto, request, parts);
    const after = { ...before, ...described, ...common(), mimetype, encoding, value, completion };
    return alone(await withHash(session, after, source));
  }
  if (source.kind === 'container' && before.kind === 'container') {
    const after = { ...before, ...changed(session, onto, request, ['attributes']), ...common() };
    const { container, entities } = await changeExports(session, { object: after, above: onto.above }, undefined);
    return { object: container, entities };
  }
  const name = JSON.stringify(before.name);
  throw invalid(`${name} is a ${before.kind} there, onto which no ${source.kind} can be copied`, before.name);
}

/** A copy with the hash that its metadata asks for, which may be another one than that of the source has asked for. */
export async function withHash(session: Session, copy: DataObject, source: DataObject): Promise<DataObject> {
  const { hash: _, ...object } = copy;
  const algorithm = hashAlgorithm(object.metadata);
  if (algorithm === undefined || object.completion !== 'Complete') return object;
  const known = knownHash(source);
  const { digest } = known?.algorithm === algorithm ? known : await hashOf(session, object.value, algorithm);
  return { ...object, hash: digest };
}

function alone(object: CdmiObject): CopiedOnto {
  return { object, entities: {} };
}
