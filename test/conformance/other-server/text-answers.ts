import type { Choices } from './choices.ts';
import type { Cloud, Entity } from './cloud.ts';
import type { Shown } from './draft.ts';
import { type Attribute, type Category, idOf, type Scalar } from './model.ts';
import type { Field } from './text-requests.ts';

/** How places become URLs. */
export interface Places {
  url(place: string): string;
  path(place: string): string;
}

/** What is shown as fields, in the order of the grammar. */
export function fieldsOf(choices: Choices, cloud: Cloud, places: Places, shown: Shown<Entity, Category>): Field[] {
  const { text } = choices;
  const reference = (place: string) =>
    !place.startsWith('/') ? place : text.absoluteLinks ? places.url(place) : places.path(place);
  if ('categories' in shown) return shown.categories.map((one) => ['Category', wholeCategory(one)]);
  if ('entities' in shown) return shown.entities.map(({ place }) => ['X-OCCI-Location', places.url(place)]);
  const { entity } = shown;
  const { place, kind, mixins, values } = entity;
  return [
    ...[kind, ...mixins].map((id): Field => ['Category', categoryOf(id)]),
    ...cloud.applicable(entity).map((id): Field => ['Link', actionLink(id)]),
    ...cloud.linksOf(entity).map((link): Field => ['Link', linkOf(link)]),
    ...[...values].map(([name, value]): Field => ['X-OCCI-Attribute', `${name}=${rendered(name, value)}`]),
  ];

  function categoryOf(id: string): string {
    const category = cloud.category(id) as Category;
    return joined([...identityOf(category), ...(text.showsWholeCategories ? detailsOf(category).slice(0, 1) : [])]);
  }

  function identityOf({ term, scheme, type }: Category): string[] {
    return [term, `scheme="${scheme}"`, text.quotesClass ? `class="${type}"` : `class=${type}`];
  }

  function detailsOf({ title }: Category): string[] {
    return title === undefined ? [] : [`title=${quoted(title)}`];
  }

  function wholeCategory(category: Category): string {
    const { parent, depends, place: own } = category;
    const [attributes, actions] = [attributesOf(choices, cloud, category), actionsOf(choices, cloud, category)];
    const rel = parent ?? depends?.[0];
    return joined([
      ...identityOf(category),
      ...detailsOf(category),
      ...(rel === undefined ? [] : [`rel="${rel}"`]),
      ...(own === undefined ? [] : [`location="${text.absoluteLocations ? places.url(own) : places.path(own)}"`]),
      ...(attributes.length === 0 ? [] : [`attributes="${attributes.map(definition).join(' ')}"`]),
      ...(actions.length === 0 ? [] : [`actions="${actions.join(' ')}"`]),
    ]);
  }

  function actionLink(id: string): string {
    return joined([`<${reference(place)}?action=${id.slice(id.indexOf('#') + 1)}>`, `rel="${id}"`]);
  }

  function linkOf(link: Entity): string {
    const target = String(link.values.get('occi.core.target'));
    const rel = cloud.at(target)?.kind ?? 'http://schemas.ogf.org/occi/core#resource';
    const parts = [`<${reference(target)}>`, `rel="${rel}"`];
    if (text.linksTell === 'target') return joined(parts);
    parts.push(`self="${reference(link.place)}"`, `category="${[link.kind, ...link.mixins].join(' ')}"`);
    if (text.linksTell === 'self') return joined(parts);
    return joined([...parts, ...[...link.values].map(([name, value]) => `${name}=${rendered(name, value)}`)]);
  }

  function rendered(name: string, value: Scalar): string {
    if (name === 'occi.core.source' || name === 'occi.core.target') return quoted(reference(String(value)));
    if (typeof value === 'number' && choices.fault === 'a number in quotes') return quoted(String(value));
    return typeof value === 'string' ? quoted(value) : String(value);
  }

  function joined(parts: readonly string[]): string {
    return parts.join(text.separator);
  }
}

/** The attributes that a category lists. */
export function attributesOf(choices: Choices, cloud: Cloud, category: Category): readonly Attribute[] {
  if (category.type !== 'kind' || !choices.repeatsInherited) return category.attributes;
  return [...cloud.attributes(idOf(category), []).values()];
}

/** The actions that a category lists. */
export function actionsOf(choices: Choices, cloud: Cloud, category: Category): readonly string[] {
  if (category.type !== 'kind' || !choices.repeatsInherited) return category.actions;
  return cloud.actions(idOf(category), []);
}

function definition({ name, isMutable, isRequired }: Attribute): string {
  const properties = [...(isRequired ? ['required'] : []), ...(isMutable ? [] : ['immutable'])];
  return properties.length === 0 ? name : `${name}{${properties.join(' ')}}`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`;
}
