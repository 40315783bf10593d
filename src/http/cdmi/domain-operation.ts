import { copyDomain } from '../../cdmi/domains/copy-domain.ts';
import { moveDomain } from '../../cdmi/domains/move-domain.ts';
import { saveDomain } from '../../cdmi/domains/save-domain.ts';
import { invalid } from '../../cdmi/refusals.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { readRequest } from './json-body.ts';
import { metadataRequest, refuseOthers, refuseParts } from './json-draft.ts';
import { sendSaved } from './made.ts';
import { onDeserialize, serialIn } from './serial-operations.ts';

/** Makes a domain, or changes what is said of it (ISO/IEC 17826 §10.2, §10.5). */
export async function onDomain(call: CdmiCall, contentType: string): Promise<Response> {
  const { session, path, selectors, incoming } = call;
  const request = await readRequest(call);
  refuseOthers(request, session.capabilities);
  const { source, others } = request;
  if (source?.by === 'reference') throw invalid('in a domain there are domains, and no references', source.by);
  if (request.domainURI !== undefined) throw invalid('domains are where they are, and belong to none', 'domainURI');
  if (request.value !== undefined || request.mimetype !== undefined) throw invalid('a domain has no value');
  if (request.exports !== undefined || request.snapshot !== undefined) {
    throw invalid('containers are exported, and have snapshots; domains are not, and have none');
  }
  const serial = serialIn(request, 'domain');
  if (serial !== undefined) return onDeserialize(call, contentType, { at: path }, 'domain', serial);
  refuseParts(request, selectors);
  const draft = { metadata: metadataRequest(request, selectors), ...(others && { others }) };
  if (source?.by === 'copy') {
    return sendSaved(call, await copyDomain(session, path, source.from, draft, incoming.precondition), contentType);
  }
  if (source !== undefined) {
    const found = await moveDomain(session, path, source.from, draft, incoming.precondition);
    return sendSaved(call, { found, isNew: true }, contentType);
  }
  return sendSaved(call, await saveDomain(session, path, draft, incoming.precondition), contentType);
}
