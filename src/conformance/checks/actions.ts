import type { Offer } from '../../client/offer.ts';
import { contentOf, rawAttributes, referenceFrom } from '../../client/wording.ts';
import type { Attributes, Value } from '../../occi/attribute.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';

/** Actions that come to an end soon, and can be undone. */
const harmless = ['stop', 'start', 'up', 'down', 'online', 'offline'];

/** An entity, and an action that it offers just now. */
interface Ready {
  readonly location: string;
  readonly kind: Offer & { readonly location: string };
  readonly action: Offer;
  /** Its state, and the actions it offers, as one word. */
  readonly state: string;
}

/** Makes a resource, and waits until it offers an action. @throws NotApplicable, Inconclusive */
async function ready(trial: Trial): Promise<Ready> {
  const kind = ['network', 'storage', 'compute']
    .map((term) => trial.catalogue.find(term, 'kind'))
    .find((one) => one?.actions.some((id) => isHarmless(trial, id)));
  if (kind?.location === undefined) throw new NotApplicable('the server has no kind with actions of the standard');
  const location = await trial.make(kind.id);
  // What was made may be on its way to its first state, so that it has to look the same twice.
  let last = '';
  const entity = await trial.until(location, (now) => {
    const isSettled = stateIn(now) === last && now.actions.some((id) => isHarmless(trial, id));
    last = stateIn(now);
    return isSettled;
  });
  const offered = entity.actions.find((id) => isHarmless(trial, id));
  const action = offered === undefined ? undefined : trial.catalogue.find(offered, 'action');
  if (action === undefined) throw new Inconclusive(`${location} offers no action of its kind in time`);
  return { location, kind: { ...kind, location: kind.location }, action, state: stateIn(entity) };
}

function isHarmless({ catalogue }: Trial, id: string): boolean {
  const term = catalogue.find(id, 'action')?.term ?? '';
  return harmless.includes(term);
}

function stateIn({ attributes, actions }: { readonly attributes: Attributes; readonly actions: readonly string[] }) {
  const states = Object.entries(attributes).filter(([name]) => name.endsWith('.state'));
  return JSON.stringify([states, actions]);
}

/** Invokes an action. */
function invoke(
  trial: Trial,
  location: string,
  action: Offer,
  attributes: Readonly<Record<string, Value>> = {},
): Promise<Reply> {
  return trial.ask({
    method: 'POST',
    location,
    query: `action=${encodeURIComponent(action.term)}`,
    says: contentOf({
      categories: [referenceFrom(action)],
      attributes: rawAttributes(trial.session, attributes),
      links: [],
    }),
  });
}

/** Actions, on entities and on collections (GFD.223 §10.3.2 and §11.3.3). */
export const actionChecks: readonly Check[] = [
  {
    id: 'action/invoke',
    proves: ['HTTP-10.3.2-a'],
    title: 'An action that an entity offers is answered with 200, and changes its state',
    renderings: everyRendering,
    async run(trial) {
      const { location, action, state: before } = await ready(trial);
      trial.answered(await invoke(trial, location, action), [200], `the entity offers ${action.term}`);
      const after = await trial.until(location, (entity) => stateIn(entity) !== before);
      trial.must(stateIn(after) !== before, `${action.term} changes the state in time`, `it is still ${before}`);
    },
  },
  {
    id: 'action/not-available',
    proves: ['H11-3.4.4-o'],
    versions: ['1.1'],
    title: 'An action that an entity does not offer is refused',
    async run(trial) {
      const { location } = await ready(trial);
      const { kind, actions } = await trial.read(location);
      const own = trial.catalogue.find(kind, 'kind')?.actions ?? [];
      const foreign = trial.catalogue.actions.find(({ id }) => !own.includes(id) && !actions.includes(id));
      if (foreign === undefined) throw new NotApplicable('all actions of the server belong to this kind');
      const reply = await invoke(trial, location, foreign);
      trial.must(reply.isRefused, `${foreign.id} is refused, which the entity does not offer`, `${reply.status}`);
    },
  },
  {
    id: 'action/unknown',
    proves: ['HTTP-10.3.2-a'],
    title: 'An action that does not exist is refused',
    async run(trial) {
      const { location, action } = await ready(trial);
      const term = trial.unique('none');
      const nothing = { ...action, id: `${action.scheme}${term}`, term };
      const reply = await invoke(trial, location, nothing);
      trial.must(reply.isRefused, 'an action that does not exist is refused', `${reply.status}`);
    },
  },
  {
    id: 'action/foreign-collection',
    proves: ['H11-3.4.3-e'],
    versions: ['1.1'],
    title: 'A collection refuses an action that its kind does not define',
    async run(trial) {
      const { location, actions } = trial.plainKind;
      const foreign = trial.catalogue.actions.find(({ id, term }) => {
        return !actions.some((own) => own === id || own.endsWith(`#${term}`));
      });
      if (foreign === undefined) throw new NotApplicable('all actions of the server belong to this kind');
      const reply = await invoke(trial, location, foreign);
      trial.must(reply.isRefused, `${foreign.id} is refused, which the kind does not define`, `${reply.status}`);
    },
  },
  {
    id: 'action/collection',
    proves: ['HTTP-11.3.3-a'],
    title: 'An action on the collection of a kind is answered with 200, and done to its members',
    renderings: everyRendering,
    isDestructive: true,
    async run(trial) {
      const { location, kind, action, state: before } = await ready(trial);
      trial.answered(await invoke(trial, kind.location, action), [200], `the kind defines ${action.term}`);
      const after = await trial.until(location, (entity) => stateIn(entity) !== before);
      trial.must(stateIn(after) !== before, `${action.term} changes the state in time`, `it is still ${before}`);
    },
  },
];
