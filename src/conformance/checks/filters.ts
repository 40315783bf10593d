import type { Fields } from '../../client/exchange.ts';
import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { description } from './described-resource.ts';
import { listed, lists, naming, type Thing, thing, thingOf } from './thing.ts';
import { addedMixin } from './user-mixin.ts';

/** A filter: always in header fields (GFD.223 §7). */
const by = (...attributes: readonly string[]): Fields => [
  ['Content-Type', 'text/occi'],
  ['X-OCCI-Attribute', attributes.join(', ')],
];

/** Two resources that differ in their titles only. @throws Inconclusive when they are not shown as they were made */
async function pair(trial: Trial) {
  const [title, summary] = [trial.unique('wanted'), trial.unique('both')];
  const wanted = await thing(trial, { attributes: { [core.title]: title, [core.summary]: summary } });
  const { attributes } = await trial.read(wanted.location);
  const isKept = attributes[core.title] === title && attributes[core.summary] === summary;
  if (!isKept) throw new Inconclusive(`${wanted.location} does not have the title and the summary that it was given`);
  const other = await thing(trial, { attributes: { [core.title]: trial.unique('other'), [core.summary]: summary } });
  return { title, summary, wanted, other };
}

/**
 * What the collection of a kind lists of two entities when it is filtered.
 *
 * @throws Inconclusive when it does not list what is wanted, and would not list both without a filter
 */
async function filtered(trial: Trial, location: string, fields: Fields, wanted: Thing, other: Thing) {
  const whole = await trial.ask({ location });
  const isWhole = whole.isSuccess && lists(trial, whole, wanted) && lists(trial, whole, other);
  const reply = await trial.ask({ location, fields });
  const isFound = reply.isSuccess && lists(trial, reply, wanted);
  if (!isWhole && !isFound) throw new Inconclusive(`${location} does not list what was created, even without a filter`);
  trial.answered(reply, [200, ...(whole.isSuccess ? [whole.status] : [])], 'a filter is no fault');
  const found = { wanted: isFound, other: lists(trial, reply, other) };
  // Filters are a SHOULD since 1.2, and what is not supported need not be exact.
  const isIgnored = found.wanted && found.other && trial.dialect.version !== '1.1';
  return { ...found, isIgnored, shown: listed(trial, reply).join(', ') || 'nothing' };
}

/** Filters of collections (GFD.223 §7.2, GFD.185 §3.4). */
export const filterChecks: readonly Check[] = [
  {
    id: 'filter/taken',
    proves: ['HTTP-7-a', 'HTTP-7.2-a'],
    title: 'A collection takes a filter by attribute',
    renderings: everyRendering,
    async run(trial) {
      const { title, wanted, other } = await pair(trial);
      const found = await filtered(trial, trial.plainKind.location, by(`${core.title}="${title}"`), wanted, other);
      trial.must(!found.other, 'what has another title is left out', `${other.location} is listed`);
    },
  },
  {
    id: 'filter/exact',
    proves: ['HTTP-7.2-b'],
    title: 'With a filter by attributes what has them all is listed, and nothing else',
    renderings: everyRendering,
    async run(trial) {
      const { title, summary, wanted, other } = await pair(trial);
      const { location } = trial.plainKind;
      const fields = by(`${core.summary}="${summary}"`, `${core.title}="${title}"`);
      const found = await filtered(trial, location, fields, wanted, other);
      if (found.isIgnored) throw new NotApplicable('the server takes no filters, and need not');
      trial.must(found.wanted, `${wanted.location}, which has both, is listed`, found.shown);
      trial.must(!found.other, `${other.location}, which has only one of them, is left out`, found.shown);
    },
  },
  {
    id: 'filter/number',
    proves: ['HTTP-7.2-b'],
    title: 'Numbers are filtered by value',
    async run(trial) {
      const { kind, mixins, number, attributes } = description(trial);
      const { location, id } = trial.kind(kind);
      const isMutable = number !== undefined && trial.catalogue.model.definitions(id, []).get(number)?.mutable === true;
      if (!isMutable) throw new NotApplicable('resources of the server have no number that clients can give');
      const value = Number(attributes[number]);
      const wanted = await thingOf(trial, id, { mixins, attributes: { [number]: value } });
      const other = await thingOf(trial, id, { mixins, attributes: { [number]: value + 1 } });
      const found = await filtered(trial, location, by(`${number}=${value.toFixed(2)}`), wanted, other);
      if (found.isIgnored) throw new NotApplicable('the server takes no filters, and need not');
      trial.must(
        found.wanted && !found.other,
        `only ${wanted.location}, whose ${number} is ${value}, is listed`,
        found.shown,
      );
    },
  },
  {
    id: 'filter/nothing',
    proves: ['HTTP-7.2-b'],
    title: 'A filter that nothing matches leaves an empty collection',
    renderings: everyRendering,
    async run(trial) {
      const { location } = trial.plainKind;
      const one = await thing(trial);
      const whole = await trial.ask({ location });
      const reply = await trial.ask({ location, fields: by(`${core.title}="${trial.unique('none')}"`) });
      if (!whole.isSuccess) throw new Inconclusive(`${whole.request} is answered with ${whole.status}`);
      if (trial.dialect.version === '1.1' && reply.status === 204) return;
      trial.answered(reply, [whole.status], 'a filter is no fault');
      const isIgnored = lists(trial, whole, one) && lists(trial, reply, one) && trial.dialect.version !== '1.1';
      if (isIgnored) throw new NotApplicable('the server takes no filters, and need not');
      const names = listed(trial, reply);
      trial.must(names.length === 0, 'what nothing matches lists nothing', names.join(', '));
    },
  },
  {
    id: 'filter/category',
    proves: ['H11-3.4.3-d'],
    versions: ['1.1'],
    title: 'The collection of a kind can be filtered by a mixin',
    renderings: everyRendering,
    async run(trial) {
      const mixin = await addedMixin(trial);
      const [wanted, other] = [await thing(trial), await thing(trial)];
      const tagging = await trial.ask({ method: 'POST', location: mixin.location, says: naming(trial, [wanted]) });
      if (!tagging.isSuccess) throw new Inconclusive(`no entity can be associated with a mixin: ${tagging.status}`);
      const fields: Fields = [
        ['Content-Type', 'text/occi'],
        ['Category', `${mixin.term}; scheme="${mixin.scheme}"; class="mixin"`],
      ];
      const found = await filtered(trial, trial.plainKind.location, fields, wanted, other);
      trial.must(found.wanted, `${wanted.location}, which has the mixin, is listed`, found.shown);
      trial.must(!found.other, `${other.location}, which has it not, is left out`, found.shown);
    },
  },
];
