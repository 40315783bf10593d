import { needs } from './acl/needs.ts';
import { basisOf } from './changes.ts';
import type { DataObjectDraft } from './data-object-draft.ts';
import type { Found } from './found.ts';
import { copiedMetadata, type MetadataRequest } from './metadata/change.ts';
import { itemsWith } from './metadata/shown.ts';
import { knownHash, type ValueHash } from './metadata/value-hash.ts';
import type { DataObject, Queue } from './object.ts';
import { mustBe } from './place.ts';
import { choiceIn, chosenOf, everything, joined } from './queue/queue-values.ts';
import { dequeued } from './queue/taken.ts';
import type { Range } from './range.ts';
import { follow } from './references.ts';
import { invalid } from './refusals.ts';
import type { Decision } from './save.ts';
import { partsOf, rangesOf, type Selectors, selects } from './selectors.ts';
import { permit, type Session } from './session.ts';
import { slice } from './values/value.ts';

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
 * Reads what is to be copied (ISO/IEC 17826 §8.2.7): all of it, or the fields that the URI selects, and of the value a
 * range. Where the request has metadata of its own, that takes the place of all that the source has.
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
  const [range, more] = rangesOf(selectors, 'value');
  if (more !== undefined) throw invalid('one range of a value can be copied', uri);
  if (object.completion !== 'Complete') throw invalid('what is not complete cannot be copied', uri);
  if (takes('value')) permit(session, found, needs.copy.value, 'copying its value');
  const takesMetadata = takes('metadata') && own.given === undefined;
  if (takesMetadata) permit(session, found, needs.copy.metadata, 'copying its metadata');
  return {
    draft: {
      ...(takes('mimetype') && { mimetype: object.mimetype }),
      // A part of a text may be none.
      ...(takes('value') && { encoding: range === undefined ? object.encoding : 'base64' }),
      ...(selectors.length === 0 && { others: object.others }),
    },
    metadata: takesMetadata ? metadataOf(object, own, partsOf(selectors, 'metadata')) : own,
    value: takes('value') ? partOf(object.value, range) : undefined,
    hash: takes('value') && range === undefined ? knownHash(object) : undefined,
    decision: { expect: [basisOf(object)] },
  };
}

/** The same value where no range is named. */
function partOf(value: DataObject['value'], range: Range | undefined): DataObject['value'] {
  return range === undefined ? value : slice(value, range.first, range.last + 1);
}

/**
 * The metadata that is copied: all of it, or items that are named, and others stay as they are where it goes.
 *
 * @param own names those that are meant where they go
 * @param prefixes with which those begin that are meant where they come from
 */
function metadataOf({ metadata }: DataObject, own: MetadataRequest, prefixes: readonly string[]): MetadataRequest {
  const all = copiedMetadata(metadata);
  if (own.named.length > 0) {
    return {
      given: Object.fromEntries(Object.entries(all).filter(([name]) => own.named.includes(name))),
      named: own.named,
    };
  }
  if (prefixes.length === 0) return { given: all, named: [] };
  const given = itemsWith(all, prefixes);
  const named = Object.keys(given);
  return named.length === 0 ? own : { given, named };
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
