import type { Credentials } from '../../gateway/credentials.ts';
import type { CdmiObject } from '../object.ts';
import type { Ace } from './ace.ts';
import { flag, mask } from './bits.ts';

/** Who asks, as far as entries can name somebody. */
export interface Principal {
  readonly user: string;
  /** Nobody asked who he is. */
  readonly anonymous: boolean;
  /** He runs the cloud. */
  readonly administrator: boolean;
  /** Whether he is in a group: his project, or a role of his. */
  readonly isIn: (group: string) => boolean;
  readonly project: string;
}

/** What an object tells about whom it lets do what. */
export type Protected = Pick<CdmiObject, 'acl' | 'owner' | 'project'>;

/** Somebody with credentials. */
export function principalOf({ user, project, roles, proof }: Credentials, administrator: boolean): Principal {
  // Names of roles are the same in any case, as in Keystone; those of projects are not.
  const lower = roles.map((role) => role.toLowerCase());
  return {
    user,
    project,
    anonymous: proof === 'none',
    administrator,
    isIn: (group) => group === project || lower.includes(group.toLowerCase()),
  };
}

/**
 * All that somebody may do with an object, as a mask (ISO/IEC 17826 §16.1.6): for each bit, the first entry that is
 * about him and has it decides, and what no entry mentions is refused. So it does not matter what else he wants at the
 * same time.
 */
export function permitted(who: Principal, object: Protected): number {
  let allowed = 0;
  let denied = 0;
  for (const ace of object.acl) {
    if (ace.type === 'audit' || (ace.flags & flag.INHERIT_ONLY) !== 0 || !isAbout(ace, who, object)) continue;
    if (ace.type === 'allow') allowed |= ace.mask & ~denied;
    else denied |= ace.mask;
  }
  return allowed >>> 0;
}

/**
 * The same at a root container, from which its owner and those who run the cloud cannot be kept out: there they can
 * change what everything below inherits. Who gets in although {@link permitted} says no, is in the record of who did what.
 */
export function permittedAtRoot(who: Principal, root: Protected): number {
  const forced = who.administrator || who.user === root.owner ? mask.ALL_PERMS : 0;
  return (permitted(who, root) | forced) >>> 0;
}

/** Whether an entry is about somebody (§16.1.3). */
function isAbout({ identifier, flags }: Ace, who: Principal, { owner, project }: Protected): boolean {
  switch (identifier) {
    case 'OWNER@':
      return who.user === owner;
    case 'GROUP@':
      return who.project === project;
    case 'EVERYONE@':
      return true;
    case 'ANONYMOUS@':
      return who.anonymous;
    case 'AUTHENTICATED@':
      return !who.anonymous;
    case 'ADMINISTRATOR@':
    case 'ADMINUSERS@':
      return who.administrator;
    default:
      return (flags & flag.IDENTIFIER_GROUP) === 0 ? who.user === identifier : who.isIn(identifier);
  }
}
