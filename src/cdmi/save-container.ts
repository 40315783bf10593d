import { retrying } from '../gateway/commit.ts';
import { authorizeFor } from '../gateway/policy/authorize.ts';
import type { Precondition } from '../gateway/precondition.ts';
import type { Change } from './acl/needs.ts';
import { changed } from './changes.ts';
import { copiedTree } from './copied-tree.ts';
import { domainForChanged, domainForNew } from './domains/domain-choice.ts';
import { type Belonging, belonging, inDomain } from './domains/owning-domain.ts';
import { changeExports } from './exports/change-exports.ts';
import type { Found, Holder } from './found.ts';
import { type MetadataRequest, newMetadata } from './metadata/change.ts';
import { checkLimits } from './metadata/limits.ts';
import type { Container, JsonObject } from './object.ts';
import { mayTake, mustBe, type Spot, spotOf, type Target } from './place.ts';
import { checkPrecondition } from './precondition.ts';
import { invalid } from './refusals.ts';
import { type Decision, save } from './save.ts';
import type { Saved } from './save-data-object.ts';
import type { Session } from './session.ts';
import { snapshot } from './snapshot.ts';

/** What a request says about a container. What is not there stays, or is as usual. */
export interface ContainerDraft {
  readonly metadata: MetadataRequest;
  readonly others?: JsonObject;
  readonly domainURI?: string;
  readonly copy?: string;
  /** As CDMI writes them (§13). */
  readonly exports?: JsonObject;
  /** The name of an image that is to be made of it as it is now (§14). */
  readonly snapshot?: string;
}

/**
 * Makes a container, or changes the one that is there (ISO/IEC 17826 §9.2, §9.5).
 *
 * @throws OcciError
 */
export function saveContainer(
  session: Session,
  target: Target,
  draft: ContainerDraft,
  precondition: Precondition,
): Promise<Saved> {
  const id = session.newId();
  return retrying(async () => {
    const spot = await spotOf(session, target, id);
    checkPrecondition(precondition, spot.present?.object);
    return spot.present === undefined ? make(session, spot, id, draft) : amend(session, spot.present, draft);
  });
}

async function make(session: Session, spot: Spot, id: string, draft: ContainerDraft): Promise<Saved> {
  const { parent } = spot;
  if (parent === undefined) throw invalid('a container has to have a name');
  if (draft.snapshot !== undefined) throw invalid('there is nothing yet to make a snapshot of');
  authorizeFor(session, 'cdmi', 'create');
  session.capabilities.require('cdmi_create_container', 'container');
  mayTake(session, spot, 'container');
  const above = [...parent.above, parent.object];
  const { of, expect } = await domainForNew(session, parent.object, draft.domainURI);
  const place = { parent: parent.object, name: spot.name, id, of, draft };
  if (draft.copy !== undefined) {
    if (draft.exports !== undefined) throw invalid('a copy is not exported; that can be done when it is there');
    const tree = await copiedTree(session, draft.copy, place);
    const revision = await save(session, {
      create: [tree.top, ...tree.below],
      expect: [...tree.expect, ...expect],
      as: 'cdmi_copy',
    });
    return { found: { object: { ...tree.top, revision }, above }, isNew: true };
  }
  const made = newContainer(session, place);
  const { container, entities, touched } = await changeExports(session, { object: made, above }, draft.exports);
  const revision = await save(session, { create: [container], update: touched, entities, expect });
  return { found: { object: { ...container, revision }, above }, isNew: true };
}

async function amend(session: Session, found: Found, draft: ContainerDraft): Promise<Saved> {
  mustBe('container', found);
  authorizeFor(session, 'cdmi', 'update');
  if (draft.metadata.given !== undefined) session.capabilities.require('cdmi_modify_metadata', 'container');
  if (draft.copy !== undefined) throw invalid('copy makes a container; there is one already');
  const attributes = [draft.others, draft.exports, draft.snapshot, draft.domainURI];
  const parts: readonly Change[] = attributes.every((one) => one === undefined) ? [] : ['attributes'];
  const { object: before } = found;
  const { of, expect } = await domainForChanged(session, before, draft.domainURI);
  const after: Container = {
    ...inDomain(before as Container, of),
    ...changed(session, found, draft.metadata, parts),
    modified: Math.max(session.now(), before.modified + 1),
    others: { ...before.others, ...draft.others },
  };
  const { container, entities, touched } = await changeExports(session, { ...found, object: after }, draft.exports);
  const image: Decision =
    draft.snapshot === undefined ? {} : await snapshot(session, found as Found<Container>, draft.snapshot);
  const revision = await save(session, {
    ...image,
    update: [container, ...touched],
    entities,
    expect: [...(image.expect ?? []), ...expect],
    ...(draft.snapshot !== undefined && { as: 'cdmi_snapshot' }),
  });
  return { found: { ...found, object: { ...container, revision } }, isNew: false };
}

/** What a container is made of. */
export interface NewContainer {
  readonly parent: Holder;
  readonly name: string;
  readonly id: string;
  readonly draft: Pick<ContainerDraft, 'metadata' | 'others'>;
  /** Which domain it belongs to, where that is not the one that what it is in belongs to. */
  readonly of?: Belonging;
}

/** A container that is empty yet, and belongs to the client. */
export function newContainer(session: Session, { parent, name, id, draft, of = parent }: NewContainer): Container {
  const owned = { kind: 'container', owner: session.credentials.user } as const;
  const described = newMetadata(owned, draft.metadata.given ?? {}, parent);
  checkLimits(described.metadata, session.limits.metadata);
  const time = session.now();
  return {
    ...owned,
    ...described,
    id,
    project: session.project,
    parent: parent.id,
    name,
    revision: 0,
    created: time,
    modified: time,
    others: draft.others ?? {},
    completion: 'Complete',
    exports: {},
    ...belonging(of),
  };
}
