import type { DataObjectDraft } from '../../cdmi/data-object-draft.ts';
import type { Target } from '../../cdmi/place.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { saveDataObject } from '../../cdmi/save-data-object.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { type FormFile, filesIn } from './form.ts';
import { sendSaved } from './made.ts';
import { readParts } from './multipart-reader.ts';
import { uploaded } from './upload.ts';
import { readValuePart } from './value-part.ts';

/**
 * Makes a data object of the file that comes in a form, under the name that it has there (ISO/IEC 17826 §6.6). There is
 * one answer and one Location, so there is one file.
 */
export async function onForm(call: CdmiCall, boundary: string, target: Target): Promise<Response> {
  const { session, incoming, selectors } = call;
  if (selectors.length > 0) throw invalid('fields are selected in CDMI only; send its Content-Type');
  if (boundary === '') throw invalid('multipart/form-data needs a boundary');
  const files = filesIn(readParts(uploaded(call), boundary));
  const { value: file, done } = await files.next();
  if (done === true) throw invalid('there is no file in this form');
  const saved = await saveDataObject(session, placeOf(file, target), draftOf(file, files), incoming.precondition);
  return sendSaved(call, saved, undefined);
}

/** Where only IDs lead there are no names. */
function placeOf({ name }: FormFile, target: Target): Target {
  return name === '' || !('in' in target) || target.in === 'nowhere' ? target : { ...target, named: name };
}

function draftOf({ part }: FormFile, rest: AsyncIterable<FormFile>): DataObjectDraft {
  const { mimetype, isText, bytes } = readValuePart(part);
  const runs = async function* () {
    yield { bytes };
    for await (const { name } of rest) throw invalid('a form has one file; another one is there', name);
  };
  const encodingFor = () => (isText ? ('utf-8 if it is' as const) : ('base64' as const));
  return { mimetype, metadata: { named: [] }, content: { encodingFor, runs }, isPartial: false };
}
