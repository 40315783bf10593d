import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentIn } from '../../src/client/answer.ts';
import { Catalogue } from '../../src/client/catalogue.ts';
import type { Exchange } from '../../src/client/exchange.ts';
import { type Offer, offersFrom } from '../../src/client/offer.ts';
import { entitiesIn, entityIn, type Reader } from '../../src/client/remote-entity.ts';
import { modelOf } from '../../src/client/server-model.ts';
import type { Value } from '../../src/occi/attribute.ts';
import { core, type Entity, type EntityView } from '../../src/occi/entity.ts';
import { occiJson } from '../../src/renderers/occi-json.ts';
import type { Rendered, Renderer } from '../../src/renderers/renderer.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { uriList } from '../../src/renderers/uri-list.ts';
import { carriedText } from '../renderers/contract.ts';
import { bodyOf, collectionOf, contextAt, home, L1, model, P1 } from '../renderers/home-lab.ts';

const origin = 'http://occi.lab.test';
const context = contextAt('/occi');
const headerText = textOcci({ maxHeaderBytes: 1 << 20 });
const renderers: readonly (readonly [string, Renderer])[] = [
  ['text/plain', textPlain],
  ['text/occi', headerText],
  ['application/occi+json', occiJson],
];

/** A rendering as the answer to a request. */
async function answered(rendered: Rendered | Promise<Rendered>): Promise<Exchange> {
  const { headers = {}, contentType } = await rendered;
  const body = new TextEncoder().encode(await bodyOf(rendered));
  const fields = [['Content-Type', contentType] as const, ...Object.entries(headers)];
  return {
    request: { method: 'GET', url: `${origin}/occi/`, headers: [], body: new Uint8Array() },
    response: { status: 200, reason: 'OK', headers: fields, body, milliseconds: 0 },
  };
}

/** What a client knows of the home lab once it has read the query interface in a rendering. */
async function readerIn(renderer: Renderer): Promise<Reader> {
  const exchange = await answered(renderer.categories(model, context, renderer.mediaTypes[0]));
  const space = { origin, prefix: '/occi' };
  const categories = contentIn(exchange).drafts.flatMap((draft) => draft.categories);
  return { space, catalogue: new Catalogue(offersFrom(categories, space)) };
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number));
const value: fc.Arbitrary<Value> = fc.oneof(carriedText, finite, fc.integer(), fc.boolean());
const attributes = fc.dictionary(fc.stringMatching(/^x\.[a-zA-Z0-9_-]{1,8}$/), value, {
  maxKeys: 6,
  noNullPrototype: true,
});
const path = fc.stringMatching(/^\/[a-z]{1,6}\/[A-Za-z0-9._~-]{1,12}$/);
const uuid = fc.uuid().map((id) => `urn:uuid:${id}`);
const view: fc.Arbitrary<EntityView> = fc
  .record({
    own: attributes,
    title: carriedText,
    id: uuid,
    links: fc.array(fc.record({ own: attributes, target: path, id: uuid }), { maxLength: 3 }),
  })
  .map(({ own, title, id, links }) => ({
    entity: {
      ...L1.entity,
      location: `/lamp/${id.slice('urn:uuid:'.length)}`,
      attributes: { [core.id]: id, [core.title]: title, 'test.lab.watts': 7.5, ...own },
    },
    links: links.map((link) => ({
      ...P1.entity,
      location: `/plug/${link.id.slice('urn:uuid:'.length)}`,
      attributes: { ...P1.entity.attributes, [core.id]: link.id, [core.target]: link.target, ...link.own },
    })),
  }));

const sorted = (all: Readonly<Record<string, Value>>) => JSON.stringify(Object.entries(all).toSorted());

/** The attributes as clients see them: ends with the mount prefix. */
function shown({ attributes: all }: Entity): Readonly<Record<string, Value>> {
  const ends = [core.source, core.target].flatMap((name) => (name in all ? [[name, `/occi${all[name]}`]] : []));
  return { ...all, ...Object.fromEntries(ends) };
}

describe.each(renderers)('what a server says in %s', (_, renderer) => {
  const [mediaType] = renderer.mediaTypes;

  it('about an entity is read as it was', async () => {
    const reader = await readerIn(renderer);
    await fc.assert(
      fc.asyncProperty(view, async (one) => {
        const exchange = await answered(renderer.entity(one, context, mediaType));
        const entity = entityIn(reader, one.entity.location, { exchange, content: contentIn(exchange) });
        expect(entity.url).toBe(`${origin}/occi${one.entity.location}`);
        expect(entity.kind).toBe(`${home}lamp`);
        expect(sorted(entity.attributes)).toBe(sorted(one.entity.attributes));
        expect(entity.actions).toEqual(context.applicable(one.entity).map(({ id }) => id));
        expect(entity.links.map((link) => [link.url, link.target, link.kind])).toEqual(
          one.links.map((link) => [
            `${origin}/occi${link.location}`,
            `${origin}/occi${link.attributes[core.target]}`,
            `${home}plug`,
          ]),
        );
        const [link] = entity.links;
        const [meant] = one.links;
        if (link === undefined || meant === undefined) return;
        // JSON has the kind of the target with the target, and the client has it as a member.
        const { [core.targetKind]: __, ...without } = link.attributes;
        const { [core.targetKind]: ___, ...expected } = shown(meant);
        expect(sorted(without)).toBe(sorted(expected));
      }),
    );
  });

  it('about its model is read as it was', async () => {
    const { catalogue } = await readerIn(renderer);
    expect(catalogue.kinds.map(({ id, location }) => [id, location])).toEqual(
      model.kinds.map(({ id, location }) => [id, location]),
    );
    expect(catalogue.mixins.map(({ id, location, title }) => [id, location, title])).toEqual(
      model.mixins.map(({ id, location, title }) => [id, location, title]),
    );
    expect(catalogue.actions.map(({ id }) => id)).toEqual(model.actions.map(({ id }) => id));
    for (const { id } of model.kinds) {
      expect([...catalogue.model.definitions(id, []).keys()]).toEqual([...model.definitions(id, []).keys()]);
      expect(catalogue.model.actionIdsOf(catalogue.model.kindOf({ kind: id }))).toEqual(
        model.actionIdsOf(model.kindOf({ kind: id })),
      );
    }
  });
});

describe('what a server says in JSON about a collection', () => {
  it('is read as it was, entity by entity', async () => {
    const reader = await readerIn(occiJson);
    await fc.assert(
      fc.asyncProperty(fc.array(view, { maxLength: 4 }), async (views) => {
        const listing = occiJson.collection(collectionOf(views, 'resources', 2), context, 'application/occi+json');
        const entities = entitiesIn(reader, contentIn(await answered(listing)));
        expect(entities.map(({ location }) => location)).toEqual(views.map(({ entity }) => entity.location));
        expect(entities.map((one) => sorted(one.attributes))).toEqual(
          views.map(({ entity }) => sorted(entity.attributes)),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('what a server lists', () => {
  it.each([textPlain, headerText, uriList])('is read as it was, under any Content-Type', async (renderer) => {
    await fc.assert(
      fc.asyncProperty(fc.array(path), fc.constantFrom('', 'text/plain', 'text/html'), async (locations, type) => {
        const views = locations.map((location) => ({ entity: { ...L1.entity, location }, links: [] }));
        const listing = renderer.collection(collectionOf(views, 'mixed', 3), context, renderer.mediaTypes[0]);
        const { headers = {} } = await listing;
        const exchange = await answered({ headers, contentType: type, body: await bodyOf(listing) });
        expect(contentIn(exchange).locations).toEqual(locations.map((location) => `${origin}/occi${location}`));
      }),
    );
  });
});

describe('the model of a server', () => {
  const id = fc.constantFrom('a#a', 'a#b', 'b#a', 'b#b', 'c#c', '', 'x');
  const offer: fc.Arbitrary<Omit<Offer, 'class'> & { readonly class?: Offer['class'] }> = fc.record(
    {
      id,
      scheme: fc.constantFrom('a#', 'b#', 'http://schemas.ogf.org/occi/core#', 'x/action#'),
      term: fc.constantFrom('a', 'b', ''),
      class: fc.constantFrom('kind', 'mixin', 'action'),
      location: fc.constantFrom('/a/', '/a', '/b/', 'http://elsewhere.test/occi/a/', ''),
      related: fc.array(id, { maxLength: 2 }),
      applies: fc.array(id, { maxLength: 2 }),
      actions: fc.array(id, { maxLength: 2 }),
      attributes: fc.array(
        fc.record(
          { name: id, type: fc.string(), pattern: fc.constantFrom('x', { enum: ['a'] }) },
          { requiredKeys: ['name'] },
        ),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: ['id', 'scheme', 'term', 'related', 'applies', 'actions', 'attributes'] },
  );

  it('can be made, however odd the server is, and rendered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(offer, { maxLength: 8 }), async (categories) => {
        const offers = offersFrom(categories, { origin, prefix: '/occi' });
        const made = modelOf(offers, () => undefined);
        for (const { id: kind } of offers.kinds) expect(made.kind(kind)?.id).toBe(kind);
        for (const { id: mixin } of offers.mixins) expect(made.mixin(mixin)?.id).toBe(mixin);
        for (const kind of made.kinds)
          made.actionsOf(
            kind.id,
            made.mixins.map((mixin) => mixin.id),
          );
        const rendered = occiJson.categories(made, { ...context, model: made }, 'application/occi+json');
        expect(JSON.parse(await bodyOf(rendered))).toMatchObject({ kinds: made.kinds.map(({ term }) => ({ term })) });
        const catalogue = new Catalogue(offers);
        expect([...catalogue.osTemplates, ...catalogue.resourceTemplates]).toEqual([]);
      }),
    );
  });
});

describe('an answer that is meant to harm', () => {
  const said = (body: string, ...fields: (readonly [string, string])[]): Exchange => ({
    request: { method: 'GET', url: `${origin}/`, headers: [], body: new Uint8Array() },
    response: { status: 200, reason: 'OK', headers: fields, body: new TextEncoder().encode(body), milliseconds: 0 },
  });

  it.each(['Link: <', 'Category: a,', 'X-OCCI-Attribute: a.b="', 'Category: a; b="', 'X-OCCI-Attribute: a,'])(
    'is read in time that grows with its size: %s',
    (piece) => {
      const size = 1 << 20;
      const inLines = `${piece}\n`.repeat(size / piece.length);
      const inOne = `X-OCCI-Attribute: a.b=1\n${piece}${piece.slice(piece.indexOf(':') + 1).repeat(size / piece.length)}`;
      for (const body of [inLines, inOne]) {
        const before = process.cpuUsage().user;
        contentIn(said(body));
        expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(10);
      }
    },
  );

  it('is either understood in part or refused as unreadable, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', '{', '[', 'Category:', 'Link:'), (text, start) => {
        try {
          expect(contentIn(said(start + text, ['Category', text])).drafts.length).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toMatchObject({ kind: 'unreadable' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
