import { type Check, Inconclusive } from '../check.ts';
import type { Reply } from '../reply.ts';
import type { Trial } from '../trial.ts';
import { describedResource } from './described-resource.ts';
import { creation, verbatim } from './text-creation.ts';
import { statementsIn } from './text-statements.ts';

/** Makes a resource, and reads it. @throws NotApplicable, Inconclusive */
async function shown(trial: Trial): Promise<Reply> {
  const { location } = await describedResource(trial);
  const reply = await trial.ask({ location });
  if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
  return reply;
}

/** The plain rendering (GFD.229 §6). */
export const textPlainChecks: readonly Check[] = [
  {
    id: 'text-plain/type',
    proves: ['TEXT-6-a'],
    title: 'What is asked for as text/plain is in the body, and called so',
    renderings: ['text/plain'],
    async run(trial) {
      const reply = await shown(trial);
      trial.must(reply.type === 'text/plain', 'the Content-Type is text/plain', reply.type || 'none');
      const isSaid = statementsIn(trial, reply).some(({ field }) => field === 'category');
      trial.must(isSaid, 'the body has a Category line', JSON.stringify(reply.text.slice(0, 80)));
    },
  },
  {
    id: 'text-plain/other-name',
    proves: ['TEXT-6-a'],
    title: 'The plain rendering can be asked for as text/occi+plain',
    renderings: ['text/plain'],
    versions: ['1.2'],
    async run(trial) {
      const { location } = await describedResource(trial);
      const usual = await trial.ask({ location });
      if (!usual.isSuccess) throw new Inconclusive(`${usual.request} is answered with ${usual.status}`);
      const reply = await trial.ask({ location, accept: 'text/occi+plain' });
      trial.answered(reply, [usual.status], 'text/occi+plain is a name of the plain rendering');
      trial.must(reply.type === 'text/occi+plain', 'the Content-Type is text/occi+plain', reply.type || 'none');
      const isSaid = statementsIn(trial, reply).some(({ field }) => field === 'category');
      trial.must(isSaid, 'the body has a Category line', JSON.stringify(reply.text.slice(0, 80)));
    },
  },
  {
    id: 'text-plain/other-name-sent',
    proves: ['TEXT-6-a'],
    title: 'A request may be in text/occi+plain',
    renderings: ['text/plain'],
    versions: ['1.2'],
    async run(trial) {
      const { body = '' } = verbatim(trial, creation(trial));
      const { id, location } = trial.plainKind;
      await trial.make(id);
      const reply = await trial.ask({ method: 'POST', location, body, fields: [['Content-Type', 'text/occi+plain']] });
      trial.must(reply.isSuccess, 'a request in text/occi+plain is understood', `${reply.status} ${reply.text}`);
      trial.made(reply);
    },
  },
  {
    id: 'text-plain/lines',
    proves: ['TEXT-6-b'],
    title: 'Each line is a name, a colon and a value',
    renderings: ['text/plain'],
    async run(trial) {
      const wrong = (await shown(trial)).lines.find((line) => !/^[A-Za-z][A-Za-z0-9-]*[ \t]*:[ \t]*\S/.test(line));
      trial.must(wrong === undefined, 'each line is a name, a colon and a value', wrong);
    },
  },
  {
    id: 'text-plain/no-semicolon',
    proves: ['TEXT-6-c'],
    title: 'No line ends in a semicolon',
    renderings: ['text/plain'],
    async run(trial) {
      const wrong = (await shown(trial)).lines.find((line) => line.trimEnd().endsWith(';'));
      trial.must(wrong === undefined, 'no line ends in a semicolon', wrong);
    },
  },
];
