import type { Content, Draft } from '../occi/draft.ts';
import { core } from '../occi/entity.ts';
import { referenceTo } from '../renderers/text-grammar.ts';
import { locationOfOffer } from './collection.ts';
import { describe } from './description.ts';
import { inParallel } from './in-parallel.ts';
import { urlOf } from './location.ts';
import type { Session } from './session.ts';
import { rawAttributes } from './wording.ts';

/** Puts a mixin on entities (GFD.223 §11.3.2). */
export function tag(session: Session, mixin: string, urls: readonly string[]): Promise<void> {
  return urls.length === 0 ? nothing() : onMembers(session, 'POST', mixin, urls);
}

/** Takes a mixin off entities, which live on (GFD.223 §11.4.2). */
export function untag(session: Session, mixin: string, urls: readonly string[]): Promise<void> {
  // Without a list all members would be meant, and some servers would delete them.
  return urls.length === 0 ? nothing() : onMembers(session, 'DELETE', mixin, urls);
}

/** Puts a mixin on these entities, and takes it off all others (GFD.223 §11.2). */
export function replaceTagged(session: Session, mixin: string, urls: readonly string[]): Promise<void> {
  return onMembers(session, 'PUT', mixin, urls);
}

async function nothing(): Promise<void> {
  // There is nobody it would be about.
}

async function onMembers(session: Session, method: string, mixin: string, urls: readonly string[]): Promise<void> {
  const location = locationOfOffer(session.catalogue.resolve(mixin, 'mixin'));
  await session.call({ method, location, content: await membersNamed(session, urls) });
}

/** Text names entities by URL, JSON by kind and id (GFD.226 §3.3), which have to be asked for. */
async function membersNamed(session: Session, urls: readonly string[]): Promise<Content> {
  if (!session.rendering.includes('json')) {
    return { drafts: [], locations: urls.map((url) => urlOf(session.space, url)), plural: true };
  }
  const drafts = await inParallel(urls, 8, async (url): Promise<Draft> => {
    const { kind, attributes } = await describe(session, url);
    const named = Object.entries(attributes).filter(([name]) => identifying.includes(name));
    return {
      categories: [{ ...referenceTo(kind), class: 'kind' }],
      attributes: rawAttributes(session, Object.fromEntries(named)),
      links: [],
    };
  });
  return { drafts, locations: [], plural: true };
}

const identifying: readonly string[] = [core.id, core.source, core.target];
