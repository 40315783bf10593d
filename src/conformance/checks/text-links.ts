import { locationOf } from '../../client/location.ts';
import { core } from '../../occi/entity.ts';
import { type Check, Inconclusive, NotApplicable, textRenderings } from '../check.ts';
import type { Trial } from '../trial.ts';
import { linkedResource } from './linked-resource.ts';
import { offeringResource } from './offering-resource.ts';
import { attributesIn, type Parameter, parametersIn, statementsIn, valuesIn } from './text-statements.ts';
import { quotedIdentifier, quotedIdentifiers, quotedString, token, unquoted, uriReference } from './text-syntax.ts';

/** A Link as it stands there. */
interface RawLink {
  readonly value: string;
  /** What is between the angle brackets; undefined when there are none. */
  readonly target: string | undefined;
  readonly parameters: readonly Parameter[];
}

async function linksAt(trial: Trial, location: string): Promise<readonly RawLink[]> {
  const reply = await trial.ask({ location });
  if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
  return valuesIn(statementsIn(trial, reply), 'link').map((value) => {
    const { first, parameters } = parametersIn(value);
    return { value, target: /^<(.*)>$/.exec(first)?.[1], parameters };
  });
}

const isAction = ({ target = '' }: RawLink) => /[?&]action=/.test(target);

function parameter({ parameters }: RawLink, wanted: string): string | undefined {
  return parameters.find(([name]) => name === wanted)?.[1];
}

/** Makes a link, and reads it from its source. @throws NotApplicable, Inconclusive when its source does not show it */
async function shownLink(trial: Trial): Promise<RawLink> {
  const { source } = await linkedResource(trial);
  const link = (await linksAt(trial, source)).find((one) => !isAction(one));
  if (link === undefined) throw new Inconclusive('the source does not show its link');
  return link;
}

/** Makes a resource that offers actions, and reads its links. @throws NotApplicable, Inconclusive */
async function offered(trial: Trial) {
  const { location, kind } = await offeringResource(trial);
  return { location, kind, links: await linksAt(trial, location) };
}

/** Links and offered actions in text (GFD.229 §4.2, §5.1). */
export const textLinkChecks: readonly Check[] = [
  {
    id: 'text-link/says-where',
    proves: ['TEXT-4.2-a'],
    title: 'A resource shows a link with its target and the kind of that',
    renderings: textRenderings,
    async run(trial) {
      const { source, target, link, linkKind, targetKind } = await linkedResource(trial);
      const links = await linksAt(trial, source);
      const isSame = (reference: string, location: string) => locationOf(trial.space, reference) === location;
      const found = links.find((one) => one.target !== undefined && isSame(one.target, target));
      const seen = links.map(({ value }) => value).join(', ');
      trial.must(found !== undefined, `${source} shows a Link to <${target}>`, seen || 'none');
      const said = (name: string) => unquoted(parameter(found as RawLink, name) ?? '');
      trial.must(said('rel').split(' ').includes(targetKind), `its rel is ${targetKind}`, found?.value);
      trial.must(said('self') === '' || isSame(said('self'), link), `its self is ${link}, if it has one`, found?.value);
      const category = said('category').split(' ');
      trial.must(category.includes('') || category.includes(linkKind), `its category is ${linkKind}`, found?.value);
    },
  },
  {
    id: 'text-link/syntax',
    proves: ['TEXT-4-a', 'TEXT-4.2-a'],
    title: 'A Link is <target>, rel, and then self, category and attributes as needed',
    renderings: textRenderings,
    async run(trial) {
      const { value, target, parameters } = await shownLink(trial);
      const names = parameters.map(([name]) => name);
      const order = ['rel', 'self', 'category'].filter((name) => names.includes(name));
      const isInOrder = names[0] === 'rel' && names.slice(0, order.length).join() === order.join();
      trial.must(isInOrder, 'a Link has rel, self, category and attributes in this order', value);
      const hasRoom = names.length === order.length || names.includes('category');
      trial.must(hasRoom, 'a Link has attributes only behind category', value);
      trial.must(uriReference.test(target ?? ''), 'the target is a URI reference in angle brackets', value);
      for (const [name, one] of parameters) {
        // The grammar forgets the quotes of category, and its examples have them.
        const isBare = name === 'category' && quotedIdentifiers.test(`"${one}"`);
        const isList = (name === 'rel' || name === 'category') && quotedIdentifiers.test(one);
        const isSelf = name === 'self' && /^".*"$/.test(one) && uriReference.test(one.slice(1, -1));
        const isOther = !order.includes(name);
        trial.must(isBare || isList || isSelf || isOther, `${name} is as the grammar has it`, value);
      }
    },
  },
  {
    id: 'text-link/attributes',
    proves: ['TEXT-4-a', 'TEXT-4.2-b'],
    title: 'The attributes in a Link are tokens or quoted strings',
    renderings: textRenderings,
    async run(trial) {
      const { value, parameters } = await shownLink(trial);
      const attributes = parameters.filter(([name]) => !['rel', 'self', 'category'].includes(name));
      if (attributes.length === 0) throw new NotApplicable('the Link has no attributes');
      const wrong = attributes.find(([, one]) => !token.test(one) && !quotedString.test(one));
      trial.must(wrong === undefined, `${wrong?.[0]} is a token or a quoted string`, value);
    },
  },
  {
    id: 'text-link/entity',
    proves: ['TEXT-5.1.2-a'],
    title: 'A link entity has categories and attributes, and no links but those of its actions',
    renderings: textRenderings,
    async run(trial) {
      const { link } = await linkedResource(trial);
      const reply = await trial.ask({ location: link });
      if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
      const fields = statementsIn(trial, reply).map(({ field }) => field);
      trial.must(fields.includes('category'), 'a link entity has a Category', fields.join(', ') || 'nothing');
      trial.must(fields.includes('x-occi-attribute'), 'a link entity has attributes', fields.join(', '));
      const other = (await linksAt(trial, link)).find((one) => !isAction(one));
      trial.must(other === undefined, 'a link entity has no links but those of its actions', other?.value);
    },
  },
  {
    id: 'text-link/model-attributes',
    proves: ['TEXT-5.5.1-a'],
    title: 'Id, title, source and target of a link have their occi.core names',
    renderings: textRenderings,
    async run(trial) {
      const { link, source, target } = await linkedResource(trial);
      const lines = attributesIn(statementsIn(trial, await trial.ask({ location: link })));
      for (const name of [core.id, core.title, core.source, core.target]) {
        trial.must(lines.has(name), `the link shows ${name}`, [...lines.keys()].join(', ') || 'no attributes');
      }
      for (const [name, location] of [[core.source, source] as const, [core.target, target] as const]) {
        const value = unquoted(lines.get(name) ?? '');
        trial.must(locationOf(trial.space, value) === location, `${name} is ${location}`, value);
      }
    },
  },
  {
    id: 'text-action/offered',
    proves: ['TEXT-5.1.1-b'],
    title: 'A resource shows the actions it offers as links',
    renderings: textRenderings,
    async run(trial) {
      const { kind, location, links } = await offered(trial);
      const rels = links.map((link) => unquoted(parameter(link, 'rel') ?? ''));
      const isThere = trial.catalogue.actions.some(({ id }) => rels.includes(id));
      trial.must(isThere, `${location} has a Link for one of ${kind.actions.join(', ')}`, rels.join(', ') || 'none');
    },
  },
  {
    id: 'text-action/line',
    proves: ['TEXT-4-a', 'TEXT-4.2-c'],
    title: 'An action is offered as <entity?action=term>; rel="identifier"',
    renderings: textRenderings,
    async run(trial) {
      const { location, links } = await offered(trial);
      if (links.length === 0) throw new Inconclusive('the resource offers no actions');
      for (const { value, target = '', parameters } of links) {
        const [path = '', query = ''] = target.split('?', 2);
        const [name, rel = ''] = parameters[0] ?? [];
        const term = /^action=([A-Za-z0-9][A-Za-z0-9._-]*)$/.exec(query)?.[1];
        trial.must(term !== undefined, 'the query names the term of the action', value);
        trial.must(locationOf(trial.space, path) === location, `the action is at ${location}`, value);
        const isIdentifier = name === 'rel' && parameters.length === 1 && quotedIdentifier.test(rel);
        trial.must(isIdentifier, 'there is rel with the identifier of the action, and nothing else', value);
        trial.must(unquoted(rel).endsWith(term ?? ''), 'query and rel mean the same action', value);
      }
    },
  },
];
