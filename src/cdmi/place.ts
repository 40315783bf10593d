import { OcciError, quoteToken } from '../occi/errors.ts';
import { mayAdd } from './acl/needs.ts';
import type { Capable } from './capabilities.ts';
import { type Found, isPast } from './found.ts';
import type { CdmiObject, Container } from './object.ts';
import { type CdmiPath, checkDepth, checkName } from './path.ts';
import { Redirection } from './redirection.ts';
import { forbidden, invalid, notFound, past } from './refusals.ts';
import { allows, type Session } from './session.ts';
import { find, reach } from './tree.ts';

/**
 * Where something is to be made: at a path, in a container under a name of ours or under one that nothing has there, or
 * where only its ID leads to.
 */
export type Target =
  | { readonly at: CdmiPath }
  | { readonly in: CdmiPath; readonly named?: string }
  | { readonly in: 'nowhere' };

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
 * @throws OcciError `not-found` when the container is not there, `forbidden` when there is no way through it, `exists`
 */
export async function spotOf(session: Session, target: Target, id: string): Promise<Spot> {
  if (!('at' in target)) {
    if (target.in === 'nowhere') return { name: '' };
    const parent = await containerAt(session, target.in);
    if (target.named !== undefined) await mustBeFree(session, parent, target.named);
    return { parent, name: target.named ?? id };
  }
  const reached = await reach(session, target.at);
  const name = target.at.names.at(-1);
  if (name === undefined) {
    // IDs are given by the server, so nothing can be made there.
    if (reached === undefined) throw notFound('object with this ID');
    return { present: reached.found, name: reached.found.object.name };
  }
  if (reached?.left === 0) return { present: reached.found, parent: parentOf(reached.found), name };
  if (reached?.left !== 1) throw notFound('container to put it in');
  return { parent: asContainer(reached.found), name };
}

async function mustBeFree({ store }: Session, { object }: Found<Container>, name: string): Promise<void> {
  checkName(name);
  if ((await store.objects.member(object.id, name)) === undefined) return;
  throw new OcciError('exists', `there is something called ${quoteToken(name)} already`, { token: name });
}

/** What something is in that has been found by a name there. */
function parentOf({ above }: Found): Found<Container> {
  return { object: above.at(-1) as Container, above: above.slice(0, -1) };
}

/** @throws OcciError `not-found` */
export async function containerAt(session: Session, path: CdmiPath): Promise<Found<Container>> {
  return asContainer(await find(session, path));
}

function asContainer(found: Found | undefined): Found<Container> {
  if (found?.object.kind === 'domain') throw invalid('in a domain there are domains, and nothing else is made');
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
  // IDs lead further down than paths do.
  checkDepth(parent.above.length + 1);
  if (isPast(parent)) throw past(parent.object);
  if (!allows(session, parent, (granted) => mayAdd(kind, granted)))
    throw forbidden(parent.object, `putting a ${kind} into it`);
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
