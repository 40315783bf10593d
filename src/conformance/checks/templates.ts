import type { Offer } from '../../client/offer.ts';
import type { Attributes, Value } from '../../occi/attribute.ts';
import { osTemplate, resourceTemplate } from '../../occi/mixin.ts';
import { type Check, everyRendering, Inconclusive, jsonRendering, NotApplicable } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { typeKind } from './infrastructure-types.ts';
import { machine } from './machine.ts';
import { offered } from './offered.ts';
import { naming, thingAt } from './thing.ts';

/** Sizes of machines. */
const sizes: readonly string[] = ['occi.compute.cores', 'occi.compute.memory'];

/** What a template makes of a machine: the defaults of its attributes. */
export function defaultsOf(trial: Trial, template: string): Attributes {
  const attributes = trial.catalogue.model.mixin(template)?.attributes ?? [];
  const defaults = attributes.filter((one) => one.default !== undefined);
  return Object.fromEntries(defaults.map((one) => [one.name, one.default as Value]));
}

/** Puts a template on a machine that is there. */
export async function replaceTemplate(trial: Trial, location: string, template: Offer): Promise<Reply> {
  if (template.location === undefined) throw new NotApplicable(`${template.id} has no collection`);
  const says = naming(trial, [await thingAt(trial, location, 'compute')]);
  const wanted = { method: 'POST', location: template.location, says };
  // A machine that is being made may have to be finished first.
  return trial.askUntil(wanted, ({ status }) => status !== 409);
}

/** Two templates of a sort. @throws NotApplicable when there are fewer */
export function twoOf(trial: Trial, sort: 'osTemplates' | 'resourceTemplates'): readonly [Offer, Offer] {
  typeKind(trial, 'compute');
  const [one, other] = trial.catalogue[sort];
  if (one === undefined || other === undefined) throw new NotApplicable('the server has no two such templates');
  return [one, other];
}

/** A machine that had one template, and got another one. */
async function replaced(trial: Trial, sort: 'osTemplates' | 'resourceTemplates') {
  const [one, other] = twoOf(trial, sort);
  const location = await machine(trial, { mixins: [one.id] });
  const reply = await replaceTemplate(trial, location, other);
  return { one, other, location, reply };
}

/** Says that the templates of a sort depend on their common mixin, which is offered. */
function dependence(sort: 'osTemplates' | 'resourceTemplates', base: string, proves: readonly [string, string]) {
  const term = base.slice(base.indexOf('#') + 1);
  const none = (trial: Trial) => {
    if (trial.catalogue[sort].length === 0) throw new NotApplicable(`the server has no templates below ${term}`);
  };
  const checks: readonly Check[] = [
    {
      id: `templates/${term}`,
      proves: [proves[0]],
      title: `A server with such templates offers ${term}`,
      renderings: everyRendering,
      async run(trial) {
        none(trial);
        const isThere = (await offered(trial)).some(({ id, class: own }) => id === base && own === 'mixin');
        trial.must(isThere, `the mixin ${base} is offered beside its templates`, 'it is not');
      },
    },
    {
      id: `templates/depend-on-${term}`,
      proves: [proves[1]],
      title: `Every such template depends on ${term}`,
      renderings: everyRendering,
      async run(trial) {
        none(trial);
        const ids = trial.catalogue[sort].map(({ id }) => id);
        const stray = (await offered(trial)).find(({ id, related }) => ids.includes(id) && !related.includes(base));
        trial.must(stray === undefined, `templates depend on ${base}`, `${stray?.id} does not`);
      },
    },
  ];
  return checks;
}

/** The size of a machine, as far as it is shown. */
async function sizeOf(trial: Trial, location: string, wanted: Attributes): Promise<Attributes> {
  const { attributes } = await trial.until(location, (one) => sameIn(wanted, one.attributes));
  return attributes;
}

function sameIn(wanted: Attributes, shown: Attributes): boolean {
  return Object.entries(wanted).every(([name, value]) => shown[name] === value);
}

/** Says that a machine has the size that a template gives. @throws Unmet */
export async function mustHaveSize(trial: Trial, location: string, template: string): Promise<void> {
  const wanted = defaultsOf(trial, template);
  const shown = await sizeOf(trial, location, wanted);
  const has = Object.fromEntries(Object.keys(wanted).map((name) => [name, shown[name] ?? 'none']));
  trial.must(sameIn(wanted, shown), `a machine with ${template} has ${JSON.stringify(wanted)}`, JSON.stringify(has));
}

/** Templates (GFD.224 §3.5). */
export const templateChecks: readonly Check[] = [
  {
    id: 'templates/of-systems',
    proves: ['INF-30'],
    title: 'Templates of operating systems are offered',
    async run(trial) {
      typeKind(trial, 'compute');
      const isThere = (await offered(trial)).some(({ related }) => related.includes(osTemplate));
      trial.must(isThere, 'there is a mixin that depends on os_tpl', 'none does');
    },
  },
  ...dependence('osTemplates', osTemplate, ['INF-35', 'INF-34']),
  ...dependence('resourceTemplates', resourceTemplate, ['INF-45', 'INF-44']),
  {
    id: 'templates/at-creation',
    proves: ['CORE-5.3.7-a'],
    title: 'A template that is named at creation is put on the machine',
    renderings: everyRendering,
    async run(trial) {
      typeKind(trial, 'compute');
      const [template] = [...trial.catalogue.osTemplates, ...trial.catalogue.resourceTemplates];
      if (template === undefined) throw new NotApplicable('the server has no templates');
      const location = await machine(trial, { mixins: [template.id] });
      const { mixins } = await trial.read(location);
      const expected = `a machine that is created with ${template.id} shows it`;
      trial.must(mixins.includes(template.id), expected, mixins.join(', ') || 'no mixin');
    },
  },
  {
    id: 'templates/list-sizes',
    proves: ['INF-41'],
    title: 'A resource template lists its attributes, with their defaults',
    renderings: jsonRendering,
    async run(trial) {
      const ids = trial.catalogue.resourceTemplates.map(({ id }) => id);
      if (ids.length === 0) throw new NotApplicable('the server has no resource templates');
      const stray = (await offered(trial)).find(({ id, attributes }) => {
        return ids.includes(id) && !attributes.some((one) => one.default !== undefined);
      });
      trial.must(stray === undefined, 'resource templates list attributes with defaults', `${stray?.id} lists none`);
    },
  },
  {
    id: 'templates/system-is-replaced',
    proves: ['INF-37'],
    title: 'Where an OS template can be replaced, the old one leaves at once',
    renderings: everyRendering,
    async run(trial) {
      const { one, other, location, reply } = await replaced(trial, 'osTemplates');
      if (!reply.isSuccess) throw new NotApplicable(`the server replaces no OS templates: ${reply.status}`);
      const { mixins } = await trial.read(location);
      const isSo = mixins.includes(other.id) && !mixins.includes(one.id);
      trial.must(isSo, `the machine has ${other.id}, and ${one.id} no more`, mixins.join(', ') || 'no mixin');
    },
  },
  {
    id: 'templates/system-is-refused',
    proves: ['INF-38'],
    title: 'A replacement of an OS template that is not possible is refused',
    async run(trial) {
      const { one, other, location, reply } = await replaced(trial, 'osTemplates');
      const { mixins } = await trial.read(location);
      if (mixins.includes(other.id)) throw new NotApplicable('the server replaces OS templates');
      const expected = `${other.id} in place of ${one.id} is refused when the machine does not get it`;
      trial.must(reply.status >= 400 && reply.status < 600, expected, `${reply.status}`);
    },
  },
  {
    id: 'templates/win-over-sizes',
    proves: ['INF-40'],
    title: 'A resource template wins over the size that a client gives',
    renderings: everyRendering,
    async run(trial) {
      const { template, name, value } = sized(trial);
      const attributes = { [name]: Number(value) + 1 };
      const location = await machine(trial, { mixins: [template.id], attributes });
      const has = (await trial.read(location)).attributes[name];
      const expected = `${name} is ${value}, as ${template.id} has it, and not ${Number(value) + 1}, as the client`;
      trial.must(has === value, expected, JSON.stringify(has) ?? 'it has none');
    },
  },
  {
    id: 'templates/size-is-replaced',
    proves: ['INF-46'],
    title: 'A second resource template takes the place of the first at once',
    renderings: everyRendering,
    async run(trial) {
      const { one, other, location, reply } = await replaced(trial, 'resourceTemplates');
      trial.must(reply.isSuccess, `${other.id} takes the place of ${one.id}`, `${reply.status} ${reply.text}`);
      const { mixins } = await trial.read(location);
      const isSo = mixins.includes(other.id) && !mixins.includes(one.id);
      trial.must(isSo, `the machine has ${other.id}, and ${one.id} no more`, mixins.join(', ') || 'no mixin');
    },
  },
  {
    id: 'templates/resize',
    proves: ['INF-47'],
    title: 'The new resource template takes effect',
    async run(trial) {
      const { other, location, reply } = await replaced(trial, 'resourceTemplates');
      if (!reply.isSuccess) throw new Inconclusive(`the template cannot be replaced: ${reply.status} ${reply.text}`);
      await mustHaveSize(trial, location, other.id);
    },
  },
];

/** A resource template that gives a size. @throws NotApplicable when none says what it gives */
function sized(trial: Trial) {
  typeKind(trial, 'compute');
  for (const template of trial.catalogue.resourceTemplates) {
    const found = Object.entries(defaultsOf(trial, template.id)).find(([name]) => sizes.includes(name));
    if (found !== undefined) return { template, name: found[0], value: found[1] };
  }
  throw new NotApplicable('no resource template of the server says what size it gives');
}
