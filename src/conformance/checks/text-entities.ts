import { core } from '../../occi/entity.ts';
import { type Check, Inconclusive, NotApplicable, textRenderings } from '../check.ts';
import type { Trial } from '../trial.ts';
import { describedResource } from './described-resource.ts';
import { attributesIn, statementsIn } from './text-statements.ts';
import { boolean, plainNumber, quotedString, unquoted } from './text-syntax.ts';

/** Makes a resource, and reads it. @throws NotApplicable, Inconclusive */
async function shown(trial: Trial, title?: string) {
  const described = await describedResource(trial, title);
  const reply = await trial.ask({ location: described.location });
  if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
  const statements = statementsIn(trial, reply);
  return { ...described, reply, statements, lines: attributesIn(statements) };
}

/** What the form of a value has to be, by the type of the attribute; by the grammar alone where nobody tells the type. */
function isWritten(value: string, type: string | undefined): boolean {
  if (type === 'string') return quotedString.test(value);
  if (type === 'boolean') return boolean.test(value);
  // How a number looks is another matter.
  if (type === 'number') return !value.startsWith('"');
  return quotedString.test(value) || plainNumber.test(value) || boolean.test(value);
}

/** Entities in text (GFD.229 §4.3, §5.1, §5.5). */
export const textEntityChecks: readonly Check[] = [
  {
    id: 'text-entity/types',
    proves: ['TEXT-4-a', 'TEXT-4.3-a'],
    title: 'Strings are quoted, numbers and booleans are bare',
    renderings: textRenderings,
    async run(trial) {
      const { lines } = await shown(trial);
      if (lines.size === 0) throw new Inconclusive('the resource shows no attributes');
      for (const [name, value] of lines) {
        const type = trial.catalogue.typeOf(name);
        const form = type === undefined ? 'quoted, a number or a boolean' : type === 'string' ? 'quoted' : 'bare';
        trial.must(isWritten(value, type), `the value of ${name} is ${form}`, `${name}=${value}`);
      }
    },
  },
  {
    id: 'text-entity/numbers',
    proves: ['TEXT-4-a', 'TEXT-4.3-b'],
    title: 'Numbers are digits with at most one point among them',
    renderings: textRenderings,
    async run(trial) {
      const { lines, number, attributes } = await shown(trial);
      const numbers = [...lines].filter(([name]) => trial.catalogue.typeOf(name) === 'number');
      if (number === undefined && numbers.length === 0) throw new NotApplicable('nothing here has a number');
      for (const [name, value] of numbers) {
        trial.must(plainNumber.test(value.replaceAll('"', '')), `${name} is a plain number`, `${name}=${value}`);
      }
      const value = lines.get(number ?? '')?.replaceAll('"', '');
      const sent = attributes[number ?? ''];
      trial.must(value === undefined || Number(value) === sent, `${number} is ${sent}, as it was sent`, value);
    },
  },
  {
    id: 'text-entity/escapes',
    proves: ['TEXT-4-a', 'TEXT-4.3-c'],
    title: 'Quotes and backslashes in a string are escaped, and commas and semicolons are part of it',
    renderings: textRenderings,
    async run(trial) {
      const title = 'Conformance: "a", \\ b; c=d';
      const { lines } = await shown(trial, title);
      const value = lines.get(core.title);
      if (value === undefined) throw new Inconclusive('the resource does not show its title');
      const isRight = quotedString.test(value) && unquoted(value) === title;
      trial.must(isRight, `the title is ${title}, quoted and escaped`, value);
    },
  },
  {
    id: 'text-entity/order',
    proves: ['TEXT-5.1.1-a'],
    title: 'Category lines come first, then links, then attributes',
    renderings: ['text/plain'],
    async run(trial) {
      const { statements } = await shown(trial);
      const fields = statements.map(({ field }) => field).filter((field, at, all) => field !== all[at - 1]);
      const order = ['category', 'link', 'x-occi-attribute'].filter((field) => fields.some((one) => one === field));
      trial.must(fields[0] === 'category', 'a resource begins with a Category line', fields.join(', ') || 'nothing');
      trial.must(fields.join() === order.join(), 'categories, links and attributes come in this order', fields.join());
    },
  },
  {
    id: 'text-entity/model-attributes',
    proves: ['TEXT-5.5.1-a'],
    title: 'Id, title and summary of a resource have their occi.core names',
    renderings: textRenderings,
    async run(trial) {
      const { lines } = await shown(trial);
      for (const name of [core.id, core.title, core.summary]) {
        trial.must(lines.has(name), `the resource shows ${name}`, [...lines.keys()].join(', ') || 'no attributes');
      }
    },
  },
  {
    id: 'text-entity/attribute-lines',
    proves: ['TEXT-5.5.3-a'],
    title: 'An attribute that was given is shown under its name',
    renderings: textRenderings,
    async run(trial) {
      const { lines, number } = await shown(trial);
      if (number === undefined) throw new NotApplicable('the kind has no attributes of its own that could be given');
      trial.must(lines.has(number), `the resource shows ${number}`, [...lines.keys()].join(', ') || 'no attributes');
    },
  },
];
