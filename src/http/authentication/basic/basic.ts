import { createHmac, randomBytes } from 'node:crypto';
import type { Credentials } from '../../../gateway/credentials.ts';
import { OcciError } from '../../../occi/errors.ts';
import { clientNetwork } from '../../proxies.ts';
import type { Authenticator } from '../authenticator.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { turns } from '../turns.ts';
import type { WatchedFile } from '../watched-file.ts';
import { readBasic } from './basic-credentials.ts';
import { LockOut } from './lock-out.ts';
import { isPassword } from './password-hash.ts';
import type { User, Users } from './users-file.ts';

/** How names and passwords are checked. */
export interface BasicOptions {
  readonly realm: string;
  readonly users: WatchedFile<Users>;
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
  const right = new ExpiringCache<true>(10_000, now);
  const underWay = new Map<string, Promise<boolean>>();
  // Hashing has threads and memory to itself, but not all of them: files and names are read by the same threads.
  const inTurn = turns(2, 64);
  const secret = randomBytes(32);

  /** Stands for name, password and hash in memory; without the secret of this process it tells nothing. */
  const digest = (...parts: readonly string[]) => {
    const mac = createHmac('sha256', secret);
    for (const part of parts) mac.update(`${part.length}:${part}`);
    return mac.digest('base64');
  };
  const look = async (key: string, keys: Keys, user: User | undefined, password: string, decoy: Users['decoy']) => {
    byBoth.begin(keys.both);
    byAddress.begin(keys.address);
    try {
      // As much work for a name that is not known.
      const matches = (await inTurn(() => check(password, user?.hash ?? decoy))) && user !== undefined;
      if (matches) {
        right.set(key, true, now() + believedMs);
        byBoth.forget(keys.both);
        byAddress.takeBack(keys.address);
      } else if (byBoth.wait(keys.both) > 0) {
        // What is no name of a user may be a password in the wrong place.
        log('wrong passwords; the next try has to wait', { user: user?.name, address: keys.address });
      }
      return matches;
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
      const said = readBasic(incoming.header('authorization'));
      if (said === undefined) return undefined;
      const { name, password } = said;
      const known = await users.current();
      const user = known.get(name);
      const address = clientNetwork(incoming.address ?? '');
      // No user has a name that is longer than this.
      const keys = { address, both: `${address} ${name.slice(0, 256)}` };
      const key = digest(name, password, user?.hash.hash.toString('base64') ?? '');
      let answer = underWay.get(key);
      if (answer === undefined) {
        const wait = Math.max(byBoth.wait(keys.both), byAddress.wait(keys.address));
        if (wait > 0) {
          const retryAfter = Math.ceil(wait / 1000);
          throw new OcciError('too-many-requests', 'too many wrong passwords; wait before the next try', {
            retryAfter,
          });
        }
        if (user !== undefined && right.get(key) === true) return credentialsOf(user);
        answer = look(key, keys, user, password, known.decoy);
        underWay.set(key, answer);
      }
      if ((await answer) && user !== undefined) return credentialsOf(user);
      throw new OcciError('unauthenticated', 'name or password is wrong');
    },
  };
}

/** Under which failures are counted. */
interface Keys {
  readonly both: string;
  readonly address: string;
}

function credentialsOf({ name, project, roles }: User): Credentials {
  return { user: name, project, roles, proof: 'basic' };
}
