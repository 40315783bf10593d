import { type Check, everyRendering, Inconclusive, jsonRendering, NotApplicable, textRenderings } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { linkedResource } from './linked-resource.ts';
import { attributeNames, offered } from './offered.ts';
import { infrastructure } from './standard-types.ts';
import { address, type Enrichment, enrichment, ipNetwork, misfit } from './suitable-mixins.ts';
import { listed, lists, naming, type Thing, thingAt, thingOf } from './thing.ts';
import { add, addedMixin, newMixin, remove, type UserMixin } from './user-mixin.ts';

/** What a mixin of the standard brings (GFD.224 §3). */
const standardAttributes: ReadonlyMap<string, readonly string[]> = new Map([
  [ipNetwork, [address, 'occi.network.gateway', 'occi.network.allocation']],
  [
    `${infrastructure}/networkinterface#ipnetworkinterface`,
    ['occi.networkinterface.address', 'occi.networkinterface.gateway', 'occi.networkinterface.allocation'],
  ],
  [`${infrastructure}/credentials#ssh_key`, ['occi.credentials.ssh.publickey']],
  [`${infrastructure}/compute#user_data`, ['occi.compute.userdata']],
]);

/** Puts a mixin on entities, or takes it off them, by way of its collection. */
function associate(trial: Trial, location: string, things: readonly Thing[], method = 'POST'): Promise<Reply> {
  return trial.ask({ method, location, says: naming(trial, things) });
}

/** A plain resource and a link, both with a new mixin on them. @throws Unmet when it cannot be put there */
async function tagged(trial: Trial) {
  const mixin = await addedMixin(trial);
  const { source, link, sourceKind, linkKind } = await linkedResource(trial);
  const things = [await thingAt(trial, source, sourceKind), await thingAt(trial, link, linkKind)];
  for (const one of things) {
    const reply = await associate(trial, mixin.location, [one]);
    trial.must(
      reply.isSuccess,
      `a mixin that is a mere tag is put on ${one.location}`,
      `${reply.status} ${reply.text}`,
    );
  }
  return { mixin, things };
}

/** A living resource with such a mixin on it. @throws NotApplicable when the server has none, or puts none there */
async function enriched(trial: Trial, { kind, mixin }: Enrichment): Promise<string> {
  const one = await thingOf(trial, kind);
  const { location } = one;
  const reply = await associate(trial, mixin.location, [one]);
  if (reply.status === 400) throw new NotApplicable(`the server puts ${mixin.id} on nothing that is there already`);
  if (!reply.isSuccess)
    throw new Inconclusive(`${mixin.id} cannot be put on ${location}: ${reply.status} ${reply.text}`);
  return location;
}

/** A creation, and an association, of a mixin and an entity that do not fit. */
async function misfits(
  trial: Trial,
): Promise<{ readonly replies: readonly Reply[]; readonly carriers: readonly string[] }> {
  const { kind, mixin, location } = misfit(trial);
  const says = { kind: kind.id, mixins: [mixin], attributes: trial.required(kind) };
  const created = await trial.ask({ method: 'POST', location: kind.location, says });
  const born = created.isSuccess ? trial.made(created) : undefined;
  const living = await thingOf(trial, kind.id);
  const put = await associate(trial, location, [living]);
  const all = born === undefined ? [living.location] : [born, living.location];
  const carriers: string[] = [];
  for (const one of all) if ((await trial.read(one)).mixins.includes(mixin)) carriers.push(`${one} has ${mixin}`);
  return { replies: [created, put], carriers };
}

/** The same mixin with a title of its own, or in dependence of others. */
function changed(
  mixin: UserMixin,
  change: { readonly title?: string; readonly related?: readonly string[] },
): UserMixin {
  const drafts = mixin.content.drafts.map((draft) => {
    return { ...draft, categories: draft.categories.map((category) => ({ ...category, ...change })) };
  });
  return { ...mixin, content: { ...mixin.content, drafts } };
}

/** Mixins (GFD.221 §5.3.4, §5.3.8, §5.5.3). */
export const mixinChecks: readonly Check[] = [
  {
    id: 'mixins/tag',
    proves: ['CORE-5.3-d', 'CORE-5.3.4-j'],
    title: 'A mixin without attributes and actions can be put on any entity, links included',
    renderings: everyRendering,
    async run(trial) {
      const { mixin, things } = await tagged(trial);
      for (const { location } of things) {
        const { mixins } = await trial.read(location);
        trial.must(mixins.includes(mixin.id), `${location} shows the mixin ${mixin.id}`, mixins.join(', ') || 'none');
      }
    },
  },
  {
    id: 'mixins/of-clients',
    proves: ['CORE-5.5.3-a'],
    title: 'Clients can create and remove mixins of their own',
    renderings: everyRendering,
    async run(trial) {
      const mixin = newMixin(trial);
      const added = await add(trial, mixin);
      trial.must(added.isSuccess, 'a client adds a mixin', `${added.status} ${added.text}`);
      const has = async () => (await offered(trial)).some(({ id }) => id === mixin.id);
      trial.must(await has(), `the mixin ${mixin.id} is listed after it was added`, 'it is not');
      const gone = await remove(trial, mixin);
      trial.must(gone.isSuccess, 'a client removes its mixin', `${gone.status} ${gone.text}`);
      trial.must(!(await has()), `the mixin ${mixin.id} is not listed after it was removed`, 'it is');
    },
  },
  {
    id: 'mixins/kinds-mix',
    proves: ['CORE-5.3.8-b'],
    title: 'The collection of a mixin holds entities of different kinds',
    renderings: everyRendering,
    async run(trial) {
      const { mixin, things } = await tagged(trial);
      const reply = await trial.ask({ location: mixin.location });
      const isAll = things.every((one) => lists(trial, reply, one));
      const expected = `the collection of the mixin lists ${things.map(({ location }) => location).join(' and ')}`;
      trial.must(isAll, expected, listed(trial, reply).join(', ') || 'nothing');
    },
  },
  {
    id: 'mixins/members-change',
    proves: ['CORE-5.3.8-c', 'CORE-5.3.4-l'],
    title: 'Association changes who is in the collection of a mixin, and not who is in that of a kind',
    renderings: everyRendering,
    async run(trial) {
      const mixin = await addedMixin(trial);
      const { id, location } = trial.plainKind;
      const one = await thingOf(trial, id);
      const isIn = async (collection: string) => lists(trial, await trial.ask({ location: collection }), one);
      const put = await associate(trial, mixin.location, [one]);
      trial.must(put.isSuccess, 'a mixin is put on an entity', `${put.status} ${put.text}`);
      trial.must(await isIn(mixin.location), 'the entity is in the collection of the mixin then', 'it is not');
      const off = await associate(trial, mixin.location, [one], 'DELETE');
      trial.must(off.isSuccess, 'a mixin is taken off an entity', `${off.status} ${off.text}`);
      trial.must(!(await isIn(mixin.location)), 'the entity has left the collection of the mixin then', 'it is there');
      trial.must(await isIn(location), 'the entity is in the collection of its kind all the time', 'it has left');
    },
  },
  {
    id: 'mixins/title-is-kept',
    proves: ['CORE-5.3.1-b', 'CORE-5.3.4-l'],
    title: 'No request changes the title of a category that is there',
    renderings: everyRendering,
    async run(trial) {
      const mixin = await addedMixin(trial);
      const titleOf = async () => (await offered(trial)).find(({ id }) => id === mixin.id)?.title;
      const before = await titleOf();
      const { content } = changed(mixin, { title: 'Another one' });
      const reply = await trial.ask({ method: 'POST', location: trial.queryInterface, says: content });
      const now = await titleOf();
      const expected = `a mixin that is added again keeps its title ${JSON.stringify(before)}`;
      trial.must(now === before, expected, `${reply.status}, and it is ${JSON.stringify(now)}`);
    },
  },
  {
    id: 'mixins/adds-attributes',
    proves: ['CORE-5.3-c', 'CORE-5.4.1-b'],
    title: 'A mixin can be put on a living entity, and brings its attributes',
    renderings: everyRendering,
    async run(trial) {
      const wanted = enrichment(trial);
      const { mixin, name, values } = wanted;
      const location = await enriched(trial, wanted);
      const reply = await trial.ask({ method: 'POST', location, says: { attributes: { [name]: values[0] } } });
      trial.must(reply.isSuccess, `what has the mixin ${mixin.id} takes ${name}`, `${reply.status} ${reply.text}`);
      const { mixins, attributes } = await trial.read(location);
      trial.must(mixins.includes(mixin.id), `the entity shows ${mixin.id}`, mixins.join(', ') || 'no mixin');
      const shown = attributes[name];
      trial.must(shown === values[0], `${name} is ${values[0]}`, JSON.stringify(shown) ?? 'not shown at all');
    },
  },
  {
    id: 'mixins/values-apart',
    proves: ['CORE-5.3.4-f'],
    title: 'The values of the attributes of a mixin live in the entities',
    async run(trial) {
      const wanted = enrichment(trial);
      const { name, values } = wanted;
      const [one, other] = [await enriched(trial, wanted), await enriched(trial, wanted)];
      const before = (await trial.read(other)).attributes[name];
      const reply = await trial.ask({ method: 'POST', location: one, says: { attributes: { [name]: values[1] } } });
      if (!reply.isSuccess) throw new Inconclusive(`${name} cannot be set: ${reply.status} ${reply.text}`);
      const now = (await trial.read(other)).attributes[name];
      trial.must(now === before, `${name} of an entity is not changed by that of another one`, `it is ${now} now`);
    },
  },
  {
    id: 'mixins/applies',
    proves: ['CORE-5.3.4-c'],
    title: 'A mixin is put on entities of the kinds that it applies to, and on no others',
    renderings: everyRendering,
    async run(trial) {
      const { carriers } = await misfits(trial);
      trial.must(carriers.length === 0, 'a mixin is put on no kind that applies does not name', carriers.join('; '));
    },
  },
  {
    id: 'mixins/bad-request',
    proves: ['CORE-5.3.4-d'],
    title: 'Putting a mixin where it does not belong is a bad request',
    renderings: everyRendering,
    async run(trial) {
      const { replies } = await misfits(trial);
      // GFD.185 has 403 in its table of codes, where the core of both versions has a bad request.
      for (const reply of replies) trial.answered(reply, [400, 403], 'the mixin does not apply to this kind');
    },
  },
  {
    id: 'mixins/not-on-types',
    proves: ['CORE-5.3.4-e'],
    title: 'A mixin is not put on a type',
    renderings: textRenderings,
    async run(trial) {
      const [mixin, type] = [await addedMixin(trial), await addedMixin(trial)];
      const members = async () => listed(trial, await trial.ask({ location: mixin.location }));
      const before = await members();
      const reply = await associate(trial, mixin.location, [{ location: type.location, kind: '' }]);
      const added = (await members()).filter((one) => !before.includes(one));
      const expected = `${type.location} is a collection, on which no mixin is put`;
      trial.must(!reply.isSuccess && added.length === 0, expected, `${reply.status} ${added.join(', ')}`);
    },
  },
  {
    id: 'mixins/lists-attributes',
    proves: ['CORE-5.3.4-g'],
    title: 'The mixins of the standard list the attributes they bring',
    renderings: everyRendering,
    async run(trial) {
      const there = (await offered(trial)).filter(({ id }) => standardAttributes.has(id));
      if (there.length === 0) throw new NotApplicable('the server has no mixin of the standard with attributes');
      for (const mixin of there) {
        const missing = standardAttributes.get(mixin.id)?.find((name) => !attributeNames(mixin).includes(name));
        trial.must(missing === undefined, `${mixin.id} lists the attributes it brings`, `${missing} is missing`);
      }
    },
  },
  {
    id: 'mixins/depends',
    proves: ['CORE-5.3.4-i'],
    title: 'A mixin brings the attributes of those that it depends on',
    renderings: jsonRendering,
    async run(trial) {
      const { kind, mixin: base, name, values } = enrichment(trial);
      const mixin = changed(newMixin(trial), { related: [base.id] });
      const added = await add(trial, mixin);
      const own = (await offered(trial)).find(({ id }) => id === mixin.id);
      if (!added.isSuccess || own?.related.includes(base.id) !== true) {
        throw new NotApplicable(`the server lets no mixin of clients depend on another one: ${added.status}`);
      }
      const one = await thingOf(trial, kind);
      const put = await associate(trial, mixin.location, [one]);
      if (!put.isSuccess) throw new Inconclusive(`the mixin cannot be put on an entity: ${put.status} ${put.text}`);
      const says = { attributes: { [name]: values[0] } };
      const reply = await trial.ask({ method: 'POST', location: one.location, says });
      const shown = (await trial.read(one.location)).attributes[name];
      const expected = `what has a mixin that depends on ${base.id} takes and shows ${name}`;
      trial.must(shown === values[0], expected, `${reply.status} ${reply.text}, and it is ${shown}`);
    },
  },
];
