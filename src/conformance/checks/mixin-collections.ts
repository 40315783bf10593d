import { type Check, everyRendering, Inconclusive } from '../check.ts';
import type { Trial } from '../trial.ts';
import { lists, naming, type Thing, thing } from './thing.ts';
import { addedMixin, type UserMixin } from './user-mixin.ts';

/** A mixin of this run with two members. @throws NotApplicable, Inconclusive */
async function shared(trial: Trial) {
  const mixin = await addedMixin(trial);
  const [one, two] = [await thing(trial), await thing(trial)];
  await join(trial, mixin, [one, two]);
  return { mixin, one, two };
}

/** @throws Inconclusive when the server does not let them */
async function join(trial: Trial, { location }: UserMixin, members: readonly Thing[]): Promise<void> {
  const reply = await trial.ask({ method: 'POST', location, says: naming(trial, members) });
  if (!reply.isSuccess) throw new Inconclusive(`entities cannot be associated with a mixin: ${reply.status}`);
}

/** Says which entities have to be members, and which must not be; and that they all live. @throws Unmet */
async function mustHave(trial: Trial, mixin: UserMixin, inside: readonly Thing[], outside: readonly Thing[]) {
  const reply = await trial.ask({ location: mixin.location });
  const isEmpty = inside.length === 0 && trial.dialect.version === '1.1';
  trial.answered(reply, isEmpty ? [200, 204] : [200], 'the mixin has a collection');
  for (const member of inside) {
    trial.must(lists(trial, reply, member), `${member.location} is in the collection of the mixin`, 'it is not');
  }
  for (const other of outside) {
    trial.must(!lists(trial, reply, other), `${other.location} is not in the collection of the mixin`, 'it is');
    const { mixins } = await trial.read(other.location);
    trial.must(!mixins.includes(mixin.id), `${other.location} lives, and does not show the mixin`, 'it does');
  }
}

/** The collections of mixins (GFD.223 §11.2, §11.3.2, §11.4.2; GFD.185 §3.4.3). */
export const mixinCollectionChecks: readonly Check[] = [
  {
    id: 'mixin/associate',
    proves: ['HTTP-11.3.2-a'],
    title: 'POST of entities on the location of a mixin adds them to it',
    renderings: everyRendering,
    async run(trial) {
      const mixin = await addedMixin(trial);
      const member = await thing(trial);
      const reply = await trial.ask({ method: 'POST', location: mixin.location, says: naming(trial, [member]) });
      trial.answered(reply, [200], 'an entity was associated with a mixin');
      await mustHave(trial, mixin, [member], []);
      const { mixins } = await trial.read(member.location);
      trial.must(mixins.includes(mixin.id), 'the entity shows the mixin', mixins.join(', ') || 'no mixin');
    },
  },
  {
    id: 'mixin/associate-answer',
    proves: ['HTTP-11.3.2-a'],
    versions: ['1.2'],
    title: 'The answer to an association has the entities',
    renderings: everyRendering,
    async run(trial) {
      const mixin = await addedMixin(trial);
      const member = await thing(trial);
      const reply = await trial.ask({ method: 'POST', location: mixin.location, says: naming(trial, [member]) });
      trial.answered(reply, [200], 'an entity was associated with a mixin');
      trial.must(lists(trial, reply, member), `the answer lists ${member.location}`, reply.text || 'nothing');
    },
  },
  {
    id: 'mixin/replace',
    proves: ['HTTP-11.2-a'],
    title: 'PUT of entities on the location of a mixin makes them its members, and no others',
    renderings: everyRendering,
    async run(trial) {
      const { mixin, one, two } = await shared(trial);
      const reply = await trial.ask({ method: 'PUT', location: mixin.location, says: naming(trial, [two]) });
      trial.answered(reply, [200], 'the members were replaced');
      await mustHave(trial, mixin, [two], [one]);
    },
  },
  {
    id: 'mixin/replace-answer',
    proves: ['HTTP-11.2-a'],
    versions: ['1.2'],
    title: 'The answer to PUT on the location of a mixin has the members',
    renderings: everyRendering,
    async run(trial) {
      const { mixin, one, two } = await shared(trial);
      const reply = await trial.ask({ method: 'PUT', location: mixin.location, says: naming(trial, [two]) });
      trial.answered(reply, [200], 'the members were replaced');
      const isRight = lists(trial, reply, two) && !lists(trial, reply, one);
      trial.must(isRight, `the answer lists ${two.location} and nothing else`, reply.text || 'nothing');
    },
  },
  {
    id: 'mixin/dissociate',
    proves: ['HTTP-11.4.2-a'],
    title: 'DELETE with entities on the location of a mixin takes these out of it, and they live on',
    renderings: everyRendering,
    async run(trial) {
      const { mixin, one, two } = await shared(trial);
      const reply = await trial.ask({ method: 'DELETE', location: mixin.location, says: naming(trial, [one]) });
      trial.answered(reply, [200], 'an entity was dissociated from a mixin');
      await mustHave(trial, mixin, [two], [one]);
    },
  },
  {
    id: 'mixin/dissociate-all',
    proves: ['HTTP-11.4.2-a'],
    versions: ['1.2'],
    title: 'DELETE on the location of a mixin takes all entities out of it, and they live on',
    renderings: everyRendering,
    async run(trial) {
      const { mixin, one, two } = await shared(trial);
      const reply = await trial.ask({ method: 'DELETE', location: mixin.location });
      trial.answered(reply, [200], 'all entities were dissociated from a mixin');
      await mustHave(trial, mixin, [], [one, two]);
    },
  },
  {
    id: 'mixin/all-or-nothing',
    proves: ['H11-3.6.4-a', 'X-3'],
    title: 'Of several entities to be associated, one of which does not exist, none is',
    renderings: everyRendering,
    async run(trial) {
      const mixin = await addedMixin(trial);
      const member = await thing(trial);
      const gone = await thing(trial);
      const removal = await trial.remove(gone.location);
      if (!removal.isSuccess) throw new Inconclusive(`an entity cannot be deleted: ${removal.status}`);
      const reply = await trial.ask({ method: 'POST', location: mixin.location, says: naming(trial, [member, gone]) });
      trial.must(reply.isRefused, 'an association of what does not exist is refused', `${reply.status}`);
      await mustHave(trial, mixin, [], [member]);
    },
  },
];
