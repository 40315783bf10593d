import { type ObjectRequest, readObjectRequest } from '../../cdmi/object-request.ts';
import { refuseEncoding } from '../call.ts';
import type { CdmiCall } from './cdmi-call.ts';

/** A body that is no value. @throws OcciError `unsupported-media-type`, `too-large` */
export async function jsonBody({ incoming, settings }: CdmiCall): Promise<Uint8Array> {
  refuseEncoding(incoming);
  return (await incoming.payload(settings.bodyBytes)).body;
}

/** What a body in JSON says. @throws OcciError */
export async function readRequest(call: CdmiCall): Promise<ObjectRequest> {
  return readObjectRequest(await jsonBody(call));
}
