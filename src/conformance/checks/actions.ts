import type { Offer } from '../../client/offer.ts';
import { contentOf, rawAttributes, referenceFrom } from '../../client/wording.ts';
import type { Attributes, Value } from '../../occi/attribute.ts';
import { resourceKind } from '../../occi/kind.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { machine } from './machine.ts';

/** Actions that come to an end soon, and can be undone. */
const harmless = ['stop', 'start', 'up', 'down', 'online', 'offline'];

/** An entity, and an action that it offers just now. */
interface Ready {
  readonly location: string;
  readonly kind: Offer & { readonly location: string };
  readonly action: Offer;
  /** Its state, and the actions it offers, as one word. */
  readonly state: string;
  /** Whether the action is one of the standard, which changes the state. */
  readonly isStandard: boolean;
}

/** Makes a resource, and waits until it offers an action. @throws NotApplicable, Inconclusive */
async function ready(trial: Trial): Promise<Ready> {
  const { catalogue } = trial;
  const standard = ['network', 'storage', 'compute']
    .map((term) => catalogue.find(term, 'kind'))
    .find((one) => one?.location !== undefined && one.actions.some((id) => isHarmless(trial, id)));
  const isFit = (id: string) => (standard === undefined ? needsNothing(trial, id) : isHarmless(trial, id));
  const own = catalogue.kinds.filter(({ id }) => catalogue.model.descends(id, resourceKind));
  const kind = standard ?? own.find(({ location, actions }) => location !== undefined && actions.some(isFit));
  if (kind?.location === undefined) throw new NotApplicable('the server has no kind of resources with actions');
  const isWilling = (id: string) => kind.actions.includes(id) && isFit(id);
  const location = await (kind.term === 'compute' ? machine(trial) : trial.make(kind.id));
  // What was made may be on its way to its first state, so that it has to look the same twice.
  let last = '';
  const entity = await trial.until(location, (now) => {
    const isSettled = stateIn(now) === last && now.actions.some(isWilling);
    last = stateIn(now);
    return isSettled;
  });
  const offered = entity.actions.find(isWilling);
  const action = offered === undefined ? undefined : catalogue.find(offered, 'action');
  if (action === undefined) throw new Inconclusive(`${location} offers no action of its kind in time`);
  const isStandard = standard !== undefined;
  return { location, kind: { ...kind, location: kind.location }, action, state: stateIn(entity), isStandard };
}

function isHarmless({ catalogue }: Trial, id: string): boolean {
  const term = catalogue.find(id, 'action')?.term ?? '';
  return harmless.includes(term);
}

/** Whether an action of the provider's can be invoked without parameters. */
function needsNothing({ catalogue }: Trial, id: string): boolean {
  const action = catalogue.find(id, 'action');
  return action?.attributes.every(({ required }) => required !== true) === true;
}

/** Says that what an action is to do happens in time, as far as that is known. @throws Unmet */
async function mustTakeEffect(trial: Trial, { location, action, state, isStandard }: Ready): Promise<void> {
  if (!isStandard) return;
  const after = await trial.until(location, (entity) => stateIn(entity) !== state);
  trial.must(stateIn(after) !== state, `${action.term} changes the state in time`, `it is still ${state}`);
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
    title: 'An action that an entity offers is answered with 200, and takes effect',
    renderings: everyRendering,
    async run(trial) {
      const one = await ready(trial);
      trial.answered(await invoke(trial, one.location, one.action), [200], `the entity offers ${one.action.term}`);
      await mustTakeEffect(trial, one);
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
      const one = await ready(trial);
      const { kind, action } = one;
      trial.answered(await invoke(trial, kind.location, action), [200], `the kind defines ${action.term}`);
      await mustTakeEffect(trial, one);
    },
  },
];
