import { needs } from './acl/needs.ts';
import { copiedOnto } from './copied-onto.ts';
import { type CopiedTree, copiedTree } from './copied-tree.ts';
import type { Found, Holder } from './found.ts';
import { copiedMetadata } from './metadata/change.ts';
import { type NewContainer, newContainer } from './new-container.ts';
import type { CdmiObject, Container } from './object.ts';
import { mustBe } from './place.ts';
import { follow } from './references.ts';
import { invalid } from './refusals.ts';
import type { ContainerDraft } from './save-container.ts';
import { permit, type Session } from './session.ts';

/** The first of them is the container. */
type First = readonly [Container, ...CdmiObject[]];

/**
 * Decides upon a copy of a container with all that is in it (ISO/IEC 17826 §9.2.7).
 *
 * @param above what the copy is in, from the root container down
 * @throws OcciError
 */
export async function copiedContainer(
  session: Session,
  place: NewContainer,
  above: readonly Holder[],
  draft: ContainerDraft,
): Promise<CopiedTree & { readonly create: First }> {
  const source = await sourceIn(session, draft);
  const given = draft.metadata.given ?? copiedMetadata(source.object.metadata);
  const others = { ...source.object.others, ...draft.others };
  const top = newContainer(session, { ...place, draft: { metadata: { given, named: [] }, others } });
  const tree = await copiedTree(session, { source, into: { object: top, above } });
  return { ...tree, create: [top, ...tree.create] };
}

/**
 * Decides upon a copy onto a container that is there (§9.5, `copy`): it stays itself, and becomes like the other one; so
 * does what is in both. What is only in the other one is made, and what is only there stays.
 *
 * @throws OcciError
 */
export async function copiedOntoContainer(
  session: Session,
  found: Found<Container>,
  draft: ContainerDraft,
): Promise<CopiedTree & { readonly update: First }> {
  const source = await sourceIn(session, draft);
  if (source.object.id === found.object.id) throw invalid('a container cannot be copied onto itself', draft.copy);
  const like = { ...source.object, others: { ...source.object.others, ...draft.others } };
  const top = await copiedOnto(session, like, found, draft.metadata.given);
  const object = top.object as Container;
  const tree = await copiedTree(session, { source, into: { ...found, object }, present: found });
  const storages = [...(top.entities.update ?? []), ...(tree.entities.update ?? [])];
  return { ...tree, update: [object, ...tree.update], ...(storages.length > 0 && { entities: { update: storages } }) };
}

async function sourceIn(session: Session, draft: ContainerDraft): Promise<Found<Container>> {
  session.capabilities.require('cdmi_object_copy_from_local');
  session.capabilities.require('cdmi_copy_container', 'container');
  if (draft.exports !== undefined || draft.snapshot !== undefined) {
    throw invalid('a copy is neither exported nor has it snapshots; that can be done when it is there');
  }
  const uri = draft.copy as string;
  const { found, selectors } = await follow(session, uri);
  mustBe('container', found);
  if (selectors.length > 0) throw invalid('a container is copied as a whole', uri);
  if (draft.metadata.given === undefined) permit(session, found, needs.copy.metadata, 'copying its metadata');
  return found as Found<Container>;
}
