import { referenceTo } from '../renderers/text-grammar.ts';
import type { Session } from './session.ts';
import { contentOf, referenceFrom } from './wording.ts';

/** A mixin that a user brings: a tag (GFD.185 §3.4.1). */
export interface UserMixin {
  readonly term: string;
  /** Ends in `#`; below a domain of one's own. */
  readonly scheme: string;
  /** The path of its collection, `/tag/mine/`. */
  readonly location: string;
  readonly title?: string;
  /** Type identifiers of mixins it is related to. */
  readonly depends?: readonly string[];
}

/** Brings mixins into the model of the server (GFD.223 §9.3). */
export async function addMixins(session: Session, queryInterface: string, mixins: readonly UserMixin[]): Promise<void> {
  const categories = mixins.map(({ scheme, term, location, title, depends = [] }) => ({
    ...referenceTo(scheme + term),
    class: 'mixin' as const,
    location,
    related: depends,
    ...(title === undefined ? {} : { title }),
  }));
  await change(session, 'POST', queryInterface, categories);
}

/** Removes mixins that users have brought, and takes them off all entities (GFD.223 §9.4). */
export async function removeMixins(session: Session, queryInterface: string, names: readonly string[]): Promise<void> {
  const categories = names.map((name) => referenceFrom(session.catalogue.resolve(name, 'mixin')));
  await change(session, 'DELETE', queryInterface, categories);
}

async function change(
  session: Session,
  method: string,
  location: string,
  categories: Parameters<typeof contentOf>[0]['categories'],
): Promise<void> {
  // An empty list might be taken for all of them.
  if (categories.length === 0) return;
  await session.call({ method, location, content: contentOf({ categories, attributes: new Map(), links: [] }) });
  await session.refresh();
}
