import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Value } from '../../src/occi/attribute.ts';
import { commonProject, core, idOf } from '../../src/occi/entity.ts';
import { ownMixins } from '../../src/store/amounts.ts';
import {
  type ChangeSet,
  Conflict,
  type Limit,
  LimitExceeded,
  type Selection,
  type Store,
} from '../../src/store/store.ts';
import { anyPlan, anySelection, anySettled, resolvePlan } from './change-sets.ts';
import { Reference } from './reference.ts';
import { collect, contents, lamp, lampKind, outcome, projects, read, tag, usage, wire, wireKind } from './samples.ts';

/**
 * What every store has to do, whatever it keeps its data in.
 *
 * @param open opens a store with nothing in it; the suite closes it
 */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} as a store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('has an identity of its own', async () => {
      expect(store.identity).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const other = await open();
      expect(other.identity).not.toBe(store.identity);
      await other.close();
    });

    describe('reading', () => {
      it('shows an entity with everything that was committed', async () => {
        const table = lamp('/lamp/1', {
          mixins: ['http://example.org/tag#b', 'http://example.org/tag#a'],
          attributes: { [core.title]: 'Table lamp', 'example.watts': 40, 'example.on': true },
          pending: { to: 'on', action: 'http://example.org/action#switch' },
          handle: { host: 'agent-1', slots: [1, 2] },
        });
        const revision = await store.commit({ create: [table] });
        expect(await store.view('/lamp/1')).toStrictEqual({ entity: { ...table, revision }, links: [] });
        expect(await store.byId(idOf(table))).toStrictEqual({ ...table, revision });
      });

      it('keeps the order of attributes', async () => {
        const names = ['z', 'a', 'm', 'b'];
        await store.commit({ create: [lamp('/lamp/1', { attributes: Object.fromEntries(names.map((n) => [n, n])) })] });
        expect(Object.keys((await read(store, '/lamp/1')).attributes)).toEqual([core.id, ...names]);
      });

      it('finds nothing where nothing is', async () => {
        expect(await store.view('/lamp/1')).toBeUndefined();
        expect(await store.byId('urn:lamp:/lamp/1')).toBeUndefined();
        expect(await store.linksAt('/lamp/1')).toEqual([]);
        expect(await collect(store.locations({}))).toEqual([]);
        expect(await collect(store.views({ kind: lampKind }))).toEqual([]);
        expect(await store.mixins(commonProject)).toEqual([]);
        expect(await store.commands()).toEqual([]);
      });

      it('shows the links that start at an entity in the order of their creation [H11-3.4.5-a]', async () => {
        await store.commit({ create: [lamp('/lamp/1'), lamp('/lamp/2')] });
        await store.commit({ create: [wire('/wire/z', '/lamp/1', '/lamp/2')] });
        await store.commit({ create: [wire('/wire/a', '/lamp/1', '/lamp/2'), wire('/wire/m', '/lamp/2', '/lamp/1')] });
        const views = await collect(store.views({ kind: lampKind }));
        expect(views.map(({ links }) => links.map(({ location }) => location))).toEqual([
          ['/wire/z', '/wire/a'],
          ['/wire/m'],
        ]);
        expect(await store.view('/lamp/1')).toEqual(views[0]);
      });

      it('finds the links that start or end at a location, each once', async () => {
        const links = [wire('/wire/1', '/lamp/1', '/lamp/2'), wire('/wire/2', '/lamp/2', '/lamp/1')];
        await store.commit({
          create: [lamp('/lamp/1'), lamp('/lamp/2'), ...links, wire('/wire/3', '/lamp/1', '/lamp/1')],
        });
        const at = async (location: string) => (await store.linksAt(location)).map((link) => link.location);
        expect(await at('/lamp/1')).toEqual(['/wire/1', '/wire/2', '/wire/3']);
        expect(await at('/lamp/2')).toEqual(['/wire/1', '/wire/2']);
        expect(await at('/wire/1')).toEqual([]);
        // A link may end at any URL; that is no location.
        await store.commit({ create: [wire('/wire/4', '/lamp/2', 'http://elsewhere.example/lamp/1')] });
        expect(await at('http://elsewhere.example/lamp/1')).toEqual([]);
      });

      it('gives back any value there can be', async () => {
        const { value } = fc.letrec<{ value: Value }>((tie) => ({
          value: fc.oneof(
            { maxDepth: 3 },
            fc.string({ unit: 'binary' }),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.boolean(),
            fc.array(tie('value'), { maxLength: 3 }),
            fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
          ),
        }));
        let count = 0;
        await fc.assert(
          fc.asyncProperty(fc.dictionary(fc.string({ minLength: 1 }), value), async (attributes) => {
            const entity = lamp(`/lamp/${count++}`, { attributes });
            await store.commit({ create: [entity] });
            const kept = (await read(store, entity.location)).attributes;
            expect(JSON.stringify(kept)).toBe(JSON.stringify(entity.attributes));
          }),
          { numRuns: 50 },
        );
      });

      it('takes an attribute named __proto__ for an attribute', async () => {
        const attributes = JSON.parse('{ "__proto__": { "polluted": true } }') as Record<string, Value>;
        await store.commit({ create: [lamp('/lamp/1', { attributes })] });
        const kept = (await read(store, '/lamp/1')).attributes;
        expect(Object.getOwnPropertyDescriptor(kept, '__proto__')?.value).toEqual({ polluted: true });
        expect(kept).not.toHaveProperty('polluted');
      });
    });

    describe('a collection', () => {
      const many = 1_234;
      const [a, b] = [tag('a').id, tag('b').id];
      const location = (i: number) => `/lamp/${(i * 7_919) % many}`;
      const fill = () =>
        store.commit({ create: Array.from({ length: many }, (_, i) => lamp(location(i), { mixins: [a, b] })) });

      it('comes in the order of creation, in pages, as often as one asks [HTTP-6-a]', async () => {
        await fill();
        const expected = Array.from({ length: many }, (_, i) => location(i));
        const sizes: number[] = [];
        for await (const page of store.locations({})) sizes.push(page.length);
        expect(sizes.length).toBeGreaterThan(1);
        expect(Math.max(...sizes)).toBeLessThan(many);
        expect(await collect(store.locations({}))).toEqual(expected);
        expect((await collect(store.views({}))).map(({ entity }) => entity.location)).toEqual(expected);
      });

      it.each<Selection>([
        {},
        { kind: lampKind },
        { mixins: [a] },
        { mixins: [b, a], kind: lampKind },
        { under: '/lamp/' },
        { under: '/', kind: lampKind, mixins: [a] },
      ])('can be cut anywhere, also across pages, when it is of %j [HTTP-6-a]', async (selection) => {
        await fill();
        const cut = { ...selection, offset: 490, limit: 520 };
        const expected = Array.from({ length: 520 }, (_, i) => location(490 + i));
        expect(await collect(store.locations(cut))).toEqual(expected);
        expect((await collect(store.views(cut))).map(({ entity }) => entity.location)).toEqual(expected);
        expect(await collect(store.locations({ ...selection, offset: many - 1 }))).toEqual([location(many - 1)]);
        expect(await collect(store.locations({ ...selection, offset: many }))).toEqual([]);
        expect(await collect(store.locations({ ...selection, limit: 0 }))).toEqual([]);
      });

      it('shows each member that stays exactly once while others come and go', async () => {
        await fill();
        const seen: string[] = [];
        const removed = new Set<string>();
        for await (const page of store.views({ kind: lampKind })) {
          seen.push(...page.map(({ entity }) => entity.location));
          const gone = [page[0], page.at(-1)].flatMap((view) => (view === undefined ? [] : [view.entity]));
          for (const entity of gone) removed.add(entity.location);
          await store.commit({ remove: gone, create: [lamp(`/new/${seen.length}`)] });
        }
        const members = seen.filter((path) => path.startsWith('/lamp/'));
        expect(members).toHaveLength(many);
        expect(new Set(seen).size).toBe(seen.length);
        expect(removed.size).toBeGreaterThan(2);
      });

      it('has the members that meet all conditions at once', async () => {
        await store.commit({
          create: [
            lamp('/lamp/1', { mixins: [a] }),
            lamp('/lamp/2', { mixins: [a, b] }),
            lamp('/attic/3', { mixins: [b, a] }),
            wire('/wire/1', '/lamp/1', '/lamp/2', { mixins: [a, b] }),
            lamp('/lamp/4', { mixins: [b] }),
          ],
        });
        const select = (selection: Selection) => collect(store.locations(selection));
        expect(await select({ mixins: [a] })).toEqual(['/lamp/1', '/lamp/2', '/attic/3', '/wire/1']);
        expect(await select({ mixins: [a, b] })).toEqual(['/lamp/2', '/attic/3', '/wire/1']);
        expect(await select({ mixins: [b, a], kind: lampKind })).toEqual(['/lamp/2', '/attic/3']);
        expect(await select({ mixins: [b], kind: lampKind, under: '/lamp/' })).toEqual(['/lamp/2', '/lamp/4']);
        expect(await select({ kind: wireKind })).toEqual(['/wire/1']);
        expect(await select({ mixins: [] })).toHaveLength(5);
        expect(await select({ mixins: ['http://example.org/tag#none'] })).toEqual([]);
      });

      it('has whoever joined or left since it was read last', async () => {
        const select = (selection: Selection) => collect(store.locations(selection));
        const all = () =>
          Promise.all([select({ mixins: [a] }), select({ kind: lampKind }), select({ under: '/lamp/' })]);
        await store.commit({ create: [lamp('/lamp/1'), lamp('/lamp/2', { mixins: [a] })] });
        const [one, two] = ['/lamp/1', '/lamp/2'];
        expect(await all()).toEqual([[two], [one, two], [one, two]]);
        await store.commit({ update: [{ ...(await read(store, one)), mixins: [a] }] });
        expect(await all()).toEqual([
          [one, two],
          [one, two],
          [one, two],
        ]);
        await store.commit({ update: [{ ...(await read(store, two)), mixins: [b] }], create: [lamp('/lamp/3')] });
        expect(await all()).toEqual([[one], [one, two, '/lamp/3'], [one, two, '/lamp/3']]);
        await store.commit({ remove: [await read(store, one)] });
        expect(await all()).toEqual([[], [two, '/lamp/3'], [two, '/lamp/3']]);
      });

      it('below a path compares paths byte by byte', async () => {
        const below = ['/a_b/1', '/a_b/x/2', '/a_b/ÿ'];
        const beside = ['/a_b', '/axb/1', '/a_b0', '/a_b.1', '/A_B/1', '/a%/1', '/a%25/1'];
        await store.commit({ create: [...beside, ...below].map((path) => lamp(path)) });
        expect(await collect(store.locations({ under: '/a_b/' }))).toEqual(below);
        expect(await collect(store.locations({ under: '/a%/' }))).toEqual(['/a%/1']);
        expect(await collect(store.locations({ under: '/' }))).toHaveLength(below.length + beside.length);
      });
    });

    describe('a change set', () => {
      it('is applied not at all when a part of it meets a conflict [H11-3.6.4-a]', async () => {
        await store.commit({ create: [lamp('/lamp/1')], addMixins: [tag('old')] });
        const before = await contents(store);
        const changes: ChangeSet = {
          create: [lamp('/lamp/2', { mixins: ['http://example.org/tag#a'] }), wire('/wire/1', '/lamp/1', '/lamp/2')],
          update: [{ ...(await read(store, '/lamp/1')), mixins: ['http://example.org/tag#a'] }],
          addMixins: [tag('new')],
          removeMixins: [tag('old').id],
          commands: [{ id: 'c1', backend: 'embedded', location: '/lamp/2', body: {} }],
        };
        await expect(store.commit({ ...changes, requireEntities: ['/lamp/none'] })).rejects.toThrow(Conflict);
        expect(await contents(store)).toEqual(before);
        expect(await collect(store.locations({ mixins: ['http://example.org/tag#a'] }))).toEqual([]);
        await store.commit(changes);
        expect(await collect(store.locations({ mixins: ['http://example.org/tag#a'] }))).toHaveLength(2);
      });

      it('gives everything in it one new revision, and each change set a higher one', async () => {
        const first = await store.commit({ create: [lamp('/lamp/1'), lamp('/lamp/2', { revision: 77 })] });
        expect((await collect(store.views({}))).map(({ entity }) => entity.revision)).toEqual([first, first]);
        const second = await store.commit({ update: [await read(store, '/lamp/1')], create: [lamp('/lamp/3')] });
        expect(second).toBeGreaterThan(first);
        expect((await collect(store.views({}))).map(({ entity }) => entity.revision)).toEqual([second, first, second]);
        const third = await store.commit({ remove: (await collect(store.views({}))).map(({ entity }) => entity) });
        expect(await store.commit({ create: [lamp('/lamp/1')] })).toBeGreaterThan(third);
      });

      it('gives the source of a link the new revision, too, as its rendering changes', async () => {
        await store.commit({ create: [lamp('/lamp/1'), lamp('/lamp/2'), lamp('/lamp/3')] });
        const revisions = async () => {
          const views = await collect(store.views({ kind: lampKind }));
          return views.map(({ entity }) => entity.revision);
        };
        const [, two, three] = await revisions();
        const made = await store.commit({ create: [wire('/wire/1', '/lamp/1', '/lamp/2')] });
        expect(await revisions()).toEqual([made, two, three]);
        const link = await read(store, '/wire/1');
        const attributes = { ...link.attributes, [core.source]: '/lamp/3' };
        const moved = await store.commit({ update: [{ ...link, attributes }] });
        expect(await revisions()).toEqual([moved, two, moved]);
        expect((await store.view('/lamp/1'))?.links).toEqual([]);
        expect((await store.view('/lamp/3'))?.links).toHaveLength(1);
        const removed = await store.commit({ remove: [await read(store, '/wire/1')] });
        expect(await revisions()).toEqual([moved, two, removed]);
      });

      it('may hold an entity and a link that starts at it', async () => {
        await store.commit({ create: [lamp('/lamp/1'), lamp('/lamp/2')] });
        const [one, two] = [await read(store, '/lamp/1'), await read(store, '/lamp/2')];
        const revision = await store.commit({ update: [one], create: [wire('/wire/1', '/lamp/1', '/lamp/2')] });
        expect((await read(store, '/lamp/1')).revision).toBe(revision);
        const ends = [await read(store, '/lamp/1'), two];
        await store.commit({ remove: [...ends, await read(store, '/wire/1')] });
        expect(await collect(store.locations({}))).toEqual([]);
      });

      it('meets a conflict when a location or an id is taken [CORE-5.4-a] [H11-3.4.4-e]', async () => {
        await store.commit({ create: [lamp('/lamp/1')] });
        const before = await contents(store);
        const sameId = { [core.id]: 'urn:lamp:/lamp/1' };
        expect(await outcome(store, { create: [lamp('/lamp/1', { attributes: { [core.id]: 'urn:x' } })] })).toBe(
          'conflict',
        );
        expect(await outcome(store, { create: [lamp('/lamp/2', { attributes: sameId })] })).toBe('conflict');
        expect(await outcome(store, { create: [lamp('/lamp/2'), lamp('/lamp/2')] })).toBe('conflict');
        expect(await contents(store)).toEqual(before);
      });

      it('takes what it removes for free', async () => {
        await store.commit({ create: [lamp('/lamp/1'), lamp('/lamp/2')] });
        await store.commit({ remove: [await read(store, '/lamp/1')], create: [lamp('/lamp/1')] });
        expect(await collect(store.locations({}))).toEqual(['/lamp/2', '/lamp/1']);
      });

      it('meets a conflict when an entity is not what it was based on', async () => {
        await store.commit({ create: [lamp('/lamp/1')] });
        const old = await read(store, '/lamp/1');
        await store.commit({ update: [{ ...old, mixins: ['http://example.org/tag#a'] }] });
        const before = await contents(store);
        expect(await outcome(store, { update: [old] })).toBe('conflict');
        expect(await outcome(store, { remove: [old] })).toBe('conflict');
        expect(await outcome(store, { update: [{ ...old, revision: old.revision + 5 }] })).toBe('conflict');
        expect(await outcome(store, { update: [lamp('/lamp/none')] })).toBe('conflict');
        expect(await outcome(store, { remove: [lamp('/lamp/none')] })).toBe('conflict');
        expect(await contents(store)).toEqual(before);
      });

      it('is refused alone when it cannot be kept, whatever is committed beside it', async () => {
        const body: Record<string, unknown> = {};
        body['self'] = body;
        const command = { id: 'c1', backend: 'embedded', location: '/lamp/1', body };
        const commits = [{ create: [lamp('/lamp/1')] }, { commands: [command] }, { create: [lamp('/lamp/2')] }];
        const results = await Promise.allSettled(commits.map((changes) => store.commit(changes)));
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect(results[1]).toHaveProperty('reason.message', expect.stringContaining('circular'));
        expect(await collect(store.locations({}))).toEqual(['/lamp/1', '/lamp/2']);
      });

      it('says what it conflicts with', async () => {
        await store.commit({ create: [lamp('/lamp/1')] });
        await expect(store.commit({ create: [lamp('/lamp/1')] })).rejects.toThrow('/lamp/1');
        await expect(store.commit({ requireMixins: ['http://example.org/tag#x'] })).rejects.toThrow('tag#x');
      });

      it('replaces the mixins of an entity', async () => {
        const [a, b, c] = ['http://example.org/tag#a', 'http://example.org/tag#b', 'http://example.org/tag#c'];
        await store.commit({ create: [lamp('/lamp/1', { mixins: [a, b] })] });
        await store.commit({ update: [{ ...(await read(store, '/lamp/1')), mixins: [c, b] }] });
        expect((await read(store, '/lamp/1')).mixins).toEqual([c, b]);
        expect(await collect(store.locations({ mixins: [a] }))).toEqual([]);
        expect(await collect(store.locations({ mixins: [b, c] }))).toEqual(['/lamp/1']);
      });

      it('never changes the kind or the id of an entity [CORE-5.4-a]', async () => {
        await store.commit({ create: [lamp('/lamp/1')] });
        const present = await read(store, '/lamp/1');
        await expect(store.commit({ update: [{ ...present, kind: wireKind }] })).rejects.toThrow('/lamp/1');
        const attributes = { ...present.attributes, [core.id]: 'urn:other' };
        await expect(store.commit({ update: [{ ...present, attributes }] })).rejects.toThrow('/lamp/1');
        expect(await read(store, '/lamp/1')).toEqual(present);
      });

      it('takes no entity without an id [CORE-5.4-a]', async () => {
        await expect(store.commit({ create: [{ ...lamp('/lamp/1'), attributes: {} }] })).rejects.toThrow('/lamp/1');
        expect(await store.view('/lamp/1')).toBeUndefined();
      });

      it('removes nothing that links outside of it start or end at', async () => {
        await store.commit({ create: [lamp('/lamp/1'), lamp('/lamp/2'), wire('/wire/1', '/lamp/1', '/lamp/2')] });
        const [one, two, link] = await Promise.all(['/lamp/1', '/lamp/2', '/wire/1'].map((path) => read(store, path)));
        if (one === undefined || two === undefined || link === undefined) throw new Error('not all there');
        expect(await outcome(store, { remove: [one] })).toBe('conflict');
        expect(await outcome(store, { remove: [two] })).toBe('conflict');
        expect(await outcome(store, { remove: [one, two] })).toBe('conflict');
        await store.commit({ remove: [two, link] });
        expect(await collect(store.locations({}))).toEqual(['/lamp/1']);
      });

      it('requires entities', async () => {
        await store.commit({ create: [lamp('/lamp/1')] });
        const link = wire('/wire/1', '/lamp/1', '/lamp/2');
        expect(await outcome(store, { create: [link], requireEntities: ['/lamp/1', '/lamp/2'] })).toBe('conflict');
        const together = { create: [link, lamp('/lamp/2')], requireEntities: ['/lamp/1', '/lamp/2'] };
        expect(await outcome(store, together)).not.toBe('conflict');
        const gone = { remove: [await read(store, '/wire/1')], requireEntities: ['/wire/1'] };
        expect(await outcome(store, gone)).toBe('conflict');
      });

      it('adds and removes mixins, and keeps their order [HTTP-4-a]', async () => {
        await store.commit({ addMixins: [tag('c'), tag('a')] });
        await store.commit({ addMixins: [tag('b')] });
        expect(await store.mixins(commonProject)).toStrictEqual([tag('c'), tag('a'), tag('b')]);
        await store.commit({ removeMixins: [tag('a').id] });
        expect(await store.mixins(commonProject)).toStrictEqual([tag('c'), tag('b')]);
        expect(await outcome(store, { removeMixins: [tag('a').id] })).toBe('conflict');
        expect(await outcome(store, { addMixins: [tag('b', '/other/')] })).toBe('conflict');
        expect(await outcome(store, { addMixins: [tag('d', tag('b').location)] })).toBe('conflict');
        expect(await store.mixins(commonProject)).toHaveLength(2);
      });

      it('counts up the version of the mixins when it changes them, and only then', async () => {
        const versions = [await store.mixinsVersion()];
        const commit = async (changes: ChangeSet) => {
          await outcome(store, changes);
          versions.push(await store.mixinsVersion());
        };
        await commit({ addMixins: [tag('a'), tag('b')] });
        await commit({ create: [lamp('/lamp/1', { mixins: [tag('a').id] })], requireMixins: [tag('a').id] });
        await commit({ addMixins: [tag('c')], removeMixins: [tag('a').id] });
        await commit({ removeMixins: [tag('b').id] });
        const [start = Number.NaN, added = Number.NaN, used, refused, removed] = versions;
        expect(added).toBeGreaterThan(start);
        expect([used, refused]).toEqual([added, added]);
        expect(removed).toBeGreaterThan(added);
      });

      it('removes no mixin that entities outside of it still have', async () => {
        const { id } = tag('cosy');
        await store.commit({
          addMixins: [tag('cosy')],
          create: [lamp('/lamp/1', { mixins: [id] }), lamp('/lamp/2', { mixins: [id] })],
        });
        const [one, two] = [await read(store, '/lamp/1'), await read(store, '/lamp/2')];
        expect(await outcome(store, { removeMixins: [id], update: [{ ...one, mixins: [] }] })).toBe('conflict');
        await store.commit({ removeMixins: [id], update: [{ ...one, mixins: [] }], remove: [two] });
        expect(await store.mixins(commonProject)).toEqual([]);
      });

      it('keeps what belongs to one project from another', async () => {
        const { id } = tag('cosy');
        const [home, theirs] = projects;
        await store.commit({ project: home, addMixins: [tag('cosy')] });
        await store.commit({ project: theirs, addMixins: [tag('cosy'), tag('old')] });
        expect(await store.mixins(home)).toStrictEqual([tag('cosy')]);
        expect(await store.mixins(theirs)).toStrictEqual([tag('cosy'), tag('old')]);
        const create = [
          lamp('/lamp/1', { mixins: [id] }),
          lamp('/lamp/2', { mixins: [id], project: theirs }),
          wire('/wire/1', '/lamp/2', '/lamp/2', { project: theirs }),
        ];
        await store.commit({ create });
        const listed = async (selection: Selection) => collect(store.locations(selection));
        expect(await listed({ project: home })).toEqual(['/lamp/1']);
        expect(await listed({ project: theirs })).toEqual(['/lamp/2', '/wire/1']);
        expect(await listed({ project: theirs, kind: lampKind })).toEqual(['/lamp/2']);
        expect(await listed({ project: theirs, under: '/lamp/' })).toEqual(['/lamp/2']);
        expect(await listed({ project: home, mixins: [id] })).toEqual(['/lamp/1']);
        expect(await listed({ mixins: [id] })).toEqual(['/lamp/1', '/lamp/2']);
        expect(await listed({ project: 'nobody' })).toEqual([]);
        expect(await outcome(store, { project: home, requireMixins: [tag('old').id] })).toBe('conflict');
        expect(await outcome(store, { project: home, removeMixins: [tag('old').id] })).toBe('conflict');
        const mine = await read(store, '/lamp/1');
        await store.commit({ project: home, removeMixins: [id], update: [{ ...mine, mixins: [] }] });
        expect(await store.mixins(theirs)).toHaveLength(2);
        expect(await read(store, '/lamp/2')).toMatchObject({ project: theirs, mixins: [id] });
      });

      it('lets no entity change its project', async () => {
        await store.commit({ create: [lamp('/lamp/1')] });
        const moved = { ...(await read(store, '/lamp/1')), project: 'neighbours' };
        await expect(store.commit({ update: [moved] })).rejects.toThrow('/lamp/1 is ');
        expect(await read(store, '/lamp/1')).toMatchObject({ project: commonProject });
      });

      it('requires mixins', async () => {
        const { id } = tag('cosy');
        const create = [lamp('/lamp/1', { mixins: [id] })];
        expect(await outcome(store, { create, requireMixins: [id] })).toBe('conflict');
        expect(await outcome(store, { create, requireMixins: [id], addMixins: [tag('cosy')] })).not.toBe('conflict');
      });

      it('wins once per revision among 64 that want to change one entity', async () => {
        await store.commit({ create: [lamp('/lamp/1')] });
        for (let round = 0; round < 5; round++) {
          const base = await read(store, '/lamp/1');
          const outcomes = await Promise.all(Array.from({ length: 64 }, () => outcome(store, { update: [base] })));
          const won = outcomes.filter((result) => result !== 'conflict');
          expect(won).toEqual([(await read(store, '/lamp/1')).revision]);
        }
      });

      it('loses no change of 64 writers that start over until they succeed', async () => {
        await store.commit({ create: [lamp('/lamp/1', { attributes: { count: 0 } })] });
        const increment = async (): Promise<number> => {
          const present = await read(store, '/lamp/1');
          const attributes = { ...present.attributes, count: Number(present.attributes['count']) + 1 };
          const result = await outcome(store, { update: [{ ...present, attributes }] });
          return typeof result === 'number' ? result : increment();
        };
        const revisions = await Promise.all(Array.from({ length: 64 }, increment));
        expect(new Set(revisions).size).toBe(64);
        expect((await read(store, '/lamp/1')).attributes['count']).toBe(64);
      });

      it('does what the reference does', { timeout: 60_000 }, async () => {
        const anySteps = fc.array(fc.record({ plan: anyPlan, settled: anySettled, isRead: fc.boolean() }), {
          minLength: 1,
          maxLength: 25,
        });
        await fc.assert(
          fc.asyncProperty(anySteps, fc.array(anySelection, { maxLength: 5 }), async (steps, selections) => {
            const tested = await open();
            try {
              const reference = new Reference();
              for (const { plan, settled, isRead } of steps) {
                const changes = resolvePlan(plan, (location) => reference.revisionOf(location));
                const result = await outcome(tested, changes);
                expect(reference.outcome(changes, typeof result === 'number' ? result : 0)).toBe(result);
                tested.settle(settled);
                reference.settle(settled);
                // What was read once may be remembered, and must not be remembered for too long.
                if (isRead) await expectSame(tested, reference, []);
              }
              await expectSame(tested, reference, selections);
            } finally {
              await tested.close();
            }
          }),
          { numRuns: 60 },
        );
      });
    });

    describe('what projects use', () => {
      const [home, theirs] = projects;
      const watts = (value: Value) => ({ attributes: { 'example.watts': value } });
      const limit = (what: string, most: number): Limit => ({ resource: `limit of ${what}`, counts: [what], most });

      it('is nothing at first', async () => {
        expect(await store.usage(home)).toEqual(new Map());
      });

      it('is the number of entities of a kind, the sum of each number, and the number of own mixins', async () => {
        await store.commit({
          create: [lamp('/lamp/1', watts(40)), lamp('/lamp/2', watts(2.5)), wire('/wire/1', '/lamp/1', '/lamp/2')],
          addMixins: [tag('a'), tag('b')],
        });
        await store.commit({ create: [lamp('/lamp/3', { ...watts(7), project: theirs })] });
        expect(await usage(store)).toEqual([
          { [lampKind]: 2, [wireKind]: 1, 'example.watts': 42.5, [ownMixins]: 2 },
          { [lampKind]: 1, 'example.watts': 7 },
        ]);
      });

      it('tells which projects have entities of a kind', async () => {
        expect(await store.projectsWith(lampKind)).toEqual([]);
        await store.commit({
          create: [lamp('/lamp/1'), lamp('/lamp/2'), wire('/wire/1', '/lamp/1', '/lamp/2')],
        });
        await store.commit({ create: [lamp('/lamp/3', { project: theirs })] });
        expect(new Set(await store.projectsWith(lampKind))).toEqual(new Set([home, theirs]));
        expect(await store.projectsWith(wireKind)).toEqual([home]);
        await store.commit({ remove: [await read(store, '/lamp/3')] });
        expect(await store.projectsWith(lampKind)).toEqual([home]);
      });

      it('follows updates, whoever makes them, and is given back with what is removed', async () => {
        await store.commit({ create: [lamp('/lamp/1', watts(40)), lamp('/lamp/2', { ...watts(1), project: theirs })] });
        const change = async (location: string, value: Value) => {
          const present = await read(store, location);
          await store.commit({
            update: [{ ...present, attributes: { ...present.attributes, 'example.watts': value } }],
          });
        };
        await change('/lamp/1', 60);
        // Events belong to no project; the entity tells.
        await change('/lamp/2', 3);
        expect(await usage(store)).toEqual([
          { [lampKind]: 1, 'example.watts': 60 },
          { [lampKind]: 1, 'example.watts': 3 },
        ]);
        await change('/lamp/1', 'many');
        await store.commit({ remove: [await read(store, '/lamp/2')] });
        expect(await usage(store)).toEqual([{ [lampKind]: 1 }, {}]);
      });

      it('is what entities are, not what who changes them takes them for', async () => {
        await store.commit({ create: [lamp('/lamp/1', watts(40)), lamp('/lamp/2', watts(2))] });
        const { revision } = await read(store, '/lamp/1');
        await store.commit({ remove: [lamp('/lamp/1', { revision, ...watts(5) })] });
        await store.commit({ remove: [lamp('/lamp/2', { revision })], create: [lamp('/lamp/2', watts(1))] });
        expect(await usage(store)).toEqual([{ [lampKind]: 1, 'example.watts': 1 }, {}]);
      });

      it('is exact: what is given back leaves nothing, however it was divided', async () => {
        const values = [0.1, 0.2, 0.7, 1.1, 8.2, 0.001, 1e300, 5e-324];
        await store.commit({ create: values.map((value, i) => lamp(`/lamp/${i}`, watts(value))) });
        for (const i of [6, 7, 3]) await store.commit({ remove: [await read(store, `/lamp/${i}`)] });
        expect((await store.usage(home)).get('example.watts')).toBe(9.201);
        await store.commit({ remove: (await collect(store.views({}))).map(({ entity }) => entity) });
        expect(await usage(store)).toEqual([{}, {}]);
      });

      it('counts what backends give to machines that do not say how large they shall be', async () => {
        const kind = 'http://schemas.ogf.org/occi/infrastructure#compute';
        await store.commit({ create: [lamp('/compute/1', { kind, attributes: { 'occi.compute.memory': 0.5 } })] });
        expect(await usage(store)).toEqual([
          { [kind]: 1, 'occi.compute.cores': 1, 'occi.compute.memory': 0.5, 'occi.compute.ephemeral_storage.size': 10 },
          {},
        ]);
      });

      it('counts what an entity claims while a change is under way, until it is over', async () => {
        const pending = { to: 'on', claims: { 'example.watts': 60 } };
        await store.commit({ create: [lamp('/lamp/1', { ...watts(40), pending }), lamp('/lamp/2', watts(1))] });
        expect((await store.usage(home)).get('example.watts')).toBe(61);
        const { pending: _, ...present } = await read(store, '/lamp/1');
        await store.commit({ update: [present] });
        expect((await store.usage(home)).get('example.watts')).toBe(41);
      });

      it('is not counted for what was refused', async () => {
        await store.commit({ create: [lamp('/lamp/1', watts(40))] });
        const before = await usage(store);
        const twice = { create: [lamp('/lamp/2', watts(1)), lamp('/lamp/1', watts(1))], addMixins: [tag('a')] };
        expect(await outcome(store, twice)).toBe('conflict');
        expect(await usage(store)).toEqual(before);
      });

      it('reaches a limit and does not go beyond: the change set is refused alone, and says by how much', async () => {
        const limits = [limit('example.watts', 50), limit(lampKind, 9)];
        await store.commit({ create: [lamp('/lamp/1', watts(40))], limits });
        const commits = [watts(10.5), watts(10), watts(0.001)].map((more, i) =>
          store.commit({ create: [lamp(`/lamp/2${i}`, more)], limits }),
        );
        const results = await Promise.allSettled(commits);
        expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
        const reasons = results.map((result) => (result.status === 'rejected' ? result.reason : undefined));
        expect(reasons[0]).toBeInstanceOf(LimitExceeded);
        expect(reasons[0]).not.toBeInstanceOf(Conflict);
        expect(reasons[0]).toMatchObject({
          excesses: [{ resource: 'limit of example.watts', most: 50, used: 40, asked: 10.5 }],
        });
        expect(reasons[2]).toMatchObject({ excesses: [{ used: 50, asked: 0.001 }] });
        expect(await usage(store)).toEqual([{ [lampKind]: 2, 'example.watts': 50 }, {}]);
      });

      it('may have a limit for several together; all that are exceeded are named', async () => {
        const limits = [
          { resource: 'things', counts: [lampKind, wireKind], most: 2 },
          limit('example.watts', 5),
          limit(ownMixins, 0),
        ];
        const create = [lamp('/lamp/1', watts(6)), wire('/wire/1', '/lamp/1', '/lamp/1')];
        const refused = store.commit({ create: [...create, lamp('/lamp/2')], addMixins: [tag('a')], limits });
        await expect(refused).rejects.toMatchObject({
          excesses: [
            { resource: 'things', most: 2, used: 0, asked: 3 },
            { resource: 'limit of example.watts', most: 5, used: 0, asked: 6 },
            { resource: `limit of ${ownMixins}`, most: 0, used: 0, asked: 1 },
          ],
        });
        expect(await contents(store)).toMatchObject({ views: [], mixins: [[], []], usage: [{}, {}] });
      });

      it('may be above a limit that was lowered, as long as nothing more of it is asked for', async () => {
        await store.commit({ create: [lamp('/lamp/1', watts(40)), lamp('/lamp/2', watts(10))] });
        const limits = [limit('example.watts', 5), limit(lampKind, 1)];
        const change = async (value: number) => {
          const present = await read(store, '/lamp/1');
          return outcome(store, {
            update: [{ ...present, attributes: { ...present.attributes, ...watts(value).attributes } }],
            limits,
          });
        };
        expect(await change(39)).toBeTypeOf('number');
        expect(await change(39.5)).toBe('over a limit');
        const instead = { remove: [await read(store, '/lamp/2')], create: [lamp('/lamp/3', watts(10))], limits };
        expect(await outcome(store, instead)).toBeTypeOf('number');
        expect(await outcome(store, { remove: [await read(store, '/lamp/3')], limits })).toBeTypeOf('number');
      });

      it('has limits of its own for each project', async () => {
        const lampIn = (project: string, path: string) => ({
          project,
          create: [lamp(path, { project })],
          limits: [limit(lampKind, 1)],
        });
        expect(await outcome(store, lampIn(home, '/lamp/1'))).toBeTypeOf('number');
        expect(await outcome(store, lampIn(theirs, '/lamp/2'))).toBeTypeOf('number');
        expect(await outcome(store, lampIn(home, '/lamp/3'))).toBe('over a limit');
      });

      it('is not more than the limit when 64 ask at once', async () => {
        const limits = [limit(lampKind, 10)];
        const outcomes = await Promise.all(
          Array.from({ length: 64 }, (_, i) => outcome(store, { create: [lamp(`/lamp/${i}`)], limits })),
        );
        expect(outcomes.filter((result) => typeof result === 'number')).toHaveLength(10);
        expect(await usage(store)).toEqual([{ [lampKind]: 10 }, {}]);
      });
    });

    describe('the outbox', () => {
      const command = (id: string, body: unknown = {}) => ({ id, backend: 'embedded', location: '/lamp/1', body });

      it('has commands from their commit until they are settled, oldest first', async () => {
        await store.commit({ commands: [command('z', { method: 'create', list: [1, null] }), command('a', null)] });
        await store.commit({ commands: [command('m', 'text')] });
        expect(await store.commands()).toStrictEqual([
          command('z', { method: 'create', list: [1, null] }),
          command('a', null),
          command('m', 'text'),
        ]);
        store.settle(['a']);
        expect((await store.commands()).map(({ id }) => id)).toEqual(['z', 'm']);
        await store.commit({ create: [lamp('/lamp/1')] });
        expect((await store.commands()).map(({ id }) => id)).toEqual(['z', 'm']);
        store.settle(['z', 'm', 'unknown']);
        expect(await store.commands()).toEqual([]);
      });

      it('takes an id once, and again when it is settled', async () => {
        await store.commit({ commands: [command('a')] });
        expect(await outcome(store, { commands: [command('a')] })).toBe('conflict');
        store.settle(['a']);
        await store.commit({ commands: [command('a', 'again')] });
        expect(await store.commands()).toEqual([command('a', 'again')]);
      });
    });

    describe('at its end', () => {
      it('is healthy until it is closed', async () => {
        await expect(store.health()).resolves.toBeUndefined();
        await store.close();
        await expect(store.health()).rejects.toThrow('closed');
      });

      it('still finishes what was asked for before', async () => {
        const commits = ['/lamp/1', '/lamp/2'].map((path) => store.commit({ create: [lamp(path)] }));
        await store.close();
        const [first, second] = await Promise.all(commits);
        expect(second).toBeGreaterThan(first ?? Number.NaN);
      });

      it('refuses everything afterwards, and closing it twice does no harm', async () => {
        await store.close();
        await expect(store.close()).resolves.toBeUndefined();
        await expect(store.commit({})).rejects.toThrow('the store is closed');
        await expect(store.view('/lamp/1')).rejects.toThrow('the store is closed');
        await expect(store.byId('urn:x')).rejects.toThrow('the store is closed');
        await expect(store.linksAt('/lamp/1')).rejects.toThrow('the store is closed');
        await expect(store.mixins(commonProject)).rejects.toThrow('the store is closed');
        await expect(store.mixinsVersion()).rejects.toThrow('the store is closed');
        await expect(store.usage(commonProject)).rejects.toThrow('the store is closed');
        await expect(store.commands()).rejects.toThrow('the store is closed');
        await expect(collect(store.locations({}))).rejects.toThrow('the store is closed');
        await expect(collect(store.views({}))).rejects.toThrow('the store is closed');
        expect(() => store.settle(['a'])).not.toThrow();
      });
    });
  });
}

/** Compares all that can be read, and the collections of some selections. */
export async function expectSame(store: Store, reference: Reference, selections: readonly Selection[]): Promise<void> {
  const views = reference.views({});
  expect(await contents(store)).toStrictEqual({
    views,
    mixins: projects.map((project) => reference.mixins(project)),
    usage: projects.map((project) => reference.usage(project)),
    commands: reference.commands(),
  });
  for (const view of views) {
    expect(await store.view(view.entity.location)).toStrictEqual(view);
    expect(await store.byId(idOf(view.entity))).toStrictEqual(view.entity);
    expect(await store.linksAt(view.entity.location)).toStrictEqual(reference.linksAt(view.entity.location));
  }
  for (const selection of selections) {
    const members = reference.views(selection);
    expect(await collect(store.views(selection))).toStrictEqual(members);
    expect(await collect(store.locations(selection))).toEqual(members.map(({ entity }) => entity.location));
  }
}
