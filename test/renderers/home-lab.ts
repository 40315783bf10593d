import { readFileSync } from 'node:fs';
import { applicable } from '../../src/gateway/lifecycle.ts';
import type { Attributes } from '../../src/occi/attribute.ts';
import type { Content, Draft } from '../../src/occi/draft.ts';
import { commonProject, type Entity, type EntityView } from '../../src/occi/entity.ts';
import { OcciError } from '../../src/occi/errors.ts';
import { Model } from '../../src/occi/model.ts';
import type { Collection, Payload, RenderContext, Rendered, Renderer } from '../../src/renderers/renderer.ts';
import { builtInModelFiles, readModelFiles } from '../../src/spec/model-files.ts';

/** The home lab as plain values: lamps, sockets and plugs, with a tag of a user. */
export const home = 'http://lab.test/occi/home#';
const fixture = new URL('../fixtures/home-lab.json', import.meta.url).pathname;

/** The lab's categories, those of the core first. */
export const model = new Model(readModelFiles([builtInModelFiles[0] as string, fixture])).withMixins([
  {
    class: 'mixin',
    id: 'http://lab.test/occi/tags/anna#favourite',
    scheme: 'http://lab.test/occi/tags/anna#',
    term: 'favourite',
    title: 'Anna likes it',
    attributes: [],
    actions: [],
    depends: [],
    applies: [],
    location: '/tag/favourite/',
    origin: 'user',
  },
]);
export const favourite = model.mixin('http://lab.test/occi/tags/anna#favourite') as NonNullable<
  ReturnType<Model['mixin']>
>;

/** A context at the root of the server, or below a mount prefix. */
export function contextAt(prefix = ''): RenderContext {
  return {
    space: { origin: 'http://occi.lab.test', prefix },
    model,
    applicable: (entity) => applicable(model, entity),
  };
}

function entity(location: string, term: string, attributes: Attributes): Entity {
  const id = { 'occi.core.id': `urn:uuid:${location.slice(location.lastIndexOf('/') + 1)}` };
  return {
    location,
    project: commonProject,
    kind: home + term,
    mixins: [],
    revision: 1,
    attributes: { ...id, ...attributes },
  };
}

const lamp1 = '/lamp/6f1c2b9e-0d5a-4c7b-9a58-1f0a6f6f0a01';
const socket1 = '/socket/3c1e77a0-9be4-4a51-b7d2-60d5c4f10b01';

const reading = entity(lamp1, 'lamp', {
  'occi.core.title': 'Reading lamp',
  'test.lab.watts': 40,
  'test.lab.colour': 'white',
  'test.lab.lit': false,
  'test.lab.state': 'off',
});
const hall = entity('/lamp/8a40d3c7-51e2-4b0e-8d7f-2c93a1be0a02', 'lamp', {
  'occi.core.title': 'Hall lamp',
  'test.lab.watts': 7.5,
  'test.lab.colour': 'red',
  'test.lab.lit': true,
  'test.lab.state': 'on',
});
const door = entity(socket1, 'socket', { 'occi.core.title': 'Socket by the door', 'test.lab.volts': 230 });
const plug = entity('/plug/d27f09b3-4c8e-4e66-a1f4-7be0985c0c01', 'plug', {
  'occi.core.source': lamp1,
  'occi.core.source.kind': `${home}lamp`,
  'occi.core.target': socket1,
  'occi.core.target.kind': `${home}socket`,
  'test.lab.amps': 2.5,
  'test.lab.state': 'live',
});

export const L1: EntityView = { entity: reading, links: [plug] };
export const L2: EntityView = { entity: hall, links: [] };
export const S1: EntityView = { entity: door, links: [] };
export const P1: EntityView = { entity: plug, links: [] };

/** A view whose entity and links have one more mixin. */
export function tagged(view: EntityView, mixin: string): EntityView {
  const tag = (one: Entity): Entity => ({ ...one, mixins: [...one.mixins, mixin] });
  return { entity: tag(view.entity), links: view.links.map(tag) };
}

/** A lamp with other attributes than usual. */
export function lampWith(attributes: Attributes): EntityView {
  return { entity: { ...reading, attributes }, links: [] };
}

/** A collection in pages of a size. */
export function collectionOf(
  views: readonly EntityView[],
  shape: Collection['shape'] = 'resources',
  pageSize = 100,
): Collection {
  async function* pages<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
    for (let at = 0; at < items.length; at += pageSize) yield items.slice(at, at + pageSize);
  }
  return {
    shape,
    locations: () => pages(views.map((view) => view.entity.location)),
    views: () => pages(views),
  };
}

/** The whole body of a rendering. */
export async function bodyOf(rendered: Rendered | Promise<Rendered>): Promise<string> {
  const { body } = await rendered;
  if (typeof body === 'string') return body;
  let text = '';
  for await (const piece of body) text += piece;
  return text;
}

/** What a request with a body looks like to a renderer. */
export function payload(body: string | Uint8Array, charset?: string): Payload {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { header: () => undefined, body: bytes, ...(charset === undefined ? {} : { charset }) };
}

/** What a request with its rendering in the headers looks like to a renderer. */
export function inHeaders(headers: Readonly<Record<string, string>>): Payload {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { header: (name) => lower.get(name.toLowerCase()), body: new Uint8Array() };
}

/** What a client would send who sends a rendering back. */
export async function echo(rendered: Rendered | Promise<Rendered>): Promise<Payload> {
  const { headers = {} } = await rendered;
  return { ...inHeaders(headers), body: new TextEncoder().encode(await bodyOf(rendered)) };
}

/** The only draft of a request. */
export function draftOf(content: Content): Draft {
  const [draft, ...others] = content.drafts;
  if (draft === undefined || others.length > 0) throw new Error(`there are ${content.drafts.length} drafts`);
  return draft;
}

/** The error with which something is refused; anything else it may do is a failure. */
export function refusal(attempt: () => unknown): OcciError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof OcciError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** What a renderer says to a body. */
export function parseBody(renderer: Renderer, body: string): Content {
  return renderer.parse(payload(body));
}

/** Data beside the tests. */
export function dataAt(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}
