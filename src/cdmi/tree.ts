import { retrying } from '../gateway/commit.ts';
import { noteKind, rootOf, type StoredObject } from '../store/objects.ts';
import { rootAcl } from './acl/inherit.ts';
import { needs } from './acl/needs.ts';
import { checkDomain } from './domains/owning-domain.ts';
import { shownSummary, summarized } from './domains/summary/shown-summary.ts';
import { hasDomains, makeTopDomain } from './domains/top-domain.ts';
import { type Found, type Holder, isHolder } from './found.ts';
import type { CdmiObject, Container, Domain } from './object.ts';
import { type CdmiPath, domainsName, summaryName } from './path.ts';
import { notFound } from './refusals.ts';
import { permit, type Session } from './session.ts';
import { fromStored, toStored } from './stored-form.ts';
import { isForWatching } from './watching/watches.ts';

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

/** The domain that all others are in; it is made when somebody first asks for it. */
export async function findTopDomain(session: Session): Promise<Found<Domain>> {
  const { object: root } = await findRoot(session);
  return retrying(async () => {
    const stored = await session.store.objects.member(root.id, domainsName);
    const object = stored === undefined ? await makeTopDomain(session, root) : (fromStored(stored) as Domain);
    return { object, above: [root] };
  });
}

/**
 * What is at a path, whether or not it has been said with a slash.
 *
 * @returns nothing when there is none
 * @throws OcciError `forbidden` when a container on the way does not let the client through, or its domain is disabled
 */
export async function find(session: Session, path: CdmiPath): Promise<Found | undefined> {
  const reached = await reach(session, path);
  return reached?.left === 0 ? reached.found : undefined;
}

/** The same where it has to be there. @throws OcciError `not-found`, `forbidden` */
export async function mustFind(session: Session, path: CdmiPath): Promise<Found> {
  const found = await find(session, path);
  if (found === undefined) throw notFound(`object ${['', ...path.names].join('/')}`);
  return found;
}

/** How far a path leads. */
export interface Reached {
  /** The last on the way that is there. */
  readonly found: Found;
  /** How many names are behind it. */
  readonly left: number;
}

/**
 * Goes along a path as far as it leads.
 *
 * @returns nothing when it begins nowhere
 * @throws OcciError `forbidden` when a container on the way does not let the client through, or the domain of what is
 *   reached is disabled
 */
export async function reach(session: Session, path: CdmiPath): Promise<Reached | undefined> {
  const reached = await go(session, path);
  if (reached === undefined) return undefined;
  await checkDomain(session, reached.found.object);
  return (await sumUp(session, path, reached)) ? go(session, path) : reached;
}

/** Brings a summary up to date before somebody reads of it. @returns whether there may be more than before */
async function sumUp({ summaries }: Session, { names }: CdmiPath, { found, left }: Reached): Promise<boolean> {
  if (summaries === undefined) return false;
  if (found.object.kind === 'domain') {
    await summaries.open(found.object);
    return left > 0 && names[names.length - left] === summaryName;
  }
  const domain = summarized(found);
  if (domain === undefined) return false;
  await summaries.settle([domain.object]);
  return true;
}

async function go(session: Session, path: CdmiPath): Promise<Reached | undefined> {
  const start = await startOf(session, path);
  if (start === undefined) return undefined;
  let { found } = start;
  for (let left = path.names.length; left > 0; left--) {
    const { object, above } = found;
    if (!isHolder(object)) return { found, left };
    // Whoever does not know of the container would learn of it from a refusal, but paths are no secret to whom has them.
    permit(session, found, needs.container.traverse, 'going through a container');
    const next = start.way[path.names.length - left];
    if (next === undefined || (next.kind === 'domain' && !hasDomains(session))) return { found, left };
    if (next.name === summaryName && session.summaries === undefined) return { found, left };
    found = shownSummary(session, { object: fromStored(next), above: [...above, object] });
  }
  return { found, left: 0 };
}

/** Where a path begins, and what is behind that: read at once, however many names it has. */
async function startOf(session: Session, { from, names }: CdmiPath): Promise<Start | undefined> {
  const { project, store } = session;
  if (typeof from === 'object') {
    session.capabilities.require('cdmi_object_access_by_ID');
    const found = await findById(session, from.id);
    return found && { found, way: names.length === 0 ? [] : await store.objects.path(found.object.id, names) };
  }
  const [root, ...way] = await store.objects.path(rootOf(project), ['', ...names]);
  if (names[0] === domainsName && way.length === 0 && hasDomains(session)) {
    const { object, above } = await findTopDomain(session);
    const found = { object: above[0] as Container, above: [] };
    return { found, way: [toStored(object)] };
  }
  return { found: root === undefined ? await findRoot(session) : { object: fromStored(root), above: [] }, way };
}

interface Start {
  readonly found: Found;
  readonly way: readonly StoredObject[];
}

/** An object by its ID; a path that leads to it need not be open to the client. */
export async function findById(session: Session, id: string): Promise<Found | undefined> {
  const lineage = (await session.store.objects.lineage(id)).map(fromStored);
  const object = lineage.at(-1);
  // The value of a queue has an ID, too, which is told to nobody.
  if (object === undefined || object.kind === 'queue-value' || isForWatching(object)) return undefined;
  if (lineage.some((one) => one.kind === 'domain' && (one.gone === true || !hasDomains(session)))) return undefined;
  const found = { object, above: lineage.slice(0, -1) as readonly CdmiObject[] as readonly Holder[] };
  // What the gateway has noted down for itself is told to nobody, but for summaries.
  const isSummary = summarized(found) !== undefined;
  if (isSummary ? session.summaries === undefined : object.kind === noteKind) return undefined;
  return shownSummary(session, found);
}
