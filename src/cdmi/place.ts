import { mayAdd } from './acl/needs.ts';
import type { Capable } from './capabilities.ts';
import type { Found } from './found.ts';
import type { CdmiObject, Container } from './object.ts';
import { type CdmiPath, checkName } from './path.ts';
import { Redirection } from './redirection.ts';
import { forbidden, invalid, notFound } from './refusals.ts';
import { grantedTo, type Session } from './session.ts';
import { find, findById, memberOf } from './tree.ts';

/** Where something is to be made: at a path, in a container under a name of ours, or where only its ID leads to. */
export type Target = { readonly at: CdmiPath } | { readonly in: CdmiPath } | { readonly in: 'nowhere' };

/** What is there, and where something new would go. */
export interface Spot {
  /** What has the name already. */
  readonly present?: Found;
  /** The container for something new; none for what has no name. */
  readonly parent?: Found<Container>;
  /** Its name there. */
  readonly name: string;
}

/**
 * Finds the place.
 *
 * @param id of what may be made there, which is its name where the client gives none
 * @throws OcciError `not-found` when the container is not there, `forbidden` when there is no way through it
 */
export async function spotOf(session: Session, target: Target, id: string): Promise<Spot> {
  if (!('at' in target)) {
    if (target.in === 'nowhere') return { name: '' };
    return { parent: await containerAt(session, target.in), name: id };
  }
  const { from, names } = target.at;
  const name = names.at(-1);
  if (name === undefined) {
    const present = typeof from === 'object' ? await findById(session, from.id) : await find(session, target.at);
    // IDs are given by the server, so nothing can be made there.
    if (present === undefined) throw notFound('object with this ID');
    return { present, name: present.object.name };
  }
  const parent = await containerAt(session, { from, names: names.slice(0, -1), slash: true });
  const present = await memberOf(session, parent, name);
  return { ...(present && { present }), parent, name };
}

/** @throws OcciError `not-found` */
export async function containerAt(session: Session, path: CdmiPath): Promise<Found<Container>> {
  const found = await find(session, path);
  if (found?.object.kind !== 'container') throw notFound('container to put it in');
  return found as Found<Container>;
}

/**
 * Lets something new be put there.
 *
 * @throws OcciError `invalid-request` for names that nothing may have, `forbidden`
 */
export function mayTake(session: Session, { parent, name }: Spot, kind: CdmiObject['kind']): void {
  if (parent === undefined) return;
  checkName(name);
  if (!mayAdd(kind, grantedTo(session, parent))) throw forbidden(parent.object, `putting a ${kind} into it`);
}

/**
 * @throws Redirection when it is a reference
 * @throws OcciError `invalid-request` when what is there is of another type
 */
export function mustBe<K extends Capable>(kind: K, found: Found): asserts found is Found & { object: { kind: K } } {
  if (found.object.kind === kind) return;
  if (found.object.kind === 'reference') throw new Redirection(found.object.target);
  throw invalid(`${JSON.stringify(found.object.name || found.object.id)} is a ${found.object.kind}, and no ${kind}`);
}
