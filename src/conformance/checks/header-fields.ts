import { core } from '../../occi/entity.ts';
import { type Check, Inconclusive } from '../check.ts';
import type { Trial } from '../trial.ts';
import { describedResource } from './described-resource.ts';
import { creation, understood } from './text-creation.ts';
import { attributesIn, statementsIn } from './text-statements.ts';
import { quotedString, unquoted } from './text-syntax.ts';

const fields = ['Category', 'Link', 'X-OCCI-Attribute', 'X-OCCI-Location'];

/** Makes a resource, and reads it. @throws NotApplicable, Inconclusive */
async function shown(trial: Trial, title?: string) {
  const { location } = await describedResource(trial, title);
  const reply = await trial.ask({ location });
  if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
  return { location, reply };
}

/** A field in which quotes stand around whole values, and nowhere else. */
const quotes = /^(?:="(?:[^"\\]|\\.)*"(?=\s*(?:[,;]|$))|[^"])*$/;

/** Longer than any sensible limit of a header section, and well below what bodies may have. */
const longText = 'Lorem ipsum '.repeat(8000).trim();

/** The header rendering (GFD.229 §7). */
export const headerChecks: readonly Check[] = [
  {
    id: 'header/type',
    proves: ['TEXT-7-a'],
    title: 'What is asked for as text/occi is in the header fields, and called so',
    renderings: ['text/occi'],
    async run(trial) {
      const { reply } = await shown(trial);
      trial.must(reply.type === 'text/occi', 'the Content-Type is text/occi', reply.type || 'none');
      for (const name of ['Category', 'X-OCCI-Attribute']) {
        trial.must(reply.header(name) !== undefined, `there is a header field ${name}`, JSON.stringify(reply.text));
      }
    },
  },
  {
    id: 'header/body',
    proves: ['TEXT-7-b'],
    title: 'The body of what succeeds says OK',
    renderings: ['text/occi'],
    async run(trial) {
      const { location, reply } = await shown(trial);
      const says = { attributes: { [core.title]: 'Changed' } };
      const replies = [reply, await trial.ask({ method: 'POST', location, says }), await trial.remove(location)];
      replies.push(await trial.ask({ location: trial.queryInterface }));
      for (const one of replies) {
        // What has no body cannot say so.
        const isOk = !one.isSuccess || one.status === 204 || /\bOK\b/.test(one.text);
        trial.must(isOk, `the body of the answer to ${one.request} says OK`, JSON.stringify(one.text.slice(0, 80)));
      }
    },
  },
  {
    id: 'header/syntax',
    proves: ['TEXT-7-c'],
    title: 'The quotes in header fields stand around values, and there are no control characters',
    renderings: ['text/occi'],
    async run(trial) {
      const { reply } = await shown(trial, 'Conformance "a"');
      const answers = [reply, await trial.ask({ location: trial.queryInterface })];
      for (const value of answers.flatMap((one) => fields.flatMap((name) => one.headers(name)))) {
        trial.must(quotes.test(value), 'quotes are closed, and those inside are escaped', value);
        trial.must(!/(?!\t)\p{Cc}/u.test(value), 'there are no control characters', JSON.stringify(value));
      }
    },
  },
  {
    id: 'header/repeated',
    proves: ['TEXT-7-d'],
    title: 'A field that is repeated is read each time',
    renderings: ['text/occi'],
    async run(trial) {
      const lines = creation(trial, { attributes: [`${core.title}="One"`, `${core.summary}="Two"`] });
      const { attributes } = await understood(trial, lines, 'X-OCCI-Attribute is repeated');
      const both = `${attributes[core.title]}, ${attributes[core.summary]}`;
      trial.must(both === 'One, Two', 'title and summary are those of the two fields', both);
    },
  },
  {
    id: 'header/joined',
    proves: ['TEXT-7-d'],
    title: 'Values joined by commas are read one by one',
    renderings: ['text/occi'],
    async run(trial) {
      const lines = creation(trial, { attributes: [`${core.title}="One, a",${core.summary}="Two"`] });
      const { attributes } = await understood(trial, lines, 'X-OCCI-Attribute is a list');
      const both = `${attributes[core.title]}, ${attributes[core.summary]}`;
      trial.must(both === 'One, a, Two', 'title and summary are those of the list', both);
    },
  },
  {
    id: 'header/one-field',
    proves: ['TEXT-7-e'],
    title: 'Several values are one field, joined by commas',
    renderings: ['text/occi'],
    async run(trial) {
      const { reply } = await shown(trial);
      for (const name of fields) {
        const { length } = reply.headers(name);
        trial.must(length <= 1, `${name} is one field, its values joined by commas`, `${length} fields`);
      }
    },
  },
  {
    id: 'header/quoted',
    proves: ['TEXT-7-f'],
    title: 'A value with separators in it is quoted',
    renderings: ['text/occi'],
    async run(trial) {
      const separators = 'Conformance, a; b=c';
      const { reply } = await shown(trial, separators);
      const title = attributesIn(statementsIn(trial, reply)).get(core.title);
      if (title === undefined) throw new Inconclusive('the resource does not show its title');
      trial.must(quotedString.test(title), `the title, ${separators}, is quoted`, title);
    },
  },
  {
    id: 'header/whole',
    proves: ['TEXT-7-g'],
    title: 'What does not fit into the header section is refused, and not cut',
    renderings: ['text/occi'],
    async run(trial) {
      const attributes = [`${core.summary}="${longText}"`];
      const body = creation(trial, { attributes })
        .map(([field, value]) => `${field}: ${value}\r\n`)
        .join('');
      const fields = [['Content-Type', 'text/plain']] as const;
      const made = await trial.ask({
        method: 'POST',
        location: trial.plainKind.location,
        body,
        fields,
        accept: 'text/plain',
      });
      if (!made.isSuccess) throw new Inconclusive(`a long summary is refused: ${made.status}`);
      const location = trial.made(made);
      const plain = await trial.ask({ location, accept: 'text/plain' });
      if (!plain.text.includes(longText)) throw new Inconclusive('a long summary is not kept as it is');
      const reply = await trial.ask({ location });
      const summary = attributesIn(statementsIn(trial, reply)).get(core.summary);
      const isWhole = reply.status >= 400 || unquoted(summary ?? '') === longText;
      const instead = `${summary?.length ?? 0} of ${longText.length} characters`;
      trial.must(isWhole, 'the summary is shown completely, or the request is refused', instead);
    },
  },
];
