import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guess, type RawValue, type Value } from '../../src/occi/attribute.ts';
import type { CategoryReference, Content, Draft, LinkDraft } from '../../src/occi/draft.ts';
import { core } from '../../src/occi/entity.ts';
import { occiJson } from '../../src/renderers/occi-json.ts';
import type { Renderer } from '../../src/renderers/renderer.ts';
import { referenceTo } from '../../src/renderers/text-grammar.ts';
import { textOcci } from '../../src/renderers/text-occi.ts';
import { textPlain } from '../../src/renderers/text-plain.ts';
import { uriList } from '../../src/renderers/uri-list.ts';
import { carriedText } from '../renderers/contract.ts';
import { echo, refusal } from '../renderers/home-lab.ts';

const headerText = textOcci({ maxHeaderBytes: 1 << 20 });

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number));
const value: fc.Arbitrary<Value> = fc.oneof(carriedText, fc.constant(''), finite, fc.integer(), fc.boolean());
const raw = value.map((one): RawValue => ({ form: 'json', value: one }));
const path = fc.stringMatching(/^\/[a-z]{1,6}\/[A-Za-z0-9._~-]{1,12}$/);
const id = fc.stringMatching(/^http:\/\/[a-z]{1,6}\.test\/[a-z,;=]{0,4}#[a-z][a-z0-9._-]{0,6}$/);
const named = fc.stringMatching(/^x\.[a-zA-Z0-9_-]{1,8}$/);
const attributes = fc
  .dictionary(named, raw, { maxKeys: 6, noNullPrototype: true })
  .map((record) => new Map(Object.entries(record)));
const reference = (own: CategoryReference['class']) =>
  id.map((one): CategoryReference => ({ ...referenceTo(one), ...(own === undefined ? {} : { class: own }) }));
const userMixin = fc
  .record({ id, title: carriedText, location: path })
  .map(({ id: one, title, location }): CategoryReference => {
    return { ...referenceTo(one), class: 'mixin', title, location: `${location}/` };
  });
const link: fc.Arbitrary<LinkDraft> = fc.record({
  target: path,
  rel: id.map((one) => [one]),
  self: path,
  categories: fc.array(reference('mixin'), { maxLength: 2 }),
  attributes,
});

/** An entity to be created. */
const entity: fc.Arbitrary<Draft> = fc
  .record({
    kind: reference('kind'),
    mixins: fc.array(reference('mixin'), { maxLength: 3 }),
    title: raw.map((one): RawValue => ({ form: 'json', value: String(guess(one)) })),
    attributes,
    links: fc.array(link, { maxLength: 2 }),
  })
  .map(({ kind, mixins, title, attributes: own, links }) => {
    return { categories: [kind, ...mixins], attributes: new Map([...own, [core.title, title]]), links };
  });
/** A partial update, mixins to be defined, an action to be invoked. */
const others: fc.Arbitrary<Draft> = fc.oneof(
  fc.record({ categories: fc.array(reference('mixin')), attributes, links: fc.constant([]) }),
  fc.record({
    categories: fc.array(userMixin, { minLength: 1, maxLength: 3 }),
    attributes: fc.constant(new Map()),
    links: fc.constant([]),
  }),
  fc.record({ categories: fc.tuple(reference('action')), attributes, links: fc.constant([]) }),
);

/** A content without what renderings word differently. */
function meaning({ drafts, locations }: Content): unknown {
  const said = drafts.filter((draft) => draft.categories.length + draft.attributes.size + draft.links.length > 0);
  const values = (all: Draft['attributes'], without: readonly string[] = []) =>
    JSON.parse(JSON.stringify([...all].filter(([name]) => !without.includes(name)).map(([n, one]) => [n, guess(one)])));
  const ids = (all: readonly CategoryReference[]) => all.map(({ id: one }) => one);
  return {
    locations,
    drafts: said.map((draft) => ({
      categories: draft.categories.map(({ id: one, class: own, title, location }) => [one, own, title, location]),
      attributes: Object.fromEntries(values(draft.attributes)),
      links: draft.links.map(({ target, rel, self, categories, attributes: all }) => {
        return [target, rel, self, ids(categories), values(all, [core.id, core.targetKind])];
      }),
    })),
  };
}

async function read(renderer: Renderer, content: Content): Promise<Content> {
  return renderer.parse(await echo(renderer.request(content, renderer.mediaTypes[0])));
}

describe.each([
  ['text/plain', textPlain],
  ['text/occi', headerText],
  ['application/occi+json', occiJson],
] as const)('what clients say in %s', (_, renderer) => {
  it('is read as it was meant: entities, updates, actions and mixins', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(entity, others), async (draft) => {
        const content = { drafts: [draft], locations: [], plural: false };
        expect(meaning(await read(renderer, content))).toEqual(meaning(content));
      }),
    );
  });
});

describe('lists of entities', () => {
  it.each([textPlain, headerText, uriList])('are read as they were meant', async (renderer) => {
    await fc.assert(
      fc.asyncProperty(fc.array(path), async (locations) => {
        expect((await read(renderer, { drafts: [], locations, plural: false })).locations).toEqual(locations);
      }),
    );
  });

  it('are collections in JSON, links apart', async () => {
    const draft = (name: string): Draft => ({
      categories: [{ ...referenceTo('http://a.test/#one'), class: 'kind' }],
      attributes: new Map([[name, { form: 'json', value: '/a/1' }]]),
      links: [],
    });
    const content = { drafts: [draft('x.y'), draft(core.source)], locations: [], plural: true };
    const rendered = occiJson.request(content, 'application/occi+json');
    expect(JSON.parse(String(rendered.body))).toEqual({
      resources: [{ kind: 'http://a.test/#one', attributes: { 'x.y': '/a/1' } }],
      links: [{ kind: 'http://a.test/#one', source: { location: '/a/1' } }],
    });
    expect(meaning(await read(occiJson, content))).toEqual(meaning(content));
  });
});

describe('what a rendering has no words for', () => {
  const one: Draft = { categories: [], attributes: new Map(), links: [] };

  it('is refused before it is sent', () => {
    const several = { drafts: [one, one], locations: [], plural: true };
    expect(refusal(() => textPlain.request(several, 'text/plain')).code).toBe('not-acceptable');
    const broken = { ...one, attributes: new Map([['x.y', { form: 'json', value: 'a\nb' } as const]]) };
    const content = { drafts: [broken], locations: [], plural: false };
    expect(refusal(() => headerText.request(content, 'text/occi')).code).toBe('not-acceptable');
    for (const name of ['a b', 'a=b', 'a\nX-OCCI-Location', '']) {
      const odd = { ...one, attributes: new Map([[name, { form: 'json', value: 1 } as const]]) };
      const mixin = { ...one, categories: [{ ...referenceTo('http://a.test/#'), term: name }] };
      for (const draft of [odd, mixin]) {
        const said = { drafts: [draft], locations: [], plural: false };
        expect(refusal(() => textPlain.request(said, 'text/plain')).code).toBe('not-acceptable');
      }
    }
    expect(refusal(() => uriList.request(content, 'text/uri-list')).code).toBe('not-a-listing');
  });
});
