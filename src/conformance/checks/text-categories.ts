import { type Check, Inconclusive, NotApplicable, textRenderings } from '../check.ts';
import type { Trial } from '../trial.ts';
import { type Parameter, parametersIn, statementsIn, valuesIn } from './text-statements.ts';
import {
  quotedDefinitions,
  quotedIdentifier,
  quotedIdentifiers,
  quotedScheme,
  quotedString,
  termSyntax,
  unquoted,
  uriReference,
} from './text-syntax.ts';

/** A category as the query interface has it in text, its parameters as they stand there. */
interface RawCategory {
  readonly value: string;
  readonly term: string;
  readonly parameters: readonly Parameter[];
}

/** The parameters in the order of the grammar (GFD.229 §4.1). */
const order = ['scheme', 'class', 'title', 'rel', 'location', 'attributes', 'actions'];

async function categoriesOf(trial: Trial): Promise<readonly RawCategory[]> {
  const reply = await trial.ask({ location: trial.queryInterface });
  const values = valuesIn(statementsIn(trial, reply), 'category');
  if (values.length === 0) throw new Inconclusive(`${reply.request} shows no categories in text: ${reply.status}`);
  return values.map((value) => {
    const { first, parameters } = parametersIn(value);
    return { value, term: first, parameters };
  });
}

function parameter({ parameters }: RawCategory, wanted: string): string | undefined {
  return parameters.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function classOf(category: RawCategory): string {
  return unquoted(parameter(category, 'class') ?? '').toLowerCase();
}

function idOf(category: RawCategory): string {
  return unquoted(parameter(category, 'scheme') ?? '') + category.term;
}

/** Says how the parameters of one name have to look, wherever they are. @throws Unmet, NotApplicable */
async function each(trial: Trial, name: string, syntax: RegExp, expected: string): Promise<void> {
  const found = (await categoriesOf(trial)).filter((one) => parameter(one, name) !== undefined);
  if (found.length === 0) throw new NotApplicable(`no category has the parameter ${name}`);
  const wrong = found.find((one) => !syntax.test(parameter(one, name) ?? ''));
  trial.must(wrong === undefined, `${name} ${expected}`, wrong?.value);
}

/** Categories in text (GFD.229 §4.1, §5.2, §5.4), as the query interface shows them. */
export const textCategoryChecks: readonly Check[] = [
  {
    id: 'text-category/order',
    proves: ['TEXT-4-a', 'TEXT-4.1-a'],
    title: 'The parameters of a Category are those of the grammar, in its order',
    renderings: textRenderings,
    async run(trial) {
      for (const { value, parameters } of await categoriesOf(trial)) {
        const names = parameters.map(([name]) => name.toLowerCase());
        const isInOrder = order.filter((name) => names.includes(name)).join() === names.join();
        const isComplete = names[0] === 'scheme' && names[1] === 'class';
        trial.must(isInOrder && isComplete, `a Category has term, scheme, class, and then ${order.slice(2)}`, value);
      }
    },
  },
  {
    id: 'text-category/quotes',
    proves: ['TEXT-4-a', 'TEXT-4.1-b'],
    title: 'The term of a Category is bare, the scheme and the title are in quotes, and the class is one of three',
    renderings: textRenderings,
    async run(trial) {
      for (const category of await categoriesOf(trial)) {
        const { value, term } = category;
        trial.must(termSyntax.test(term), 'a Category begins with its term', value);
        trial.must(quotedScheme.test(parameter(category, 'scheme') ?? ''), 'the scheme is a quoted URI', value);
        const own = parameter(category, 'class') ?? '';
        trial.must(/^(?:(?:kind|mixin|action)|"(?:kind|mixin|action)")$/.test(own), 'the class is one of three', value);
        const title = parameter(category, 'title');
        trial.must(title === undefined || quotedString.test(title), 'the title is a quoted string', value);
      }
    },
  },
  {
    id: 'text-category/attributes',
    proves: ['TEXT-4-a', 'TEXT-4.1-c'],
    title: 'Attributes are names with their properties in braces, separated by blanks',
    renderings: textRenderings,
    run: (trial) => each(trial, 'attributes', quotedDefinitions, 'lists name or name{immutable required}, in quotes'),
  },
  {
    id: 'text-category/actions',
    proves: ['TEXT-4-a', 'TEXT-4.1-d'],
    title: 'Actions are listed by scheme and term, separated by blanks',
    renderings: textRenderings,
    run: (trial) => each(trial, 'actions', quotedIdentifiers, 'lists complete type identifiers, in quotes'),
  },
  {
    id: 'text-category/rel',
    proves: ['TEXT-4-a', 'TEXT-4.1-e'],
    title: 'The parameter rel holds one type identifier',
    renderings: textRenderings,
    run: (trial) => each(trial, 'rel', quotedIdentifier, 'holds exactly one type identifier, in quotes'),
  },
  {
    id: 'text-category/location',
    proves: ['TEXT-4-a', 'TEXT-4.1-f'],
    title: 'The location is a URI in quotes',
    renderings: textRenderings,
    run: (trial) => each(trial, 'location', new RegExp(`^"${uriReference.source.slice(1, -1)}"$`), 'is a quoted URI'),
  },
  {
    id: 'text-category/one-each',
    proves: ['TEXT-5.2-a'],
    title: 'Each kind and each action is one Category, as is each mixin',
    renderings: textRenderings,
    async run(trial) {
      const found = await categoriesOf(trial);
      const ids = found.map(idOf);
      const twice = ids.find((id, at) => ids.indexOf(id) !== at);
      trial.must(twice === undefined, 'each category is there once', `${twice} is there twice`);
      const listed = found.flatMap((one) => unquoted(parameter(one, 'actions') ?? '').split(/ +/)).filter(Boolean);
      const missing = [...trial.catalogue.kinds.map(({ id }) => id), ...listed].find((id) => !ids.includes(id));
      trial.must(
        missing === undefined,
        'each kind, and each action that is listed, is a Category',
        `${missing} is not`,
      );
    },
  },
  {
    id: 'text-category/nothing-else',
    proves: ['TEXT-5.4-a'],
    title: 'The query interface consists of Category lines',
    renderings: textRenderings,
    async run(trial) {
      const reply = await trial.ask({ location: trial.queryInterface });
      if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
      const statements = statementsIn(trial, reply);
      const other = statements.find(({ field }) => field === 'x-occi-attribute' || field === 'x-occi-location');
      trial.must(other === undefined, 'there is nothing but categories', `${other?.field}: ${other?.value}`);
      trial.must(valuesIn(statements, 'category').length > 0, 'there are categories', reply.text.slice(0, 80));
    },
  },
  {
    id: 'text-category/action',
    proves: ['TEXT-5.2.3-a'],
    title: 'The Category of an action has neither rel nor actions',
    renderings: textRenderings,
    async run(trial) {
      const actions = (await categoriesOf(trial)).filter((one) => classOf(one) === 'action');
      if (actions.length === 0) throw new NotApplicable('the server has no actions');
      const wrong = actions.find(
        (one) => parameter(one, 'rel') !== undefined || parameter(one, 'actions') !== undefined,
      );
      trial.must(wrong === undefined, 'an action has neither rel nor actions', wrong?.value);
    },
  },
  {
    id: 'text-category/mixin-rel',
    proves: ['TEXT-5.5.2-a'],
    title: 'The rel of a mixin is the first mixin it depends on, and no kind it applies to',
    renderings: textRenderings,
    async run(trial) {
      const { kinds } = trial.catalogue;
      const mixins = (await categoriesOf(trial)).filter((one) => classOf(one) === 'mixin');
      if (mixins.length === 0) throw new NotApplicable('the server has no mixins');
      for (const mixin of mixins) {
        const rel = unquoted(parameter(mixin, 'rel') ?? '');
        const isKind = kinds.some(({ id }) => id === rel);
        trial.must(!isKind, `the rel of a mixin is a mixin that it depends on, and not the kind ${rel}`, mixin.value);
        // Only what was read in JSON tells more than the lines that are looked at.
        const [first] = trial.catalogue.find(idOf(mixin), 'mixin')?.related ?? [];
        const isRight = first === undefined || kinds.some(({ id }) => id === first) || rel === first;
        trial.must(isRight, `the rel of ${idOf(mixin)} is ${first}`, mixin.value);
      }
    },
  },
];
