import { core } from '../../occi/entity.ts';
import { type Check, Inconclusive, textRenderings } from '../check.ts';
import type { Trial } from '../trial.ts';
import { created, creation, understood } from './text-creation.ts';

/** Makes sure that the server takes such requests at all. @throws Inconclusive */
async function takesAny(trial: Trial): Promise<void> {
  const reply = await created(trial, creation(trial));
  if (!reply.isSuccess) throw new Inconclusive(`no plain resource can be created: ${reply.status} ${reply.text}`);
  trial.made(reply);
}

/** What has to be understood in text (GFD.229 §4, §6). */
export const textRequestChecks: readonly Check[] = [
  {
    id: 'text-request/grammar',
    proves: ['TEXT-4-a'],
    title: 'A request by the letter of the grammar is understood',
    renderings: textRenderings,
    async run(trial) {
      await trial.make(trial.plainKind.id);
      const lines = creation(trial, { attributes: [`${core.title}="Conformance"`, `${core.summary}="By the letter"`] });
      const { attributes } = await understood(trial, lines, 'Category, X-OCCI-Attribute, each ended by CR LF');
      const shown = [attributes[core.title], attributes[core.summary]].join(', ');
      trial.must(shown === 'Conformance, By the letter', 'title and summary are those of the request', shown);
    },
  },
  {
    id: 'text-request/bare-class',
    proves: ['TEXT-4-a', 'TEXT-4.1-b'],
    title: 'The class of a category may come without quotes',
    renderings: textRenderings,
    async run(trial) {
      await takesAny(trial);
      const { term, scheme } = trial.plainKind;
      const category = `${term}; scheme="${scheme}"; class=kind`;
      await understood(trial, creation(trial, { category }), `Category: ${category}`);
    },
  },
  {
    id: 'text-request/full-category',
    proves: ['TEXT-4.1-g'],
    title: 'A category in a request may have the complete form',
    renderings: textRenderings,
    async run(trial) {
      await takesAny(trial);
      const { term, scheme, related, location } = trial.plainKind;
      const rel = related[0] === undefined ? '' : `; rel="${related[0]}"`;
      const category = `${term}; scheme="${scheme}"; class="kind"; title="A, b; c=d"${rel}; location="${location}"`;
      await understood(trial, creation(trial, { category }), `Category: ${category}`);
    },
  },
  {
    id: 'text-request/escapes',
    proves: ['TEXT-4-a', 'TEXT-4.3-c'],
    title: 'An escaped character in a quoted string stands for itself',
    renderings: textRenderings,
    async run(trial) {
      await takesAny(trial);
      const lines = creation(trial, { attributes: [`${core.title}="\\C\\"a, b\\\\; c=\\d"`] });
      const { attributes } = await understood(trial, lines, 'quotes, backslashes and other characters are escaped');
      trial.must(attributes[core.title] === 'C"a, b\\; c=d', 'the title is C"a, b\\; c=d', `${attributes[core.title]}`);
    },
  },
  {
    id: 'text-request/semicolon',
    proves: ['TEXT-6-c'],
    title: 'A semicolon at the end of a category is passed over',
    renderings: textRenderings,
    async run(trial) {
      await takesAny(trial);
      const { term, scheme } = trial.plainKind;
      const category = `${term}; scheme="${scheme}"; class="kind";`;
      await understood(trial, creation(trial, { category }), `Category: ${category}`);
    },
  },
];
