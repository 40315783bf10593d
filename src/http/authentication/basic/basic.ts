import { hash, randomBytes } from 'node:crypto';
import type { Credentials } from '../../../gateway/credentials.ts';
import type { Followed } from '../../../gateway/followed-file.ts';
import { type Guess, OcciError } from '../../../occi/errors.ts';
import { clientNetwork } from '../../proxies.ts';
import type { Authenticator } from '../authenticator.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { turns } from '../turns.ts';
import { readBasic } from './basic-credentials.ts';
import { LockOut } from './lock-out.ts';
import { isPassword } from './password-hash.ts';
import type { User, Users } from './users-file.ts';

/** How names and passwords are checked. */
export interface BasicOptions {
  readonly realm: string;
  readonly users: Followed<Users>;
  /** How long a password that was right is known without being hashed again. */
  readonly believedMs: number;
  readonly log: (message: string, detail: object) => void;
  /** How a password is checked. */
  readonly check?: typeof isPassword;
  readonly now?: () => number;
}

/**
 * Name and password (RFC 7617) out of a users file.
 *
 * Who fails has to wait, by name and address and, after many failures, by address alone: nobody can lock out a user from
 * elsewhere. Who has to wait is answered with 429, because 401 would say that the password is wrong, and nobody has looked.
 */
export function basicAuthenticator(options: BasicOptions): Authenticator {
  const { realm, users, believedMs, log, check = isPassword, now = Date.now } = options;
  const byBoth = new LockOut({ free: 5, forgivenMs: 900_000, now });
  const byAddress = new LockOut({ free: 50, forgivenMs: 60_000, now });
  const right = new ExpiringCache<User>(10_000, now);
  const underWay = new Map<string, Promise<User | undefined>>();
  // Hashing has threads and memory to itself, but not all of them: files and names are read by the same threads.
  const inTurn = turns(2, 64);
  const digest = keyedDigest();

  /** @throws OcciError `too-many-requests` when the next try has to wait */
  const mayTry = ({ both, address }: Keys, guess: Guess): void => {
    const wait = Math.max(byBoth.wait(both), address === '' ? 0 : byAddress.wait(address));
    if (wait === 0) return;
    const retryAfter = Math.ceil(wait / 1000);
    throw new OcciError('too-many-requests', 'too many wrong passwords; wait before the next try', {
      retryAfter,
      guess,
    });
  };
  const look = async (key: string, keys: Keys, user: User | undefined, password: string, decoy: Users['decoy']) => {
    byBoth.begin(keys.both);
    if (keys.address !== '') byAddress.begin(keys.address);
    try {
      // As much work for a name that is not known.
      const matches = await inTurn(() => check(password, user?.hash ?? decoy));
      if (matches && user !== undefined) {
        right.set(key, user, now() + believedMs);
        byBoth.forget(keys.both);
        byAddress.takeBack(keys.address);
        return user;
      }
      if (byBoth.wait(keys.both) > 0) {
        // What is no name of a user may be a password in the wrong place.
        log('wrong passwords; the next try has to wait', { user: user?.name, address: keys.address });
      }
      return undefined;
    } catch (error) {
      byBoth.takeBack(keys.both);
      byAddress.takeBack(keys.address);
      throw error;
    } finally {
      underWay.delete(key);
    }
  };

  return {
    challenge: `Basic realm="${realm}", charset="UTF-8"`,
    async authenticate(incoming): Promise<Credentials | undefined> {
      const field = incoming.header('authorization');
      if (field === undefined) return undefined;
      const known = users.current;
      const key = digest(field);
      const before = right.get(key);
      if (before !== undefined) {
        const user = known.get(before.name);
        if (user?.hash.hash.equals(before.hash.hash) === true) {
          // Not even then: whoever guesses would see which password is right.
          mayTry(keysOf(user.name, incoming.address), { user: user.name });
          return credentialsOf(user);
        }
      }
      const said = readBasic(field);
      if (said === undefined) return undefined;
      const { name, password } = said;
      const guess: Guess = known.get(name) === undefined ? {} : { user: name };
      let answer = underWay.get(key);
      if (answer === undefined) {
        const keys = keysOf(name, incoming.address);
        mayTry(keys, guess);
        answer = look(key, keys, known.get(name), password, known.decoy);
        underWay.set(key, answer);
      }
      const user = await answer;
      if (user !== undefined) return credentialsOf(user);
      throw new OcciError('unauthenticated', 'name or password is wrong', { guess });
    },
    async close() {
      users.close();
    },
  };
}

/** Under which failures are counted. */
interface Keys {
  readonly both: string;
  /** Empty where the platform does not tell: then all clients would wait for one. */
  readonly address: string;
}

function credentialsOf({ name, project, roles }: User): Credentials {
  return { user: name, project, roles, proof: 'basic' };
}

function keysOf(name: string, address = ''): Keys {
  const network = clientNetwork(address);
  // No user has a name that is longer than this.
  return { address: network, both: `${network} ${name.slice(0, 256)}` };
}

/**
 * What stands for credentials in memory, and tells nothing without the secrets of this process. The nested hashes of HMAC
 * (RFC 2104), several times as fast as an object for each.
 */
function keyedDigest(): (text: string) => string {
  const [inner, outer] = [randomBytes(48).toString('base64'), randomBytes(48).toString('base64')];
  return (text) => hash('sha256', outer + hash('sha256', inner + text, 'base64'), 'base64');
}
