import type { Ace } from './ace.ts';
import { flag, mask } from './bits.ts';

const { OBJECT_INHERIT, CONTAINER_INHERIT, NO_PROPAGATE, INHERIT_ONLY, INHERITED } = flag;
const everything = OBJECT_INHERIT | CONTAINER_INHERIT;
const ofInheritance = everything | NO_PROPAGATE | INHERIT_ONLY;

const allow = (identifier: string, bits: number): Ace => ({
  type: 'allow',
  identifier,
  flags: everything,
  mask: bits,
});

const ofOwner = allow('OWNER@', mask.ALL_PERMS);

/**
 * That of a new root container. To the two entries of ISO/IEC 17826 §16.1.6 comes one for the project: its members
 * work with all that is in it, as they do with its machines. Who may read may go through containers, too, or he would
 * reach nothing below this one.
 */
export const rootAcl: readonly Ace[] = [
  ofOwner,
  allow('GROUP@', mask.ALL_PERMS),
  allow('AUTHENTICATED@', mask.READ_ALL | mask.TRAVERSE_CONTAINER | mask.READ_ATTRIBUTES | mask.READ_ACL),
];

/** That of what inherits nothing (§16.1.6). */
export const ownersAcl: readonly Ace[] = [ofOwner];

/**
 * What a new object is protected by when its client does not say: what it inherits (§16.1.4, as in RFC 7530 §6.4.3).
 * A list that a client gives takes the place of all that.
 *
 * @param parent the list of the container it is made in; none for what is found by its ID alone
 */
export function inheritedAcl(parent: readonly Ace[] | undefined, kind: string): readonly Ace[] {
  const acl = (parent ?? []).flatMap(kind === 'container' || kind === 'domain' ? toContainer : toObject);
  return acl.length > 0 ? acl : ownersAcl;
}

function toObject(ace: Ace): readonly Ace[] {
  return (ace.flags & OBJECT_INHERIT) === 0 ? [] : [spent(ace)];
}

function toContainer(ace: Ace): readonly Ace[] {
  if ((ace.flags & CONTAINER_INHERIT) !== 0) {
    if ((ace.flags & NO_PROPAGATE) !== 0) return [spent(ace)];
    return [{ ...ace, flags: (ace.flags & ~INHERIT_ONLY) | INHERITED }];
  }
  // It is for objects alone: the container hands it on, and does not follow it.
  if ((ace.flags & OBJECT_INHERIT) === 0 || (ace.flags & NO_PROPAGATE) !== 0) return [];
  return [{ ...ace, flags: ace.flags | INHERIT_ONLY | INHERITED }];
}

/** It has reached the last one that inherits it. */
function spent(ace: Ace): Ace {
  return { ...ace, flags: (ace.flags & ~ofInheritance) | INHERITED };
}
