import type { Credentials } from '../../gateway/credentials.ts';
import { OcciError } from '../../occi/errors.ts';
import type { Incoming } from '../incoming.ts';
import type { Authenticator } from './authenticator.ts';

/**
 * Who sends a request: the first of the accepted ways for which it has credentials decides.
 *
 * @param authenticators one at least
 * @throws OcciError `unauthenticated` with all challenges, when it has none or wrong ones
 */
export async function authenticate(authenticators: readonly Authenticator[], incoming: Incoming): Promise<Credentials> {
  for (const authenticator of authenticators) {
    try {
      const credentials = await authenticator.authenticate(incoming);
      if (credentials !== undefined) return credentials;
    } catch (error) {
      if (!(error instanceof OcciError) || error.code !== 'unauthenticated') throw error;
      const challenges = challengesOf(authenticators, authenticator, error.details.challenges);
      throw new OcciError('unauthenticated', error.message, { ...error.details, challenges }, { cause: error });
    }
  }
  const challenges = challengesOf(authenticators);
  throw new OcciError('unauthenticated', 'say who you are: the WWW-Authenticate header tells how', { challenges });
}

/** All challenges, Basic first: there are clients that look at one only, and every client knows Basic. */
function challengesOf(
  authenticators: readonly Authenticator[],
  refusing?: Authenticator,
  own: readonly string[] = [],
): readonly string[] {
  const all = authenticators.flatMap((one) => {
    if (one === refusing && own.length > 0) return own;
    return one.challenge === undefined ? [] : [one.challenge];
  });
  const isBasic = (challenge: string) => /^basic /i.test(challenge);
  return [...all.filter(isBasic), ...all.filter((challenge) => !isBasic(challenge))];
}
