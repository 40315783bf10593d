import { z } from 'zod';
import { ClientError } from './client-error.ts';
import type { Session } from './session.ts';

/** How much of something the project of the client uses, and may use. */
export interface Quota {
  /** A kind, an attribute that is summed up, or `mixins`. */
  readonly name: string;
  readonly used: number;
  /** Missing where there is none. */
  readonly limit?: number;
  readonly unit?: string;
}

const answer = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      used: z.number(),
      limit: z.number().nullish(),
      unit: z.string().nullish(),
    }),
  ),
});

/**
 * What the project of the client uses, and may use. No document of OCCI knows of quotas; this is how occi-gateway shows
 * them.
 *
 * @throws ClientError `not-offered` when the server does not tell
 */
export async function quotas(session: Session): Promise<readonly Quota[]> {
  const asked = session.call({ method: 'GET', location: '/-/quota', accept: 'application/json' });
  const { exchange } = await asked.catch((error: unknown) => {
    throw isMissing(error) ? notTold(error) : error;
  });
  const result = answer.safeParse(jsonIn(exchange.response.body));
  if (!result.success) throw notTold(result.error);
  return result.data.resources.map(({ name, used, limit, unit }) => ({
    name,
    used,
    ...(typeof limit === 'number' ? { limit } : {}),
    ...(typeof unit === 'string' ? { unit } : {}),
  }));
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof ClientError)) return false;
  return error.kind === 'unreadable' || [404, 405, 406].includes(error.details.status ?? 0);
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function notTold(cause: unknown): ClientError {
  return new ClientError(
    'not-offered',
    'the server does not tell quotas',
    { advice: 'ask whoever runs it' },
    { cause },
  );
}
