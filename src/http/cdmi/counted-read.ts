import { summarized } from '../../cdmi/domains/summary/shown-summary.ts';
import type { Found } from '../../cdmi/found.ts';
import type { CdmiCall } from './cdmi-call.ts';

/**
 * Counts what is read of a domain's objects: the request when it is answered, and bytes of values as they are read.
 * Looking at summaries is not counted, so that it changes nothing in them.
 */
export async function countedRead(
  call: CdmiCall,
  found: Found,
  answer: (call: CdmiCall) => Response | Promise<Response>,
): Promise<Response> {
  const { session, incoming } = call;
  const { summaries } = session;
  if (summaries === undefined || summarized(found) !== undefined) return answer(call);
  const { project, domain } = found.object;
  const of = { project, ...(domain !== undefined && { domain }) };
  const reader = session.reader.counting((bytes) => summaries.count(of, { reads: BigInt(bytes) }));
  const response = await answer({ ...call, session: { ...session, reader } });
  if (incoming.method === 'GET') summaries.count(of, { gets: 1n });
  return response;
}
