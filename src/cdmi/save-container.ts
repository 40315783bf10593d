import { retrying } from '../gateway/commit.ts';
import { authorizeFor } from '../gateway/policy/authorize.ts';
import type { Precondition } from '../gateway/precondition.ts';
import type { Change } from './acl/needs.ts';
import { changed } from './changes.ts';
import { copiedContainer, copiedOntoContainer } from './copied-container.ts';
import { domainForChanged, domainForNew } from './domains/domain-choice.ts';
import { inDomain } from './domains/owning-domain.ts';
import { changeExports } from './exports/change-exports.ts';
import type { Found } from './found.ts';
import type { MetadataRequest } from './metadata/change.ts';
import { newContainer } from './new-container.ts';
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
    const decision = await copiedContainer(session, place, above, draft);
    const [top] = decision.create;
    const revision = await save(session, { ...decision, expect: [...decision.expect, ...expect], as: 'cdmi_copy' });
    return { found: { object: { ...top, revision }, above }, isNew: true };
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
  if (draft.copy !== undefined) {
    authorizeFor(session, 'cdmi', 'create');
    const { of, expect } = await domainForChanged(session, found.object, draft.domainURI);
    const before = { ...found, object: inDomain(found.object as Container, of) };
    const decision = await copiedOntoContainer(session, before, draft);
    const [top] = decision.update;
    const revision = await save(session, { ...decision, expect: [...decision.expect, ...expect] });
    return { found: { ...found, object: { ...top, revision } }, isNew: false };
  }
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
