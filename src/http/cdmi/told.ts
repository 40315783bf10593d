import { STATUS_CODES } from 'node:http';
import type { Occasion, Session } from '../../cdmi/session.ts';
import { tellRequest } from '../../cdmi/watching/told-request.ts';
import { problemOf } from '../status.ts';

/** Answers a request, and tells those who want to know of requests (ISO/IEC 17826 §20, §21), whatever it comes to. */
export async function told(
  session: Session & { readonly occasion: Occasion },
  answer: () => Promise<Response>,
): Promise<Response> {
  let response: Response;
  try {
    response = await answer();
  } catch (error) {
    // What was wrong in the first place is what the client is to hear.
    await tell(session, problemOf(error, '').status)?.catch(() => {});
    throw error;
  }
  const telling = tell(session, response.status);
  if (telling === undefined) return response;
  try {
    await telling;
    return response;
  } catch (error) {
    await response.body?.cancel();
    throw error;
  }
}

/** @returns nothing when there is nobody to be told, which is known at once as a rule */
function tell(session: Session & { readonly occasion: Occasion }, status: number): Promise<void> | undefined {
  const { occasion } = session;
  if (occasion.isTold && occasion.read === undefined) return undefined;
  const watches = session.watches.of(session.project);
  if (!(watches instanceof Promise) && watches.length === 0) return undefined;
  const result = `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  return tellRequest(session, occasion, watches, { result, isDone: status < 300, isRefused: status === 403 });
}
