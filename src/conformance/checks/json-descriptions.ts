import { type Check, Inconclusive, jsonRendering, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { categoriesUnder, idOf, keys } from './json-categories.ts';
import { excerpt, has, isObject, itemsOf, type JsonObject, jsonType, type Members, objectIn } from './json-members.ts';

const descriptionMembers: Members = {
  required: {},
  optional: { mutable: 'boolean', required: 'boolean', type: 'string', description: 'string' },
};

/** The descriptions of all attributes, and whose they are. */
async function descriptions(trial: Trial): Promise<readonly (readonly [name: string, description: unknown])[]> {
  const object = objectIn(trial, await trial.ask({ location: trial.queryInterface }));
  const found = keys.flatMap((key) =>
    itemsOf(object[key]).flatMap((category) => {
      if (!isObject(category) || !isObject(category['attributes'])) return [];
      return Object.entries(category['attributes']).map(
        ([name, one]) => [`${name} of ${idOf(category)}`, one] as const,
      );
    }),
  );
  if (found.length === 0) throw new NotApplicable('no category describes attributes');
  return found;
}

/** The descriptions that have a property, with it. @throws NotApplicable when there are none */
async function described(trial: Trial, property: string) {
  const found = (await descriptions(trial)).flatMap(([name, one]) => {
    return isObject(one) && property in one ? [{ name, value: one[property], description: one }] : [];
  });
  if (found.length === 0) throw new NotApplicable(`no attribute has ${property} in its description`);
  return found;
}

/** Makes something of a kind, or with a mixin, that has defaults. @throws NotApplicable, Inconclusive */
async function withDefaults(trial: Trial) {
  const { kinds, mixins, model } = trial.catalogue;
  const resource = 'http://schemas.ogf.org/occi/core#resource';
  const hasDefaults = (one: (typeof kinds)[number]) => one.attributes.some((each) => each.default !== undefined);
  const kind = kinds.find((one) => hasDefaults(one) && one.location !== undefined && model.descends(one.id, resource));
  const mixin = mixins.find((one) => hasDefaults(one) && one.applies.every((id) => model.descends(id, resource)));
  const owner = kind ?? mixin;
  if (owner === undefined) throw new NotApplicable('the server has no resources with defaults');
  const defaults = owner.attributes.filter((one) => one.default !== undefined);
  const { id } = kind ?? trial.catalogue.find(mixin?.applies[0] ?? 'compute', 'kind') ?? trial.plainKind;
  return { location: await trial.make(id, kind === undefined ? { mixins: [owner.id] } : {}), defaults };
}

/** Descriptions of attributes in JSON (GFD.226 §3.5.1), as the query interface shows them. */
export const jsonDescriptionChecks: readonly Check[] = [
  {
    id: 'json-description/members',
    proves: ['JSON-3.5.1-a'],
    title: 'The description of an attribute is an object, and its members are what they have to be',
    renderings: jsonRendering,
    async run(trial) {
      for (const [name, description] of await descriptions(trial)) {
        trial.must(isObject(description), `${name} is described by an object`, excerpt(description));
        has(trial, description as JsonObject, descriptionMembers, name);
      }
    },
  },
  {
    id: 'json-description/same-as-text',
    proves: ['JSON-3.5.1-a'],
    title: 'What is left out means false: an attribute is mutable, or required, in JSON where it is in text',
    renderings: jsonRendering,
    async run(trial) {
      const kinds = await categoriesUnder(trial, 'kinds');
      const text = await trial.ask({ location: trial.queryInterface, accept: 'text/plain' });
      const inText = text.content.drafts.flatMap(({ categories }) => categories);
      if (inText.length === 0) throw new Inconclusive(`there are no categories in text: ${text.status}`);
      for (const kind of kinds) {
        const mentions = inText.find(({ id }) => id === idOf(kind))?.attributes ?? [];
        const attributes = isObject(kind['attributes']) ? kind['attributes'] : {};
        for (const { name, mutable = true, required = false } of mentions) {
          const description = attributes[name];
          if (!isObject(description)) continue;
          const { mutable: isMutable = false, required: isRequired = false } = description;
          const isSame = isMutable === mutable && isRequired === required;
          const said = `text says mutable ${mutable}, required ${required}`;
          trial.must(isSame, `${name} of ${idOf(kind)} is as in text: ${said}`, excerpt(description));
        }
      }
    },
  },
  {
    id: 'json-description/types',
    proves: ['JSON-3.5.1-b'],
    title: 'The type of an attribute is one of five',
    renderings: jsonRendering,
    async run(trial) {
      const types = ['string', 'number', 'boolean', 'array', 'object'];
      const wrong = (await described(trial, 'type')).find(({ value }) => !types.includes(value as string));
      trial.must(
        wrong === undefined,
        `the type of ${wrong?.name} is one of ${types.join(', ')}`,
        excerpt(wrong?.value),
      );
    },
  },
  {
    id: 'json-description/patterns',
    proves: ['JSON-3.5.1-a', 'JSON-3.5.1-c'],
    title: 'The pattern of an attribute is an object, a JSON Schema',
    renderings: jsonRendering,
    async run(trial) {
      const wrong = (await described(trial, 'pattern')).find(({ value }) => !isObject(value));
      trial.must(wrong === undefined, `the pattern of ${wrong?.name} is an object`, excerpt(wrong?.value));
    },
  },
  {
    id: 'json-description/default-types',
    proves: ['JSON-3.5.1-d'],
    title: 'The default of an attribute is of its type',
    renderings: jsonRendering,
    async run(trial) {
      for (const { name, value, description } of await described(trial, 'default')) {
        const type = description['type'] ?? 'string';
        trial.must(jsonType(value) === type, `the default of ${name} is of the type ${type}`, excerpt(value));
      }
    },
  },
  {
    id: 'json-description/defaults',
    proves: ['JSON-3.5.1-e'],
    title: 'An attribute that is not given has its default',
    renderings: jsonRendering,
    async run(trial) {
      const { location, defaults } = await withDefaults(trial);
      const { attributes } = await trial.read(location);
      for (const { name, default: expected } of defaults) {
        const isSame = JSON.stringify(attributes[name]) === JSON.stringify(expected);
        trial.must(isSame, `${name} has its default, ${excerpt(expected)}`, excerpt(attributes[name]));
      }
    },
  },
];
