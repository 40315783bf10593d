import { STATUS_CODES } from 'node:http';
import type { Occasion, Session } from '../../cdmi/session.ts';
import { tellRequest } from '../../cdmi/watching/told-request.ts';
import { problemOf } from '../status.ts';

/** Answers a request, and tells those who want to know of requests (ISO/IEC 17826 §20, §21), whatever it comes to. */
export async function told(
  session: Session & { readonly occasion: Occasion },
  answer: () => Promise<Response>,
): Promise<Response> {
  const tell = (status: number) => {
    const result = `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
    return tellRequest(session, session.occasion, { result, isDone: status < 300, isRefused: status === 403 });
  };
  let response: Response;
  try {
    response = await answer();
  } catch (error) {
    // What was wrong in the first place is what the client is to hear.
    await tell(problemOf(error, '').status).catch(() => {});
    throw error;
  }
  try {
    await tell(response.status);
    return response;
  } catch (error) {
    await response.body?.cancel();
    throw error;
  }
}
