import { needs } from './acl/needs.ts';
import { basisOf } from './changes.ts';
import type { DataObjectDraft } from './data-object-draft.ts';
import type { Found } from './found.ts';
import { copiedMetadata, type MetadataRequest } from './metadata/change.ts';
import { knownHash, type ValueHash } from './metadata/value-hash.ts';
import type { DataObject, Queue } from './object.ts';
import { mustBe } from './place.ts';
import { choiceIn, chosenOf, everything, joined } from './queue/queue-values.ts';
import { dequeued } from './queue/taken.ts';
import { follow } from './references.ts';
import { invalid } from './refusals.ts';
import type { Decision } from './save.ts';
import { type Selectors, selects } from './selectors.ts';
import { permit, type Session } from './session.ts';

/** What a data object is to take from another one. */
export interface Copied {
  /** As if the client had said it. */
  readonly draft: Pick<DataObjectDraft, 'mimetype' | 'encoding' | 'others'>;
  readonly metadata: MetadataRequest;
  readonly value: DataObject['value'] | undefined;
  /** That of the value, where it is known. */
  readonly hash: ValueHash | undefined;
  /** What it was decided upon; and what leaves where it has been. */
  readonly decision: Pick<Decision, 'expect' | 'remove' | 'update'>;
}

/**
 * Reads what is to be copied (ISO/IEC 17826 §8.2.7): all of it, or the fields that the URI selects. Where the request
 * has metadata of its own, that takes the place of all that the source has.
 *
 * @param leaving whether the source is a queue, and loses what is copied
 * @throws OcciError `invalid-request`, `forbidden`
 */
export async function copySource(
  session: Session,
  uri: string,
  own: MetadataRequest,
  leaving = false,
): Promise<Copied> {
  session.capabilities.require(`cdmi_object_${leaving ? 'move' : 'copy'}_from_local`);
  session.capabilities.require('cdmi_copy_dataobject', 'container');
  const { found, selectors } = await follow(session, uri);
  if (found.object.kind === 'queue') return queueSource(session, found as Found<Queue>, selectors, own, leaving);
  mustBe('dataobject', found);
  if (leaving) throw invalid('only the values of a queue can be moved by themselves', uri);
  const { object } = found;
  const takes = (field: string) => selects(selectors, field);
  if (selectors.some(({ part }) => part !== undefined)) throw invalid('only whole fields can be copied', uri);
  if (object.completion !== 'Complete') throw invalid('what is not complete cannot be copied', uri);
  if (takes('value')) permit(session, found, needs.copy.value, 'copying its value');
  const takesMetadata = takes('metadata') && own.given === undefined;
  if (takesMetadata) permit(session, found, needs.copy.metadata, 'copying its metadata');
  return {
    draft: {
      ...(takes('mimetype') && { mimetype: object.mimetype }),
      ...(takes('value') && { encoding: object.encoding }),
      ...(selectors.length === 0 && { others: object.others }),
    },
    metadata: takesMetadata ? { given: copiedMetadata(object.metadata), named: [] } : own,
    value: takes('value') ? object.value : undefined,
    hash: takes('value') ? knownHash(object) : undefined,
    decision: { expect: [basisOf(object)] },
  };
}

/** The values of a queue, one after the other: all of them, or those that the URI names. */
async function queueSource(
  session: Session,
  found: Found<Queue>,
  selectors: Selectors,
  own: MetadataRequest,
  leaving: boolean,
): Promise<Copied> {
  session.capabilities.require('cdmi_copy_dataobject_from_queue', 'container');
  const { object } = found;
  permit(session, found, needs.copy.value, 'copying its values');
  const choice = selectors.length === 0 ? everything : choiceIn(selectors);
  if (choice === undefined) throw invalid('of a queue its values are copied');
  const values = await chosenOf(session, object, choice);
  if (leaving && 'by' in choice) throw invalid('values leave a queue oldest first: values:<number>');
  if (leaving && values.length === 0) throw invalid('the queue is empty: there is nothing to be moved');
  const decision = leaving ? dequeued(session, found, values) : { expect: [basisOf(object)] };
  const { mimetype, encoding, value } = joined(values);
  return { draft: { mimetype, encoding }, metadata: own, value, hash: undefined, decision };
}
