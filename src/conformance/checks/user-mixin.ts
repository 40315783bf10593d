import type { Content } from '../../occi/draft.ts';
import { referenceTo } from '../../renderers/text-grammar.ts';
import { Inconclusive, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';

/** A mixin of this run. */
export interface UserMixin {
  readonly id: string;
  readonly term: string;
  readonly scheme: string;
  /** Where its members are. */
  readonly location: string;
  /** The request that defines it, or that names it. */
  readonly content: Content;
}

/** A mixin that nobody has added yet. */
export function newMixin(trial: Trial): UserMixin {
  const term = trial.unique('conformance');
  const scheme = 'http://conformance.example.org/occi/run#';
  const location = `/conformance/${term}/`;
  // A path that begins with a slash is one of the host, for those who take it as a URI reference (RFC 3986 §4.2).
  const full = trial.space.prefix + location;
  const category = { ...referenceTo(scheme + term), class: 'mixin', title: 'Conformance', location: full } as const;
  const draft = { categories: [category], attributes: new Map(), links: [] };
  return { id: scheme + term, term, scheme, location, content: { drafts: [draft], locations: [], plural: false } };
}

/** Adds a mixin, which is removed when the run is over. @throws NotApplicable when clients may not, Inconclusive */
export async function addedMixin(trial: Trial): Promise<UserMixin> {
  const mixin = newMixin(trial);
  const reply = await add(trial, mixin);
  if (!reply.isSuccess) throw new Inconclusive(`no mixin can be added: ${reply.status} ${reply.text}`);
  return mixin;
}

/** Tries to add a mixin, which is removed when the run is over. @throws NotApplicable when clients may not */
export async function add(trial: Trial, mixin: UserMixin, location = trial.queryInterface): Promise<Reply> {
  const reply = await trial.ask({ method: 'POST', location, says: mixin.content });
  if ([403, 405, 501].includes(reply.status)) {
    throw new NotApplicable(`the server takes no mixins of clients: ${reply.status}`);
  }
  trial.later(mixin.id, async () => {
    const gone = await remove(trial, mixin);
    return gone.isSuccess || gone.status === 404 ? undefined : `DELETE answers ${gone.status}`;
  });
  return reply;
}

/** Removes a mixin. */
export function remove(trial: Trial, { content }: UserMixin, location = trial.queryInterface): Promise<Reply> {
  return trial.ask({ method: 'DELETE', location, says: content });
}
