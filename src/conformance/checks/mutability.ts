import type { Offer } from '../../client/offer.ts';
import type { AttributeDefinition, Attributes, Value } from '../../occi/attribute.ts';
import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, jsonRendering, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { machine } from './machine.ts';

/** Values for attributes that no server has a reason to refuse. */
const harmless: Attributes = {
  [core.title]: 'Given at creation',
  [core.summary]: 'Made by a run',
  'occi.network.label': 'conformance',
};
const others: Attributes = {
  [core.title]: 'Changed',
  [core.summary]: 'Changed, too',
  'occi.network.label': 'changed',
};

/** Those that a kind says are mutable; what entities have by the core is always among them. */
function mutable(trial: Trial, { id }: Offer, values: Attributes): Attributes {
  const definitions = trial.catalogue.model.definitions(id, []);
  const isMutable = (name: string) => name.startsWith('occi.core.') || definitions.get(name)?.mutable === true;
  return Object.fromEntries(Object.entries(values).filter(([name]) => isMutable(name)));
}

/** Says that an entity has these values. @throws Unmet */
function mustHave(trial: Trial, shown: Attributes, values: Attributes, when: string): void {
  for (const [name, value] of Object.entries(values)) {
    const expected = `${name} is ${JSON.stringify(value)} ${when}`;
    trial.must(shown[name] === value, expected, JSON.stringify(shown[name]) ?? 'it has none');
  }
}

/** An attribute of the kind that only the server sets, and a value that it has not chosen. @throws NotApplicable */
function serverOwned(trial: Trial): { readonly name: string; readonly value: string } {
  const { id, term } = trial.plainKind;
  const definitions = [...trial.catalogue.model.definitions(id, []).values()];
  const own = definitions.filter(({ name, mutable: isMutable, type }) => {
    return !isMutable && type === 'string' && !name.startsWith('occi.core.');
  });
  const [first] = own.toSorted((a, b) => Number(b.name.endsWith('.state')) - Number(a.name.endsWith('.state')));
  if (first === undefined) throw new NotApplicable(`${term} has no immutable attribute`);
  return { name: first.name, value: String(first.pattern?.enum?.at(-1) ?? 'error') };
}

/** A kind of resources, with an attribute of it that is as wanted. @throws NotApplicable */
function kindWith(trial: Trial, wanted: (definition: AttributeDefinition) => boolean, what: string) {
  const { kinds, model } = trial.catalogue;
  const resources = kinds.filter(({ id, location }) => {
    return location !== undefined && model.descends(id, 'http://schemas.ogf.org/occi/core#resource');
  });
  for (const kind of [...resources.filter(({ term }) => term !== 'compute'), ...resources]) {
    const definition = [...model.definitions(kind.id, []).values()].find((one) => {
      return !one.name.startsWith('occi.core.') && wanted(one);
    });
    if (definition !== undefined) return { kind: trial.kind(kind.id), definition };
  }
  throw new NotApplicable(`no kind of resources has ${what}`);
}

/** What attributes say about themselves, and what that comes to (GFD.221 §5.2, §5.3.2). */
export const mutabilityChecks: readonly Check[] = [
  {
    id: 'mutability/at-creation',
    proves: ['CORE-5.2-a'],
    title: 'Mutable attributes can be given when an entity is created',
    renderings: everyRendering,
    async run(trial) {
      const kind = trial.plainKind;
      const attributes = { ...trial.required(kind), ...mutable(trial, kind, harmless) };
      const reply = await trial.ask({ method: 'POST', location: kind.location, says: { kind: kind.id, attributes } });
      const expected = `a ${kind.term} is created with ${Object.keys(attributes).join(', ')}`;
      trial.must(reply.isSuccess, expected, `${reply.status} ${reply.text}`);
      const { attributes: shown } = await trial.read(trial.made(reply));
      mustHave(trial, shown, attributes, 'after a creation that said so');
    },
  },
  {
    id: 'mutability/later',
    proves: ['CORE-5.2-b', 'CORE-5.4.1-a'],
    title: 'Mutable attributes can be changed later',
    renderings: everyRendering,
    async run(trial) {
      const kind = trial.plainKind;
      const location = await trial.make(kind.id, { attributes: mutable(trial, kind, harmless) });
      const attributes = mutable(trial, kind, others);
      const reply = await trial.ask({ method: 'POST', location, says: { attributes } });
      const expected = `${Object.keys(attributes).join(', ')} of a ${kind.term} can be changed`;
      trial.must(reply.isSuccess, expected, `${reply.status} ${reply.text}`);
      mustHave(trial, (await trial.read(location)).attributes, attributes, 'after an update that said so');
    },
  },
  {
    id: 'mutability/server-owned',
    proves: ['CORE-5.2-c'],
    title: 'The values of immutable attributes are never those of a creation',
    renderings: everyRendering,
    async run(trial) {
      const { id, location } = trial.plainKind;
      const { name, value } = serverOwned(trial);
      const attributes = { ...trial.required(trial.plainKind), [name]: value };
      const reply = await trial.ask({ method: 'POST', location, says: { kind: id, attributes } });
      if (!reply.isSuccess) {
        trial.must(reply.status < 500, `an immutable ${name} is ignored or refused`, `${reply.status}`);
        return;
      }
      const now = (await trial.read(trial.made(reply))).attributes[name];
      trial.must(now !== value, `${name} is the server's to set`, `it is ${value}, as the creation had it`);
    },
  },
  {
    id: 'mutability/immutable',
    proves: ['CORE-5.2-d'],
    title: 'No request changes an immutable attribute',
    renderings: everyRendering,
    async run(trial) {
      const location = await trial.make(trial.plainKind.id);
      const { name, value } = serverOwned(trial);
      const reply = await trial.ask({ method: 'POST', location, says: { attributes: { [name]: value } } });
      const now = (await trial.read(location)).attributes[name];
      trial.must(
        now !== value,
        `an update leaves the immutable ${name} as it is`,
        `${reply.status}, and it is ${value}`,
      );
    },
  },
  {
    id: 'mutability/type',
    proves: ['CORE-5.3.2-e'],
    title: 'A value that is not of the type of its attribute is refused',
    renderings: everyRendering,
    async run(trial) {
      const isNumber = ({ type, mutable: isMutable }: AttributeDefinition) => type === 'number' && isMutable;
      const { kind, definition } = kindWith(trial, isNumber, 'a mutable number');
      const attributes = { ...trial.required(kind), [definition.name]: 'forty' };
      const reply = await trial.ask({ method: 'POST', location: kind.location, says: { kind: kind.id, attributes } });
      if (reply.isSuccess) trial.madeAll(reply);
      const expected = `${definition.name} is a number, and "forty" is refused`;
      trial.must(reply.status >= 400 && reply.status < 500, expected, `${reply.status}`);
    },
  },
  {
    id: 'mutability/required',
    proves: ['CORE-5.3.2-f'],
    title: 'A creation without a required attribute is refused',
    renderings: everyRendering,
    async run(trial) {
      const isRequired = (one: AttributeDefinition) => one.required && one.mutable && one.default === undefined;
      const { kind, definition } = kindWith(trial, isRequired, 'a required attribute');
      const { [definition.name]: _, ...attributes } = trial.required(kind);
      const reply = await trial.ask({ method: 'POST', location: kind.location, says: { kind: kind.id, attributes } });
      if (reply.isSuccess) trial.madeAll(reply);
      const expected = `a ${kind.term} without the required ${definition.name} is refused`;
      trial.must(reply.status >= 400 && reply.status < 500, expected, `${reply.status}`);
    },
  },
  {
    id: 'mutability/default',
    proves: ['CORE-5.3.2-h'],
    title: 'An attribute that is left out at creation gets its default',
    renderings: everyRendering,
    async run(trial) {
      const { location, defaults } = await madeWithDefaults(trial);
      const { attributes } = await trial.read(location);
      mustHave(trial, attributes, defaults, 'by default, when the creation does not say otherwise');
    },
  },
  {
    id: 'mutability/flat',
    proves: ['CORE-5.3.2-b'],
    title: 'A dot in the name of an attribute builds no structure',
    renderings: jsonRendering,
    async run(trial) {
      const kind = trial.plainKind;
      const location = await trial.make(kind.id, { attributes: mutable(trial, kind, harmless) });
      const reply = await trial.ask({ location });
      const { attributes = {} } = reply.json as { readonly attributes?: Readonly<Record<string, unknown>> };
      const { model } = trial.catalogue;
      const stray = Object.keys(attributes).find((name) => {
        return !model.definitions(kind.id, []).has(name) && typeof attributes[name] === 'object';
      });
      trial.must(
        stray === undefined,
        'the attributes of an entity have their names as a whole',
        `${stray} is an object`,
      );
    },
  },
  {
    id: 'mutability/inherited',
    proves: ['CORE-5.3.3-j', 'CORE-5.4.2-a'],
    title: 'Resources have title and summary, whatever their kind',
    renderings: everyRendering,
    async run(trial) {
      const values = { [core.title]: 'Inherited', [core.summary]: 'From Entity and Resource' };
      const location = await trial.make(trial.plainKind.id, { attributes: values });
      mustHave(trial, (await trial.read(location)).attributes, values, 'after a creation that said so');
    },
  },
];

/** An entity of a kind or a template with defaults, of which none was given. @throws NotApplicable */
async function madeWithDefaults(trial: Trial): Promise<{ readonly location: string; readonly defaults: Attributes }> {
  const { model, resourceTemplates, osTemplates } = trial.catalogue;
  const isDefault = (one: AttributeDefinition) => one.default !== undefined;
  const defaultsOf = (definitions: Iterable<AttributeDefinition>): Attributes =>
    Object.fromEntries([...definitions].filter(isDefault).map((one) => [one.name, one.default as Value]));
  const template = [...resourceTemplates, ...osTemplates].find(({ id }) => model.mixin(id)?.attributes.some(isDefault));
  if (template !== undefined && trial.catalogue.find('compute', 'kind')?.location !== undefined) {
    const location = await machine(trial, { mixins: [template.id] });
    return { location, defaults: defaultsOf(model.mixin(template.id)?.attributes ?? []) };
  }
  const { kind } = kindWith(trial, isDefault, 'an attribute with a default');
  return { location: await trial.make(kind.id), defaults: defaultsOf(model.definitions(kind.id, []).values()) };
}
