import type { DataObjectDraft } from '../../cdmi/data-object-draft.ts';
import { readMediaType, saysUtf8, unknownBytes } from '../../cdmi/media-type.ts';
import type { Target } from '../../cdmi/place.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { saveDataObject } from '../../cdmi/save-data-object.ts';
import { readPlacement } from './byte-ranges.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { placed } from './json-draft.ts';
import { sendSaved } from './made.ts';
import { isPartial, uploaded } from './upload.ts';

/** Makes a data object of a value as it is, or changes its value (ISO/IEC 17826 §6.2, §6.4). */
export async function onValue(call: CdmiCall, contentType: string | undefined, target: Target): Promise<Response> {
  const { session, incoming, selectors } = call;
  if (selectors.length > 0) throw invalid('fields are selected in CDMI only; send its Content-Type');
  const mimetype = contentType === undefined ? unknownBytes : readMediaType(contentType);
  const place = readPlacement(incoming.header('content-range'));
  const isText = saysUtf8(mimetype) && place === undefined;
  const draft: DataObjectDraft = {
    mimetype,
    metadata: { named: [] },
    content: {
      ...(place && { at: place.first }),
      encodingFor: () => (isText ? 'utf-8 if it is' : 'base64'),
      runs: () => [{ ...placed(place), bytes: uploaded(call) }],
    },
    isPartial: isPartial(incoming),
  };
  return sendSaved(call, await saveDataObject(session, target, draft, incoming.precondition), undefined);
}
