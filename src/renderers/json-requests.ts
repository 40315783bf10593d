import { guess, type Value } from '../occi/attribute.ts';
import type { CategoryReference, Content, Draft, LinkDraft, RawAttributes } from '../occi/draft.ts';
import { core } from '../occi/entity.ts';

/** What a request says, as an object for JSON (GFD.226 §3): the way back from what the parsers make of it. */
export function requestObject({ drafts, locations, plural }: Content): object {
  const [draft, ...others] = drafts;
  if (draft !== undefined && others.length === 0 && locations.length === 0 && !plural) return draftObject(draft);
  const links = drafts.filter(({ attributes }) => attributes.has(core.source));
  const resources = [...drafts.filter((one) => !links.includes(one)).map(draftObject), ...locations];
  return {
    ...(resources.length > 0 || links.length === 0 ? { resources } : {}),
    ...(links.length > 0 ? { links: links.map(draftObject) } : {}),
  };
}

function draftObject({ categories, attributes, links }: Draft): object {
  const mixins = categories.filter((one) => one.class === 'mixin').map(mixinValue);
  return {
    ...identified('kind', categories),
    ...(mixins.length === 0 ? {} : { mixins }),
    ...identified('action', categories),
    ...attributeMembers(attributes),
    ...(links.length === 0 ? {} : { links: links.map(linkObject) }),
  };
}

function linkObject({ target, rel, self, categories, attributes }: LinkDraft): object {
  const [kind] = rel;
  const sent = new Map(attributes);
  // Whose link it is says where it stands; and the target is a member of its own.
  for (const name of [core.source, core.sourceKind, core.target, core.targetKind]) sent.delete(name);
  return {
    ...draftObject({ categories, attributes: sent, links: [] }),
    target: { location: target, ...(kind === undefined ? {} : { kind }) },
    ...(self === undefined ? {} : { id: self }),
  };
}

function identified(name: 'kind' | 'action', categories: readonly CategoryReference[]): object {
  const found = categories.find((one) => one.class === name);
  return found === undefined ? {} : { [name]: found.id };
}

/** A mixin by its identifier; one that is to be defined, in full (GFD.226 §3.2.2). */
function mixinValue({ id, term, scheme, title, location, related }: CategoryReference): string | object {
  if (location === undefined) return id;
  return {
    term,
    scheme,
    ...(title === undefined ? {} : { title }),
    ...(related.length === 0 ? {} : { depends: related }),
    location,
  };
}

/** What the core defines are members of their own (GFD.226 §3.1). */
function attributeMembers(attributes: RawAttributes): object {
  const values = new Map([...attributes].map(([name, raw]) => [name, guess(raw)]));
  const members: Record<string, unknown> = {
    ...end('source', values.get(core.source), values.get(core.sourceKind)),
    ...end('target', values.get(core.target), values.get(core.targetKind)),
  };
  const own: Record<string, Value> = {};
  for (const [name, value] of values) {
    if (name === core.id) members['id'] = String(value);
    else if (name === core.title) members['title'] = String(value);
    else if (name === core.summary) members['summary'] = String(value);
    else if (!ends.includes(name)) own[name] = value;
  }
  return { ...(Object.keys(own).length === 0 ? {} : { attributes: own }), ...members };
}

const ends: readonly string[] = [core.source, core.sourceKind, core.target, core.targetKind];

function end(member: string, location: Value | undefined, kind: Value | undefined): object {
  if (location === undefined) return {};
  return { [member]: { location: String(location), ...(kind === undefined ? {} : { kind: String(kind) }) } };
}
