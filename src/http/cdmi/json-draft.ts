import type { CapabilitiesTree } from '../../cdmi/capabilities.ts';
import type { DataObjectDraft, Run } from '../../cdmi/data-object-draft.ts';
import { decodeValue } from '../../cdmi/encoding.ts';
import type { MetadataRequest } from '../../cdmi/metadata/change.ts';
import type { ObjectRequest } from '../../cdmi/object-request.ts';
import type { Range } from '../../cdmi/range.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { partsOf, rangesOf, type Selectors, selects } from '../../cdmi/selectors.ts';

/**
 * What a body says about a data object, as far as the selectors of the URI let it (ISO/IEC 17826 §8.6).
 *
 * @throws OcciError `invalid-request`
 */
export function dataObjectDraft(request: ObjectRequest, selectors: Selectors, isPartial: boolean): DataObjectDraft {
  const takes = (field: string) => selects(selectors, field);
  const { mimetype, encoding, value, others, source, domainURI } = request;
  const [range, more] = rangesOf(selectors, 'value');
  if (more !== undefined) throw invalid('several ranges of a value come in parts: Content-Type: multipart/mixed');
  if (range !== undefined && value === undefined) throw invalid('a range is named, and no value given');
  const ranged = range !== undefined;
  return {
    ...(takes('mimetype') && mimetype !== undefined && { mimetype }),
    ...((takes('valuetransferencoding') || takes('value')) && !ranged && encoding && { encoding }),
    ...(others && selectors.length === 0 && { others }),
    ...(takes('domainURI') && domainURI !== undefined && { domainURI }),
    metadata: metadataRequest(request, selectors),
    ...(source?.by === 'copy' && { copy: copyUri(source.from, selectors) }),
    ...(source?.by === 'move' && namesValues(source.from) && { copy: source.from, leaving: true }),
    ...(takes('value') &&
      value !== undefined && {
        content: {
          ...(range && { at: range.first }),
          encodingFor: (present) => (ranged ? 'base64' : (present ?? 'utf-8')),
          runs: (as) => [{ ...placed(range), bytes: once(decodeValue(value, as)) }],
        },
      }),
    isPartial,
  };
}

/** Whether a URI leads to values of a queue, which are moved without it. */
function namesValues(uri: string): boolean {
  return /[?;]values?(?:[:;]|$)/.test(uri);
}

/** Where a run of bytes goes, and how long it is. */
export function placed(range: Range | undefined): Pick<Run, 'at' | 'length'> {
  return range === undefined ? {} : { at: range.first, length: range.last - range.first + 1 };
}

/** What it says about metadata: all of it, or the items that the URI names (§16.2). */
export function metadataRequest({ metadata }: ObjectRequest, selectors: Selectors): MetadataRequest {
  const named = partsOf(selectors, 'metadata');
  if (!selects(selectors, 'metadata')) return { named: [] };
  return { ...(metadata ? { given: metadata } : {}), named };
}

/** Fields may be named at the one end or at the other (§8.2.7). */
function copyUri(uri: string, selectors: Selectors): string {
  if (selectors.length === 0) return uri;
  if (uri.includes('?')) throw invalid('fields to be copied are named either at the source or at the destination', uri);
  return `${uri}?${selectors.map(({ field }) => encodeURIComponent(field)).join(';')}`;
}

/**
 * Refuses to copy or move parts of an object that is copied or moved as a whole only.
 *
 * @throws OcciError `invalid-request`
 */
export function refuseParts({ source }: ObjectRequest, selectors: Selectors): void {
  if (selectors.length === 0 || (source?.by !== 'copy' && source?.by !== 'move')) return;
  throw invalid(`it can be ${source.by === 'copy' ? 'copied' : 'moved'} as a whole only`, selectors[0]?.field);
}

/** Items of the metadata by which something is asked for, and the capability to do it. */
const asking = {
  cdmi_value_hash: 'cdmi_value_hash',
  cdmi_retention_period: 'cdmi_data_retention',
  cdmi_retention_autodelete: 'cdmi_data_autodelete',
  cdmi_hold_id: 'cdmi_data_holds',
} as const;

/**
 * What is asked for and not done here.
 *
 * @throws OcciError `invalid-request`
 */
export function refuseOthers(request: ObjectRequest, capabilities: CapabilitiesTree): void {
  const { source, snapshot, domainURI, metadata = {} } = request;
  if (source?.by === 'reference') capabilities.require('cdmi_references');
  if (source !== undefined && /serialize/.test(source.by)) capabilities.require('cdmi_serialization_json');
  if (domainURI !== undefined) capabilities.require('cdmi_domains');
  if (snapshot !== undefined) capabilities.require('cdmi_snapshot', 'container');
  for (const [item, capability] of Object.entries(asking)) {
    if (Object.hasOwn(metadata, item)) capabilities.require(capability, 'container');
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
