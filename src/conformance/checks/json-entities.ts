import { isUtf8 } from 'node:buffer';
import { locationOf } from '../../client/location.ts';
import { core } from '../../occi/entity.ts';
import { type Check, Inconclusive, jsonRendering, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { describedResource } from './described-resource.ts';
import {
  excerpt,
  has,
  isJson,
  isObject,
  itemsOf,
  type JsonObject,
  jsonType,
  linkMembers,
  objectFrom,
  objectIn,
  resourceMembers,
} from './json-members.ts';
import { linkedResource } from './linked-resource.ts';
import { offeringResource } from './offering-resource.ts';

/** Makes a resource, and reads it. @throws NotApplicable, Inconclusive, Unmet */
async function shown(trial: Trial) {
  const described = await describedResource(trial);
  return { ...described, object: objectIn(trial, await trial.ask({ location: described.location })) };
}

/** Makes a resource that offers actions, and reads it. @throws NotApplicable, Inconclusive, Unmet */
async function offering(trial: Trial) {
  const { location, kind } = await offeringResource(trial);
  return { location, kind, object: objectIn(trial, await trial.ask({ location })) };
}

/** Whether an end of a link leads to a place. */
function leadsTo(trial: Trial, end: unknown, location: string): boolean {
  return isObject(end) && typeof end['location'] === 'string' && locationOf(trial.space, end['location']) === location;
}

/** Whether bytes can be Unicode: they are UTF-8, or in one of the encodings that have zero bytes in what is ASCII. */
function isUnicode(body: Uint8Array): boolean {
  return isUtf8(body) || body.includes(0);
}

/** Entities in JSON (GFD.226 §3, §3.1, §3.5). */
export const jsonEntityChecks: readonly Check[] = [
  {
    id: 'json-entity/type',
    proves: ['JSON-3-a'],
    title: 'What is asked for as application/occi+json is JSON, and called so',
    renderings: jsonRendering,
    async run(trial) {
      const { location } = await describedResource(trial, 'Conformité');
      const reply = await trial.ask({ location });
      trial.answered(reply, [200], 'application/occi+json is the type of the JSON rendering');
      const type = 'application/occi+json';
      trial.must(reply.type === type, `the Content-Type is ${type}`, reply.type || 'none');
      trial.must(isUnicode(reply.exchange.response.body), 'the body is in Unicode');
      trial.must(isJson(reply.text), 'the body is JSON', reply.text.slice(0, 200));
    },
  },
  {
    id: 'json-entity/object',
    proves: ['JSON-3.1-a'],
    title: 'An entity is an object',
    renderings: jsonRendering,
    async run(trial) {
      const { location } = await describedResource(trial);
      const object = objectIn(trial, await trial.ask({ location }));
      const isWrapped = !('kind' in object) && ['resources', 'links'].some((key) => Array.isArray(object[key]));
      trial.must(!isWrapped, 'an entity is an object of its own', excerpt(object));
    },
  },
  {
    id: 'json-entity/members',
    proves: ['JSON-3.1.1-a'],
    title: 'A resource has kind and id, and its other members are what they have to be',
    renderings: jsonRendering,
    async run(trial) {
      const { object, kind, number } = await shown(trial);
      has(trial, object, resourceMembers, 'a resource');
      trial.must(object['kind'] === kind, `its kind is ${kind}`, excerpt(object['kind']));
      trial.must(number === undefined || isObject(object['attributes']), 'its attributes are there', excerpt(object));
    },
  },
  {
    id: 'json-entity/core-members',
    proves: ['JSON-3.1.1-c'],
    title: 'Id, title and summary are members of the resource, and not among its attributes',
    renderings: jsonRendering,
    async run(trial) {
      const { object, attributes } = await shown(trial);
      const among = isObject(object['attributes']) ? object['attributes'] : {};
      for (const [member, name] of Object.entries({ id: core.id, title: core.title, summary: core.summary })) {
        const expected = attributes[name] ?? object[member];
        const isMember = typeof object[member] === 'string' && object[member] === expected;
        trial.must(isMember, `${name} is the member ${member}`, excerpt(object[member]));
        trial.must(!(name in among), `${name} is not among the attributes`, excerpt(among));
      }
    },
  },
  {
    id: 'json-entity/actions',
    proves: ['JSON-3.1.1-d'],
    title: 'The member actions lists the actions that can be invoked',
    renderings: jsonRendering,
    async run(trial) {
      const { object, kind } = await offering(trial);
      const ids = itemsOf(object['actions']);
      trial.must(ids.length > 0, `actions lists some of ${kind.actions.join(', ')}`, excerpt(object['actions']));
      const wrong = ids.find((id) => !trial.catalogue.actions.some((action) => action.id === id));
      trial.must(wrong === undefined, 'actions lists identifiers of actions', excerpt(wrong));
    },
  },
  {
    id: 'json-entity/links',
    proves: ['JSON-3.1.1-e'],
    title: 'The member links holds complete links',
    renderings: jsonRendering,
    async run(trial) {
      const { source, target, linkKind } = await linkedResource(trial);
      const object = objectIn(trial, await trial.ask({ location: source }));
      const links = itemsOf(object['links']);
      trial.must(links.length > 0, `${source} shows its link`, excerpt(object['links']));
      for (const link of links) has(trial, objectFrom(trial, link, 'a link of a resource'), linkMembers, 'a link');
      const own = links.find((link) => isObject(link) && link['kind'] === linkKind) as JsonObject | undefined;
      trial.must(own !== undefined, `there is a link of the kind ${linkKind}`, excerpt(links));
      trial.must(leadsTo(trial, own?.['target'], target), `its target is ${target}`, excerpt(own?.['target']));
    },
  },
  {
    id: 'json-link/members',
    proves: ['JSON-3.1.2-a'],
    title: 'A link has kind, id, source and target, and its other members are what they have to be',
    renderings: jsonRendering,
    async run(trial) {
      const { link, linkKind } = await linkedResource(trial);
      const object = objectIn(trial, await trial.ask({ location: link }));
      has(trial, object, linkMembers, 'a link');
      trial.must(object['kind'] === linkKind, `its kind is ${linkKind}`, excerpt(object['kind']));
      trial.must(object['title'] === 'Conformance', 'its title is a member', excerpt(object['title']));
    },
  },
  {
    id: 'json-link/ends',
    proves: ['JSON-3.1.2.1-a'],
    title: 'Source and target of a link are objects with location and kind',
    renderings: jsonRendering,
    async run(trial) {
      const { link, source, target } = await linkedResource(trial);
      const object = objectIn(trial, await trial.ask({ location: link }));
      for (const [name, location] of Object.entries({ source, target })) {
        const end = objectFrom(trial, object[name], `the ${name} of a link`);
        trial.must(leadsTo(trial, end, location), `the location of the ${name} is ${location}`, excerpt(end));
        const isKind = trial.catalogue.kinds.some(({ id }) => id === end['kind']);
        trial.must(isKind, `the kind of the ${name} is told, for it is a resource`, excerpt(end));
      }
    },
  },
  {
    id: 'json-entity/invocation',
    proves: ['JSON-3.1.1.1-a'],
    title: 'An action is invoked by an object with its identifier',
    renderings: jsonRendering,
    async run(trial) {
      const { object, location } = await offering(trial);
      const id = itemsOf(object['actions']).find((one) => trial.catalogue.actions.some((action) => action.id === one));
      const action = trial.catalogue.actions.find((one) => one.id === id);
      if (action === undefined) throw new Inconclusive(`${location} offers no action`);
      const reply = await trial.ask({
        method: 'POST',
        location,
        query: `action=${action.term}`,
        body: JSON.stringify({ action: action.id }),
        fields: [['Content-Type', 'application/occi+json']],
      });
      trial.must(reply.isSuccess, `{"action": "${action.id}"} is understood`, `${reply.status} ${reply.text}`);
    },
  },
  {
    id: 'json-attribute/flat-names',
    proves: ['JSON-3.5-a'],
    title: 'The names of attributes are keys as they are, and not nested at their dots',
    renderings: jsonRendering,
    async run(trial) {
      const { object, number } = await shown(trial);
      if (number === undefined) throw new NotApplicable('the kind has no attributes of its own that could be given');
      const attributes = isObject(object['attributes']) ? object['attributes'] : {};
      trial.must(number in attributes, `attributes has the key ${number}`, excerpt(attributes));
    },
  },
  {
    id: 'json-attribute/values',
    proves: ['JSON-3.5-b'],
    title: 'The values of attributes are of the types that the query interface tells',
    renderings: jsonRendering,
    async run(trial) {
      const { object } = await shown(trial);
      const attributes = isObject(object['attributes']) ? Object.entries(object['attributes']) : [];
      for (const [name, value] of attributes) {
        const type = jsonType(value);
        trial.must(type !== 'null', `${name} has a value, or is not there`, 'null');
        const declared = trial.catalogue.typeOf(name) ?? type;
        trial.must(type === declared, `the value of ${name} is of the type ${declared}`, excerpt(value));
      }
    },
  },
];
