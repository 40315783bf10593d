import type { Credentials } from '../../gateway/credentials.ts';
import type { Incoming } from '../incoming.ts';

/** One way for clients to prove who they are. */
export interface Authenticator {
  /** What asks for it in `WWW-Authenticate` (RFC 9110 §11.6.1); none where it is not for clients to begin. */
  readonly challenge?: string;
  /**
   * @returns nothing when the request has no credentials of this sort
   * @throws OcciError `unauthenticated` when they are no good, `unavailable` when nobody can be asked about them
   */
  authenticate(incoming: Incoming): Promise<Credentials | undefined>;
  close?(): Promise<void>;
}
