import { entityDraft } from '../../client/remote-entity.ts';
import type { Value } from '../../occi/attribute.ts';
import { referenceTo } from '../../renderers/text-grammar.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { instanceOf, typeKind } from './infrastructure-types.ts';
import { machine } from './machine.ts';
import { attributeNames, offered } from './offered.ts';
import { infrastructure } from './standard-types.ts';

/** What the actions of a type do, as tables and figures have it (GFD.224 §3.1 to §3.3). */
interface Acting {
  readonly term: 'compute' | 'network' | 'storage';
  readonly requirement: string;
  readonly actions: readonly string[];
  /** From state to state; the first from any state in which its action is offered. */
  readonly walks: readonly Walk[];
}

interface Walk {
  readonly from: string;
  readonly action: string;
  readonly to: string;
}

const types: readonly Acting[] = [
  {
    term: 'compute',
    requirement: 'INF-08',
    actions: ['start', 'stop', 'restart', 'suspend', 'save'],
    walks: [
      { from: 'active', action: 'restart', to: 'active' },
      { from: 'active', action: 'suspend', to: 'suspended' },
      { from: 'suspended', action: 'start', to: 'active' },
      { from: 'active', action: 'stop', to: 'inactive' },
      { from: 'inactive', action: 'start', to: 'active' },
    ],
  },
  {
    term: 'network',
    requirement: 'INF-14',
    actions: ['up', 'down'],
    walks: [
      { from: 'active', action: 'down', to: 'inactive' },
      { from: 'inactive', action: 'up', to: 'active' },
    ],
  },
  {
    term: 'storage',
    requirement: 'INF-19',
    actions: ['online', 'offline'],
    walks: [
      { from: 'online', action: 'offline', to: 'offline' },
      { from: 'offline', action: 'online', to: 'online' },
    ],
  },
];

/** The parameters of actions, in 1.1 and 1.2 alike. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  [`${infrastructure}/compute/action#stop`]: ['method'],
  [`${infrastructure}/compute/action#restart`]: ['method'],
  [`${infrastructure}/compute/action#suspend`]: ['method'],
  [`${infrastructure}/compute/action#save`]: ['method', 'name'],
};

const actionId = (term: string, action: string) => `${infrastructure}/${term}/action#${action}`;
const shown = (value: Value | undefined) => JSON.stringify(value) ?? 'no state';

/** Invokes an action without parameters; again while the server says that something else is under way. */
function invoke(trial: Trial, location: string, id: string): Promise<Reply> {
  const action = { ...referenceTo(id), class: 'action' } as const;
  const draft = { categories: [action], attributes: new Map(), links: [] };
  const says = { drafts: [draft], locations: [], plural: false };
  const wanted = { method: 'POST', location, query: `action=${action.term}`, says };
  return trial.askUntil(wanted, ({ status }) => status < 400 || status >= 500);
}

/** An instance that is in service. @throws Inconclusive when it does not get there, even when it is told to */
async function inService(trial: Trial, { term, walks }: Acting): Promise<string> {
  const [first] = walks as readonly [Walk, ...Walk[]];
  const last = walks.at(-1) as Walk;
  const location = await instanceOf(trial, { term });
  const state = `occi.${term}.state`;
  const { attributes } = await trial.until(location, (one) =>
    [first.from, last.from].includes(String(one.attributes[state])),
  );
  if (attributes[state] === last.from) await invoke(trial, location, actionId(term, last.action));
  const now = await trial.until(location, (one) => one.attributes[state] === first.from);
  if (now.attributes[state] !== first.from) {
    throw new Inconclusive(`the ${term} does not become ${first.from}: ${shown(now.attributes[state])}`);
  }
  return location;
}

/** A template that was made of a machine. @throws NotApplicable when machines cannot be saved */
async function saved(trial: Trial) {
  const action = actionId('compute', 'save');
  typeKind(trial, 'compute');
  if (trial.catalogue.find(action, 'action') === undefined) throw new NotApplicable('the server has no action save');
  const location = await machine(trial);
  await trial.until(location, ({ actions }) => actions.includes(action));
  const reply = await invoke(trial, location, action);
  if (!reply.isSuccess) throw new Inconclusive(`the machine cannot be saved: ${reply.status} ${reply.text}`);
  const templates = reply.content.drafts.flatMap(({ categories }) => categories.filter((one) => one.class === 'mixin'));
  // An answer that shows the machine shows its mixins, too.
  const isTemplate = entityDraft(reply.content) === undefined;
  const template = isTemplate ? templates[0] : undefined;
  if (template !== undefined) {
    // The whole of it, as it was answered: an identifier alone is no rendering of a category.
    const drafts = [{ categories: [template], attributes: new Map(), links: [] }];
    trial.later(template.id, async () => {
      const says = { drafts, locations: [], plural: false };
      const gone = await trial.ask({ method: 'DELETE', location: trial.queryInterface, says });
      return gone.isSuccess || gone.status === 404 ? undefined : `DELETE answers ${gone.status}`;
    });
  }
  return { location, reply, template };
}

/** The actions of the infrastructure, and what they do. */
export const infrastructureActionChecks: readonly Check[] = [
  ...types.flatMap((type): readonly Check[] => [
    {
      id: `infrastructure/${type.term}-actions`,
      proves: [type.requirement],
      title: `The kind ${type.term} has the actions ${type.actions.join(', ')}`,
      renderings: everyRendering,
      async run(trial) {
        const { id } = typeKind(trial, type.term);
        const kind = (await offered(trial)).find((one) => one.id === id);
        const missing = type.actions.filter((action) => !kind?.actions.includes(actionId(type.term, action)));
        trial.must(missing.length === 0, `${id} lists ${type.actions.join(', ')}`, `${missing.join(', ')} missing`);
      },
    },
    {
      id: `infrastructure/${type.term}-states`,
      proves: [type.requirement],
      title: `The actions of a ${type.term} bring it from state to state`,
      async run(trial) {
        const location = await inService(trial, type);
        for (const { from, action, to } of type.walks) {
          const id = actionId(type.term, action);
          const reply = await invoke(trial, location, id);
          const expected = `${action} brings a ${type.term} from ${from} to ${to}`;
          trial.must(reply.isSuccess, expected, `${reply.status} ${reply.text}`);
          const state = `occi.${type.term}.state`;
          // Work that is under way is over when another action is offered.
          const { attributes } = await trial.until(
            location,
            (one) => one.attributes[state] === to && one.actions.length > 0,
          );
          trial.must(attributes[state] === to, expected, shown(attributes[state]));
        }
      },
    },
    {
      id: `infrastructure/${type.term}-shows-actions`,
      proves: ['CORE-5.4.1-b'],
      title: `A ${type.term} shows the actions that it has in its state`,
      renderings: everyRendering,
      async run(trial) {
        const location = await inService(trial, type);
        const [{ action, from }] = type.walks as readonly [Walk, ...Walk[]];
        const id = actionId(type.term, action);
        const { actions } = await trial.until(location, (one) => one.actions.includes(id));
        trial.must(
          actions.includes(id),
          `a ${type.term} that is ${from} shows ${id}`,
          actions.join(', ') || 'no action',
        );
      },
    },
  ]),
  {
    id: 'infrastructure/parameters',
    proves: ['CORE-5.3.5-e'],
    title: 'Actions list their parameters',
    renderings: everyRendering,
    async run(trial) {
      const there = (await offered(trial)).filter(({ id }) => parameters[id] !== undefined);
      if (there.length === 0) throw new NotApplicable('the server has no action of the infrastructure with parameters');
      for (const action of there) {
        const missing = parameters[action.id]?.find((name) => !attributeNames(action).includes(name));
        trial.must(missing === undefined, `${action.id} lists its parameters`, `${missing} is missing`);
      }
    },
  },
  {
    id: 'infrastructure/save-answers',
    proves: ['INF-11'],
    title: 'A successful save is answered with the new OS template',
    renderings: everyRendering,
    async run(trial) {
      const { reply, template } = await saved(trial);
      trial.must(template !== undefined, 'the answer to save is the rendering of a mixin', reply.text || 'no body');
    },
  },
  {
    id: 'infrastructure/save',
    proves: ['INF-09'],
    title: 'A saved template is offered, and outlives the machine',
    async run(trial) {
      const before = await offered(trial);
      const { location, template } = await saved(trial);
      const isNew = ({ id }: { readonly id: string }) =>
        template === undefined ? !before.some((one) => one.id === id) : id === template.id;
      const made = (await offered(trial)).find(isNew);
      trial.must(made !== undefined, 'the query interface lists the new template', 'nothing new');
      const isTemplate = made?.related.includes(`${infrastructure}#os_tpl`) === true;
      trial.must(isTemplate, 'the new template depends on os_tpl', made?.related.join(', ') || 'on nothing');
      const gone = await trial.remove(location);
      if (!gone.isSuccess) throw new Inconclusive(`the machine cannot be deleted: ${gone.status}`);
      const isThere = (await offered(trial)).some(({ id }) => id === made?.id);
      trial.must(isThere, 'the template is still offered when the machine is deleted', 'it is gone');
    },
  },
];
