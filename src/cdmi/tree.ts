import { retrying } from '../gateway/commit.ts';
import { rootOf } from '../store/objects.ts';
import { rootAcl } from './acl/inherit.ts';
import { needs } from './acl/needs.ts';
import { type Found, isNameless } from './found.ts';
import type { CdmiObject, Container } from './object.ts';
import type { CdmiPath } from './path.ts';
import { notFound } from './refusals.ts';
import { permit, type Session } from './session.ts';
import { fromStored, toStored } from './stored-form.ts';

/** The root container of the project; it is made when somebody first asks for it. */
export function findRoot(session: Session): Promise<Found<Container>> {
  const { project, store } = session;
  return retrying(async () => {
    const stored = await store.objects.member(rootOf(project), '');
    const object = stored === undefined ? await makeRoot(session) : (fromStored(stored) as Container);
    return { object, above: [] };
  });
}

async function makeRoot({ project, store, credentials, newId, now }: Session): Promise<Container> {
  const time = now();
  const root: Container = {
    kind: 'container',
    id: newId(),
    project,
    parent: rootOf(project),
    name: '',
    revision: 0,
    created: time,
    modified: time,
    owner: credentials.user,
    metadata: {},
    acl: rootAcl,
    others: {},
    completion: 'Complete',
    exports: {},
  };
  const revision = await store.commit({ objects: { create: [toStored(root)], now: time / 1000 } });
  return { ...root, revision };
}

/**
 * What is at a path, whether or not it has been said with a slash.
 *
 * @returns nothing when there is none
 * @throws OcciError `forbidden` when a container on the way does not let the client through
 */
export async function find(session: Session, { from, names }: CdmiPath): Promise<Found | undefined> {
  let found = typeof from === 'object' ? await findById(session, from.id) : await findRoot(session);
  for (const name of names) {
    if (found === undefined) return undefined;
    found = await memberOf(session, found, name);
  }
  return found;
}

/** The same where it has to be there. @throws OcciError `not-found`, `forbidden` */
export async function mustFind(session: Session, path: CdmiPath): Promise<Found> {
  const found = await find(session, path);
  if (found === undefined) throw notFound(`object ${['', ...path.names].join('/')}`);
  return found;
}

/**
 * What has a name in a container.
 *
 * @throws OcciError `forbidden` when the container does not let the client through
 */
export async function memberOf(session: Session, { object, above }: Found, name: string): Promise<Found | undefined> {
  // Whoever does not know of the container would learn of it from a refusal, but paths are no secret to whom has them.
  if (object.kind !== 'container') return undefined;
  permit(session, { object, above }, needs.container.traverse, 'going through a container');
  const stored = await session.store.objects.member(object.id, name);
  return stored === undefined ? undefined : { object: fromStored(stored), above: [...above, object] };
}

/** An object by its ID; a path that leads to it need not be open to the client. */
export async function findById({ store }: Session, id: string): Promise<Found | undefined> {
  const stored = await store.objects.object(id);
  if (stored === undefined) return undefined;
  const object = fromStored(stored);
  const above: Container[] = [];
  for (let one: CdmiObject = object; !isNameless({ object: one, above: [] }) && one.parent !== rootOf(one.project); ) {
    const parent = await store.objects.object(one.parent);
    // It was removed together with what it is in, between two looks.
    if (parent === undefined) return undefined;
    one = fromStored(parent);
    above.unshift(one as Container);
  }
  return { object, above };
}
