import { type Draft, type Given, type LinkDraft, type Message, type MixinDraft, Refusal } from './draft.ts';

/** One field of the text renderings. */
export type Field = readonly [name: string, value: string];

/** The lines of a body as fields; a line that begins with a blank goes on with the one before. */
export function fieldsOfBody(body: string): readonly Field[] {
  const lines = body.replace(/[\r\n]+[ \t]+/g, ' ').split(/[\r\n]+/);
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, value] = /^([A-Za-z-]+)[ \t]*:(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Refusal(400, `this is no field: ${line}`);
      return [name.toLowerCase(), value.trim()];
    });
}

/** What fields say. @throws Refusal */
export function messageOf(fields: readonly Field[]): Message {
  const all = (name: string) =>
    fields.filter(([own]) => own === name).flatMap(([, value]) => cut(value, ',').filter((one) => one !== ''));
  const known = ['category', 'link', 'x-occi-attribute', 'x-occi-location'];
  const stray = fields.find(([name]) => !known.includes(name));
  if (stray !== undefined) throw new Refusal(400, `OCCI has no ${stray[0]}`);
  const mixins = all('category').map(categoryOf);
  const draft: Draft = {
    categories: mixins.map(({ id }) => id),
    given: new Map(all('x-occi-attribute').map(pairOf)),
    links: all('link').map(linkOf),
  };
  const isEmpty = draft.categories.length + draft.given.size + draft.links.length === 0;
  return { drafts: isEmpty ? [] : [draft], references: all('x-occi-location'), mixins };
}

function categoryOf(value: string): MixinDraft {
  const [term = '', ...parameters] = cut(value, ';');
  const has = new Map(parameters.filter((one) => one !== '').map(parameterOf));
  const scheme = has.get('scheme');
  if (!/^[A-Za-z0-9][\w.-]*$/.test(term) || scheme === undefined) {
    throw new Refusal(400, `a category has a term and a scheme: ${value}`);
  }
  return {
    id: scheme + term,
    type: has.get('class'),
    title: has.get('title'),
    location: has.get('location'),
    depends: has.get('rel')?.split(/ +/) ?? [],
    hasContent: has.has('attributes') || has.has('actions'),
  };
}

function linkOf(value: string): LinkDraft {
  const [first = '', ...parameters] = cut(value, ';');
  const target = /^<(.+)>$/.exec(first)?.[1];
  if (target === undefined) throw new Refusal(400, `a link begins with its target: ${value}`);
  const pairs = parameters.filter((one) => one !== '');
  const has = new Map(pairs.map(parameterOf));
  const self = has.get('self');
  const given = pairs.filter((one) => !/^(?:rel|self|category)\s*=/.test(one)).map(pairOf);
  return {
    target,
    ...(self === undefined ? {} : { self }),
    categories: has.get('category')?.split(/ +/) ?? [],
    given: new Map(given),
  };
}

function parameterOf(text: string): [string, string] {
  const [name, value] = pairOf(text);
  return [name, typeof value === 'object' ? value.bare : String(value)];
}

/** @throws Refusal */
export function pairOf(text: string): [string, Given] {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1 || value === '') throw new Refusal(400, `this has no value: ${text}`);
  if (!value.startsWith('"')) return [name, { bare: value }];
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(value)) throw new Refusal(400, `the quotes do not match: ${text}`);
  return [name, value.slice(1, -1).replace(/\\(.)/gs, '$1')];
}

/** Cuts where a separator is neither in quotes nor in angle brackets. @throws Refusal */
function cut(text: string, separator: string): readonly string[] {
  const pieces: readonly string[] = text.match(/"(?:[^"\\]|\\.)*"|<[^>]*>|[^"<]|["<]/gs) ?? [];
  if (pieces.includes('"')) throw new Refusal(400, `the quotes do not match: ${text}`);
  const parts = [''];
  for (const piece of pieces) {
    if (piece === separator) parts.push('');
    else parts.push(parts.pop() + piece);
  }
  return parts.map((one) => one.trim());
}
