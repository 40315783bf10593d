import { type Check, Inconclusive } from '../check.ts';
import type { Trial } from '../trial.ts';
import { absoluteUri } from './text-syntax.ts';
import { lists, thing } from './thing.ts';
import { addedMixin } from './user-mixin.ts';

const accept = 'text/uri-list';

/** The list with something of this run in it. @throws NotApplicable, Inconclusive */
async function list(trial: Trial) {
  const made = await thing(trial);
  const reply = await trial.ask({ location: trial.plainKind.location, accept });
  if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
  return { made, reply };
}

/** URI lists (GFD.229 §8). */
export const uriListChecks: readonly Check[] = [
  {
    id: 'uri-list/lines',
    proves: ['TEXT-8-a'],
    title: 'A listing in text/uri-list is one URI per line',
    async run(trial) {
      const { made, reply } = await list(trial);
      trial.must(reply.type === accept, `the Content-Type is ${accept}`, reply.type || 'none');
      const wrong = reply.lines.find((line) => !line.startsWith('#') && !absoluteUri.test(line));
      trial.must(wrong === undefined, 'each line is a URI, or a comment', wrong);
      trial.must(lists(trial, reply, made), `${made.location} is listed`, reply.text.slice(0, 200));
    },
  },
  {
    id: 'uri-list/entity',
    proves: ['TEXT-8-b', 'TEXT-8-c'],
    title: 'An entity as a URI list is answered with 400',
    async run(trial) {
      const { location } = await thing(trial);
      trial.answered(await trial.ask({ location, accept }), [400], 'an entity is no listing');
    },
  },
  {
    id: 'uri-list/categories',
    proves: ['TEXT-8-b', 'TEXT-8-c'],
    title: 'The query interface as a URI list is answered with 400',
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface, accept });
      trial.answered(reply, [400], 'categories are no listing');
    },
  },
  {
    id: 'uri-list/creation',
    proves: ['TEXT-8-c'],
    title: 'A creation that wants a URI list is answered with 400',
    async run(trial) {
      const { id, location } = trial.plainKind;
      await trial.make(id);
      const says = { kind: id, attributes: trial.required(trial.plainKind) };
      const reply = await trial.ask({ method: 'POST', location, says, accept });
      if (reply.isSuccess) trial.made(reply);
      trial.answered(reply, [400], 'what is created is no listing');
    },
  },
  {
    id: 'uri-list/association',
    proves: ['TEXT-8-d'],
    title: 'Entities can be added to a mixin by a URI list',
    async run(trial) {
      const mixin = await addedMixin(trial);
      const made = await thing(trial);
      const { location } = mixin;
      const body = `${trial.urlOf(made.location)}\r\n`;
      const reply = await trial.ask({ method: 'POST', location, body, fields: [['Content-Type', accept]] });
      trial.must(reply.isSuccess, 'a URI list of entities is taken', `${reply.status} ${reply.text}`);
      const members = await trial.ask({ location });
      trial.must(lists(trial, members, made), `${made.location} is a member of the mixin`, members.text);
    },
  },
];
