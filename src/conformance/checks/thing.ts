import { locationOf } from '../../client/location.ts';
import { locationOfDraft } from '../../client/remote-entity.ts';
import type { Wording } from '../../client/wording.ts';
import type { Content, Draft } from '../../occi/draft.ts';
import { core } from '../../occi/entity.ts';
import { referenceTo } from '../../renderers/text-grammar.ts';
import { Inconclusive } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';

/** An entity of this run, by the names that collections have for it. */
export interface Thing {
  readonly location: string;
  readonly kind: string;
  /** `occi.core.id`; text does without it. */
  readonly id?: string;
}

/** Makes a plain resource. @throws NotApplicable, Inconclusive */
export function thing(trial: Trial, wording: Omit<Wording, 'kind'> = {}): Promise<Thing> {
  return thingOf(trial, trial.plainKind.id, wording);
}

/** Makes an entity of a kind. @throws NotApplicable, Inconclusive */
export async function thingOf(trial: Trial, kind: string, wording: Omit<Wording, 'kind'> = {}): Promise<Thing> {
  return thingAt(trial, await trial.make(kind, wording), kind);
}

/** An entity of a kind that was made. @throws NotApplicable, Inconclusive */
export async function thingAt(trial: Trial, location: string, kind: string): Promise<Thing> {
  const { id: type } = trial.kind(kind);
  // Text names the members of collections by URL, JSON by kind and id.
  if (!trial.dialect.rendering.includes('json')) return { location, kind: type };
  const { [core.id]: id } = (await trial.read(location)).attributes;
  return { location, kind: type, ...(id === undefined ? {} : { id: String(id) }) };
}

/** Where a plain resource might be, and is not. */
export function nowhere({ plainKind }: Trial): string {
  return `${plainKind.location.replace(/\/$/, '')}/${crypto.randomUUID()}`;
}

/** What an answer lists: locations, or ids of entities that it shows in full. What has no name is no entity. */
export function listed(trial: Trial, reply: Reply): readonly string[] {
  const { drafts, locations } = reply.content;
  return [...locations.map((one) => locationOf(trial.space, one)), ...drafts.flatMap((draft) => nameOf(trial, draft))];
}

/** Whether an answer lists an entity. */
export function lists(trial: Trial, reply: Reply, { location, id }: Thing): boolean {
  const names = listed(trial, reply);
  // Old servers show entities in full where text has their locations.
  const isShown = reply.content.drafts.some((draft) => locationOfDraft(trial.session, draft) === location);
  return names.includes(location) || isShown || (id !== undefined && names.includes(id));
}

/** A request that names entities. @throws Inconclusive when one of them does not show the id that it takes */
export function naming(trial: Trial, things: readonly Thing[]): Content {
  if (!trial.dialect.rendering.includes('json')) {
    return { drafts: [], locations: things.map(({ location }) => trial.urlOf(location)), plural: true };
  }
  const drafts = things.map(({ location, kind, id }): Draft => {
    if (id === undefined) throw new Inconclusive(`${location} does not show its id`);
    return {
      categories: [{ ...referenceTo(kind), class: 'kind' }],
      attributes: new Map([[core.id, { form: 'json', value: id }]]),
      links: [],
    };
  });
  return { drafts, locations: [], plural: true };
}

function nameOf({ session }: Trial, draft: Draft): string | readonly [] {
  const raw = draft.attributes.get(core.id);
  if (raw === undefined) return locationOfDraft(session, draft) ?? [];
  return raw.form === 'json' ? String(raw.value) : raw.text;
}
