import type { Answer, Lab, Send } from './home-lab.ts';

/** What a request says about an entity; attributes under their names in text. */
export interface Words {
  readonly kind?: string;
  readonly mixins?: readonly string[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** What a request says about a user mixin. */
export interface MixinWords {
  readonly term: string;
  readonly scheme: string;
  readonly title?: string;
  readonly location?: string;
}

/** One rendering for requests and answers: the same words come out as lines, as headers or as JSON. */
export interface Dialect {
  readonly type: string;
  entity(words: Words): Send;
  action(id: string, attributes?: Words['attributes']): Send;
  mixins(...mixins: readonly MixinWords[]): Send;
  /** Entities by their paths. */
  members(...paths: readonly string[]): Send;
}

type Line = readonly [field: string, value: string];

/** Those that can say everything: text/plain, text/occi and application/occi+json. */
export const dialects: readonly Dialect[] = [
  textual('text/plain', (lines) => ({
    headers: { accept: 'text/plain', 'content-type': 'text/plain' },
    body: lines.map(([field, value]) => `${field}: ${value}`).join('\n'),
  })),
  textual('text/occi', (lines) => {
    const fields = Map.groupBy(lines, ([field]) => field);
    const joined = [...fields].map(([field, all]) => [field, all.map(([, value]) => value).join(', ')]);
    return { headers: { accept: 'text/occi', 'content-type': 'text/occi', ...Object.fromEntries(joined) } };
  }),
  {
    type: 'application/occi+json',
    entity: ({ kind, mixins, attributes = {} }) => json({ kind, mixins, ...membersOf(attributes) }),
    action: (action, attributes) => json({ action, attributes }),
    mixins: (...mixins) => json({ mixins }),
    members: (...paths) => json({ resources: paths.map((path) => ({ id: path.replace(/^.*\//, 'urn:uuid:') })) }),
  },
];

/** Reads an entity, in JSON: every rendering says the same. */
export async function read(lab: Lab, path: string): Promise<Record<string, unknown>> {
  const { status, text } = await lab.request('GET', path, { headers: { accept: 'application/occi+json' } });
  if (status !== 200) throw new Error(`GET ${path} is answered ${status}: ${text}`);
  return JSON.parse(text);
}

/** All entities and categories: what a refused request must not have changed. */
export async function everything(lab: Lab): Promise<string> {
  const headers = { accept: 'application/occi+json' };
  const parts = ['/', '/-/'].map(async (path) => (await lab.request('GET', path, { headers })).text);
  return (await Promise.all(parts)).join('\n');
}

/** The URLs that an answer in any rendering names: a listing, or what was created. */
export function urlsIn({ headers, text }: Answer): readonly string[] {
  const listed = headers.get('x-occi-location') ?? text.replaceAll('X-OCCI-Location: ', '');
  return listed === '' || listed === 'OK' ? [] : listed.split(/, |\n/);
}

function textual(type: string, send: (lines: readonly Line[]) => Send): Dialect {
  const attributesOf = (attributes: Words['attributes'] = {}) =>
    Object.entries(attributes).map(([name, value]): Line => ['X-OCCI-Attribute', `${name}=${JSON.stringify(value)}`]);
  return {
    type,
    entity: ({ kind, mixins = [], attributes }) =>
      send([
        ...(kind === undefined ? [] : [category(kind, 'kind')]),
        ...mixins.map((mixin) => category(mixin, 'mixin')),
        ...attributesOf(attributes),
      ]),
    action: (id, attributes) => send([category(id, 'action'), ...attributesOf(attributes)]),
    mixins: (...mixins) =>
      send(
        mixins.map(({ term, scheme, title, location }) => {
          const [field, value] = category(scheme + term, 'mixin');
          const titled = title === undefined ? value : `${value}; title="${title}"`;
          return [field, location === undefined ? titled : `${titled}; location="${location}"`];
        }),
      ),
    members: (...paths) => send(paths.map((path) => ['X-OCCI-Location', path])),
  };
}

function category(id: string, own: string): Line {
  const end = id.indexOf('#') + 1;
  return ['Category', `${id.slice(end)}; scheme="${id.slice(0, end)}"; class="${own}"`];
}

function json(value: object): Send {
  const type = 'application/occi+json';
  return { headers: { accept: type, 'content-type': type }, body: JSON.stringify(value) };
}

/** Core attributes are members of their own in JSON (GFD.226 §3.1). */
function membersOf(attributes: NonNullable<Words['attributes']>): object {
  const core = 'occi.core.';
  const own = Object.entries(attributes).filter(([name]) => name.startsWith(core));
  const others = Object.entries(attributes).filter(([name]) => !name.startsWith(core));
  const members = own.map(([name, value]) => {
    const member = name.slice(core.length);
    return [member, member === 'source' || member === 'target' ? { location: value } : value];
  });
  return { ...Object.fromEntries(members), attributes: Object.fromEntries(others) };
}
