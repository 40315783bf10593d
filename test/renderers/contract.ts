import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guess, type RawValue, type Value } from '../../src/occi/attribute.ts';
import type { RawAttributes } from '../../src/occi/draft.ts';
import { core, type Entity, type EntityView } from '../../src/occi/entity.ts';
import type { Mixin } from '../../src/occi/mixin.ts';
import type { Renderer } from '../../src/renderers/renderer.ts';
import { bodyOf, collectionOf, contextAt, draftOf, echo, home, L1, P1 } from './home-lab.ts';

/** What every rendering can carry: no control characters but tabs, whole characters, and something at all. */
const hostile = [
  '"',
  '\\',
  ',',
  ';',
  '<',
  '>',
  '=',
  "'",
  ' ',
  '\t',
  '\\"',
  '", ',
  '{',
  '#',
  '?',
  'é',
  '☂',
  '💡',
  'a',
  '\u2028',
];
export const carriedText = fc
  .oneof(
    fc.array(fc.constantFrom(...hostile), { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme', minLength: 1 }),
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what the gateway refuses at its door
  .filter((text) => text.isWellFormed() && !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text));

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number));
const scalar: fc.Arbitrary<Value> = fc.oneof(carriedText, finite, fc.integer(), fc.boolean());
const compound: fc.Arbitrary<Value> = fc.oneof(
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), scalar, { maxKeys: 3 }),
);
const attributes = fc.dictionary(fc.stringMatching(/^x\.[a-zA-Z0-9_-]{1,8}$/), fc.oneof(scalar, compound), {
  maxKeys: 8,
});
const location = fc.stringMatching(/^\/[a-z]{1,6}\/[A-Za-z0-9._~%-]{1,20}$/);

const lamp: fc.Arbitrary<Entity> = fc.record({ title: carriedText, own: attributes }).map(({ title, own }) => ({
  ...L1.entity,
  attributes: { [core.id]: 'urn:uuid:6f1c2b9e-0d5a-4c7b-9a58-1f0a6f6f0a01', [core.title]: title, ...own },
}));
const plug: fc.Arbitrary<Entity> = fc
  .record({ own: attributes, target: location })
  .map(({ own, target }) => ({ ...P1.entity, attributes: { ...P1.entity.attributes, [core.target]: target, ...own } }));
const view: fc.Arbitrary<EntityView> = fc.record({ entity: lamp, links: fc.array(plug, { maxLength: 3 }) });
const mixin: fc.Arbitrary<Mixin> = fc
  .record({
    term: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/),
    scheme: fc.stringMatching(/^http:\/\/[a-z]{1,8}\.test\/[a-z,;=?&]{0,8}#$/),
    title: carriedText,
    location: fc.stringMatching(/^\/[a-z]{1,8}\/$/),
    depends: fc.array(fc.stringMatching(/^http:\/\/a\.test\/[a-z]{1,4}#[a-z]{1,4}$/), { maxLength: 1 }),
  })
  .map((parts) => ({
    ...parts,
    class: 'mixin',
    id: parts.scheme + parts.term,
    attributes: [],
    actions: [],
    applies: [],
    origin: 'user',
  }));

/** A value as the definition of the attribute would read it, lists and hashes included. */
function readAs(raw: RawValue, like: Value): Value {
  const value = guess(raw);
  return typeof like === 'object' && typeof value === 'string' ? (JSON.parse(value) as Value) : value;
}

function values(raw: RawAttributes, like: Entity): Readonly<Record<string, Value>> {
  return Object.fromEntries([...raw].map(([name, one]) => [name, readAs(one, like.attributes[name] ?? '')]));
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

/** The laws of a rendering in both directions: what it writes, it reads, and it means the same. */
export function itReadsWhatItWrites(renderer: Renderer): void {
  const context = contextAt();
  const [mediaType] = renderer.mediaTypes;

  it('reads the entities it writes, whatever their strings [TEXT-4.3-c]', async () => {
    await fc.assert(
      fc.asyncProperty(view, async (one) => {
        const draft = draftOf(renderer.parse(await echo(renderer.entity(one, context, mediaType))));
        expect(draft.categories.filter(({ class: own }) => own !== 'action').map(({ id }) => id)).toEqual([
          `${home}lamp`,
        ]);
        expect(plain(values(draft.attributes, one.entity))).toEqual(plain(one.entity.attributes));
        const links = draft.links.filter(({ action }) => action === undefined);
        expect(links.map(({ target }) => target)).toEqual(one.links.map((link) => link.attributes[core.target]));
        for (const [index, link] of links.entries()) {
          const expected = one.links[index] as Entity;
          const { [core.target]: target, ...others } = plain(expected.attributes) as Record<string, Value>;
          expect(link.categories.map(({ id }) => id)).toEqual([`${home}plug`]);
          expect({ [core.target]: target, ...(plain(values(link.attributes, expected)) as object) }).toEqual({
            [core.target]: target,
            ...others,
          });
        }
      }),
    );
  });

  it('reads the mixins it writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mixin, { minLength: 1, maxLength: 4 }), async (mixins) => {
        const draft = draftOf(renderer.parse(await echo(renderer.mixins(mixins, context, mediaType))));
        expect(draft.categories).toEqual(
          mixins.map(({ id, scheme, term, title, location: at, depends }) => {
            return {
              id,
              scheme,
              term,
              class: 'mixin',
              title,
              location: at,
              related: depends,
              applies: [],
              attributes: [],
              actions: [],
            };
          }),
        );
      }),
    );
  });
}

/** The law of renderings that list by location. */
export function itReadsTheLocationsItLists(renderer: Renderer): void {
  it('reads the locations it lists', async () => {
    const context = contextAt('/occi');
    await fc.assert(
      fc.asyncProperty(
        fc.array(location, { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        async (locations, size) => {
          const views = locations.map((at) => ({ entity: { ...L1.entity, location: at }, links: [] }));
          const rendered = renderer.collection(collectionOf(views, 'mixed', size), context, renderer.mediaTypes[0]);
          const headers = (await rendered).headers ?? {};
          const body = await bodyOf(rendered);
          const content = renderer.parse(await echo({ contentType: '', headers, body }));
          expect(content.locations).toEqual(locations.map((at) => `http://occi.lab.test/occi${at}`));
        },
      ),
    );
  });
}
