import type { Choices } from './choices.ts';
import type { Cloud, Entity } from './cloud.ts';
import type { Shown } from './draft.ts';
import { type Attribute, type Category, idOf } from './model.ts';
import { actionsOf, attributesOf, type Places } from './text-answers.ts';

type Json = Readonly<Record<string, unknown>>;

/** What is shown as an object, for JSON. */
export function jsonOf(choices: Choices, cloud: Cloud, places: Places, shown: Shown<Entity, Category>): Json {
  if ('entity' in shown) return entityOf(shown.entity);
  if ('entities' in shown) {
    const links = shown.entities.filter((one) => cloud.isLink(one));
    const resources = shown.entities.filter((one) => !cloud.isLink(one));
    return {
      ...(shown.of === 'links' ? {} : { resources: resources.map(entityOf) }),
      ...(shown.of === 'resources' ? {} : { links: links.map(entityOf) }),
    };
  }
  const ofType = (type: Category['type']) => shown.categories.filter((one) => one.type === type).map(categoryOf);
  return { actions: ofType('action'), mixins: ofType('mixin'), kinds: ofType('kind') };

  function entityOf(entity: Entity): Json {
    const { kind, mixins, values } = entity;
    const isLink = cloud.isLink(entity);
    const [title, summary] = [values.get('occi.core.title'), values.get('occi.core.summary')];
    return {
      id: values.get('occi.core.id'),
      kind,
      ...(title === undefined ? {} : { title }),
      ...(summary === undefined ? {} : { summary }),
      ...(isLink ? { source: end(values.get('occi.core.source')), target: end(values.get('occi.core.target')) } : {}),
      ...some('mixins', mixins),
      ...some('actions', cloud.applicable(entity)),
      ...(isLink ? {} : some('links', cloud.linksOf(entity).map(entityOf))),
      ...map(
        'attributes',
        [...values].filter(([name]) => !name.startsWith('occi.core.')),
      ),
    };
  }

  function end(value: unknown): Json {
    const place = String(value);
    const kind = cloud.at(place)?.kind;
    const location = !place.startsWith('/')
      ? place
      : choices.text.absoluteLinks
        ? places.url(place)
        : places.path(place);
    return { location, ...(kind === undefined ? {} : { kind }) };
  }

  function categoryOf(category: Category): Json {
    const { term, scheme, type, title, parent, depends = [], applies = [], place } = category;
    const locate = choices.text.absoluteLocations ? places.url : places.path;
    const listed = attributesOf(choices, cloud, category);
    return {
      term,
      scheme,
      ...(title === undefined ? {} : { title }),
      ...(parent === undefined ? {} : { parent }),
      ...(type === 'mixin' ? { ...some('depends', depends), ...some('applies', applies) } : {}),
      ...(place === undefined ? {} : { location: locate(place) }),
      ...(type === 'action' ? {} : some('actions', actionsOf(choices, cloud, category))),
      ...map(
        'attributes',
        listed.map((one) => [one.name, description(one)] as const),
      ),
    };
  }

  function description({ type, isMutable, isRequired, fallback, oneOf }: Attribute): Json {
    const all = choices.jsonSaysAll;
    return {
      ...(isMutable || all ? { mutable: isMutable } : {}),
      ...(isRequired || all ? { required: isRequired } : {}),
      ...(type !== 'string' || all || oneOf !== undefined ? { type } : {}),
      ...(oneOf === undefined ? {} : { pattern: { enum: oneOf } }),
      ...(fallback === undefined ? {} : { default: fallback }),
    };
  }

  function some(name: string, list: readonly unknown[]): Json {
    return list.length > 0 || choices.jsonSaysAll ? { [name]: list } : {};
  }

  function map(name: string, entries: readonly (readonly [string, unknown])[]): Json {
    return entries.length > 0 || choices.jsonSaysAll ? { [name]: Object.fromEntries(entries) } : {};
  }
}

/** The key of a collection whose members are all of a kind. */
export function keyOf(cloud: Cloud, category: Category | undefined): 'resources' | 'links' | 'both' {
  if (category?.type !== 'kind') return 'both';
  return cloud.isLink({ kind: idOf(category) }) ? 'links' : 'resources';
}
