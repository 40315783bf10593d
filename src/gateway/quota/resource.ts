import type { AttributeDefinition } from '../../occi/attribute.ts';
import type { Model } from '../../occi/model.ts';
import { ownMixins } from '../../store/amounts.ts';
import { ownKilobytes, ownObjects } from '../../store/objects.ts';
import { nearest } from '../policy/nearest.ts';

/** Something that projects use, and of which there may be a limit. */
export interface Resource {
  /** The term or type identifier of a kind, the name of an attribute, `mixins`, or what is counted of objects. */
  readonly name: string;
  /** What of the usage in the record it is. */
  readonly counts: readonly string[];
  /** The unit of an attribute, for people. */
  readonly unit?: string;
}

/** The name of what a project has of its own: user mixins, and templates that were saved. */
const mixins = 'mixins';

/** The names of what a project has in its tree of objects: how many there are, and how much their values take. */
export const objectCount = 'cdmi.objects';
export const objectSize = 'cdmi.size';

const ofObjects: readonly Resource[] = [
  { name: objectCount, counts: [ownObjects] },
  { name: objectSize, counts: [ownKilobytes], unit: 'kB' },
];

/** What every project is shown, as far as the provider has it. */
const usual = [
  'compute',
  'network',
  'storage',
  'link',
  mixins,
  'occi.compute.cores',
  'occi.compute.memory',
  'occi.storage.size',
];

/**
 * The resources that every project is shown.
 *
 * @param hasObjects whether projects have objects: whether CDMI is on
 */
export function usualResources(model: Model, hasObjects: boolean): readonly Resource[] {
  return [...usual.flatMap((name) => resourceIn(model, name) ?? []), ...(hasObjects ? ofObjects : [])];
}

/**
 * The resource of a name.
 *
 * @throws Error when the model has none
 */
export function resourceNamed(model: Model, name: string): Resource {
  const resource = resourceIn(model, name);
  if (resource !== undefined) return resource;
  const kinds = model.kinds.filter(({ term }) => term === name);
  if (kinds.length > 1) {
    throw new Error(`${name} is the term of several kinds; write one of ${kinds.map(({ id }) => id).join(', ')}`);
  }
  if (attributesIn(model).some((one) => one.name === name)) throw new Error(`${name} is no number`);
  const named = [mixins, ...ofObjects.map((one) => one.name)];
  const known = [...named, ...model.kinds.flatMap(({ id, term }) => [term, id]), ...numbersIn(model).keys()];
  const meant = nearest(name, known);
  throw new Error(`there is no kind or attribute ${name}${meant === undefined ? '' : `; is ${meant} meant?`}`);
}

function resourceIn(model: Model, name: string): Resource | undefined {
  if (name === mixins) return { name, counts: [ownMixins] };
  const counted = ofObjects.find((one) => one.name === name);
  if (counted !== undefined) return counted;
  const [kind, other] = model.kinds.filter(({ id, term }) => id === name || term === name);
  if (kind !== undefined && other === undefined) {
    const isAlone = model.kinds.filter(({ term }) => term === kind.term).length === 1;
    // A kind is whatever inherits from it.
    return {
      name: isAlone ? kind.term : kind.id,
      counts: model.kinds.filter(({ id }) => model.descends(id, kind.id)).map(({ id }) => id),
    };
  }
  const attribute = numbersIn(model).get(name);
  if (attribute === undefined) return undefined;
  return { name, counts: [name], ...(attribute.unit === undefined ? {} : { unit: attribute.unit }) };
}

/** The attributes that are numbers, by name; where several have a name, the one with a unit. */
function numbersIn(model: Model): ReadonlyMap<string, AttributeDefinition> {
  const numbers = attributesIn(model).filter(({ type }) => type === 'number');
  return new Map(
    numbers.sort((a, b) => Number(a.unit !== undefined) - Number(b.unit !== undefined)).map((one) => [one.name, one]),
  );
}

function attributesIn(model: Model): readonly AttributeDefinition[] {
  return [...model.kinds, ...model.mixins].flatMap(({ attributes }) => attributes);
}
