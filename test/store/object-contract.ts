import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commonProject } from '../../src/occi/entity.ts';
import { noteKind, ownKilobytes, ownObjects, rootOf } from '../../src/store/objects.ts';
import { projectStore } from '../../src/store/project-store.ts';
import { Conflict, type Store } from '../../src/store/store.ts';
import { anyObjectPlan, objectIds, resolveObjectPlan, valueKeys } from './object-plans.ts';
import { ObjectReference } from './object-reference.ts';
import { change, changeOutcome, names, node, readObject, top } from './object-samples.ts';
import { collect, lamp, lampKind, outcome, projects, usage } from './samples.ts';

const always = Number.MAX_SAFE_INTEGER;
const [home, theirs] = projects;

/**
 * What every store has to do about objects, whatever it keeps its data in.
 *
 * @param open opens a store with nothing in it; the suite closes it
 */
export function objectContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} as a store of objects`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    describe('reading', () => {
      it('shows an object with everything that was committed, by id and by name', async () => {
        const document = { text: 'é \u{1f600} "', list: [1, null, { deep: [true] }], nothing: '', zero: '\0' };
        const object = node('A', top, '', {
          size: 2 ** 40,
          values: ['z', 'a'],
          guardedUntil: 12.5,
          expires: always,
          hidden: true,
          domain: 'Z',
          document,
        });
        const revision = await change(store, { create: [{ ...object, revision: 77 }] });
        expect(await store.objects.object('A')).toStrictEqual({ ...object, revision });
        expect(await store.objects.member(top, '')).toStrictEqual({ ...object, revision });
      });

      it.each([null, 'text', 0, [], [{}]])('gives back %j as a document', async (document) => {
        await change(store, { create: [node('A', '', '', { document })] });
        expect(await readObject(store, 'A')).toStrictEqual(node('A', '', '', { document, revision: 1 }));
      });

      it('finds nothing where nothing is', async () => {
        await change(store, { create: [node('A', top), node('nowhere')] });
        const { objects } = store;
        expect(await objects.object('B')).toBeUndefined();
        expect(await objects.object('a')).toBeUndefined();
        expect(await objects.member('A', 'b')).toBeUndefined();
        expect(await objects.member('B', 'b')).toBeUndefined();
        expect(await objects.members('B', { offset: 0, limit: 9 })).toEqual([]);
        expect(await objects.countMembers('B')).toBe(0);
        expect(await objects.membersAfter('B', undefined, 9)).toEqual([]);
        expect(await objects.guardIn('B', 0)).toBeUndefined();
        expect(await objects.ofDomain('B', 9)).toEqual([]);
        expect(await objects.domainLoad('B')).toEqual({ count: 0, size: 0 });
        expect(await collect(objects.all(theirs))).toEqual([]);
        expect(await objects.expired(always, 9)).toEqual([]);
        expect(await objects.unusedValues(9)).toEqual([]);
        expect(await objects.usedValues(['k'])).toEqual(new Set());
        // What has no name is in nothing, not even together.
        expect(await objects.member('', '')).toBeUndefined();
        expect(await objects.countMembers('')).toBe(0);
      });

      it('lists members in the order of their names by code points, without those that are hidden', async () => {
        const inOrder = ['', ' ', '%', '0', 'A', 'B', 'a', 'a b', 'ab', 'é', '\uff21', '\u{1f600}', '\u{1f600}a'];
        const create = inOrder.map((name, i) => node(`${i}`, 'A', name, { kind: i % 2 === 0 ? 'container' : 'queue' }));
        await change(store, {
          create: [node('A', top), ...create.toReversed(), node('hidden', 'A', 'Aa', { hidden: true })],
        });
        const members = create.map(({ id, name, kind }) => ({ id, name, kind }));
        const page = (offset: number, limit: number) => store.objects.members('A', { offset, limit });
        expect(await page(0, 100)).toStrictEqual(members);
        expect(await page(2, 3)).toStrictEqual(members.slice(2, 5));
        expect(await page(members.length - 1, 9)).toStrictEqual(members.slice(-1));
        expect(await page(members.length, 9)).toEqual([]);
        expect(await page(0, 0)).toEqual([]);
        expect(await store.objects.countMembers('A')).toBe(inOrder.length);
      });

      it('reads members as a whole after one, whether or not that is there, and hidden ones, too', async () => {
        await change(store, {
          create: [node('A', top), ...['b', 'd', 'c'].map((name) => node(name, 'A', name, { hidden: true }))],
        });
        const idsAfter = async (name: string | undefined, count = 9) =>
          (await store.objects.membersAfter('A', name, count)).map(({ id }) => id);
        expect(await idsAfter(undefined)).toEqual(['b', 'c', 'd']);
        expect(await idsAfter('')).toEqual(['b', 'c', 'd']);
        expect(await idsAfter('b')).toEqual(['c', 'd']);
        expect(await idsAfter('bb', 1)).toEqual(['c']);
        expect(await idsAfter('d')).toEqual([]);
        expect(await store.objects.membersAfter('A', 'c', 1)).toStrictEqual([await readObject(store, 'd')]);
        expect((await store.objects.membersAfter(top, undefined, 9)).map(({ id }) => id)).toEqual(['A']);
      });

      it('goes along a path in one look as far as it leads, and back up from an id', async () => {
        const deep = Array.from({ length: 300 }, (_, i) => node(`d${i}`, i === 0 ? 'C' : `d${i - 1}`, `${i}`));
        await change(store, {
          create: [
            node('A', top),
            node('B', 'A', 'b "\\'),
            node('C', 'B', 'é\u{1f600}', { hidden: true }),
            ...deep,
            node('N'),
          ],
        });
        const idsOn = async (parent: string, ...way: readonly string[]) =>
          (await store.objects.path(parent, way)).map(({ id }) => id);
        expect(await store.objects.path(top, ['', 'b "\\'])).toStrictEqual([
          await readObject(store, 'A'),
          await readObject(store, 'B'),
        ]);
        expect(await idsOn(top, '', 'b "\\', 'é\u{1f600}', 'none', '0')).toEqual(['A', 'B', 'C']);
        expect(await idsOn('B', 'é\u{1f600}', '0', '1')).toEqual(['C', 'd0', 'd1']);
        expect(await idsOn('C', ...deep.map(({ name }) => name))).toEqual(deep.map(({ id }) => id));
        for (const way of [[], ['B'], ['', ''], ['none']]) expect(await idsOn('A', ...way)).toEqual([]);
        expect(await idsOn('', '')).toEqual([]);
        expect(await idsOn('none', '')).toEqual([]);

        const lineage = async (id: string) => (await store.objects.lineage(id)).map((object) => object.id);
        expect(await store.objects.lineage('B')).toStrictEqual(await store.objects.path(top, ['', 'b "\\']));
        expect(await lineage('d299')).toEqual(['A', 'B', 'C', ...deep.map(({ id }) => id)]);
        expect(await lineage('A')).toEqual(['A']);
        expect(await lineage('N')).toEqual(['N']);
        expect(await lineage('none')).toEqual([]);
        expect(await lineage('')).toEqual([]);
      });

      it('walks through all objects of a project in pages, and nothing else', async () => {
        const ids = Array.from({ length: 1_100 }, (_, i) => `${i}`.padStart(4, '0'));
        await change(store, { create: [...ids.map((id) => node(id)), node('0500x', '', '', { project: theirs })] });
        const pages: number[] = [];
        for await (const page of store.objects.all(home)) pages.push(page.length);
        expect(pages.length).toBeGreaterThan(1);
        expect((await collect(store.objects.all(home))).map(({ id }) => id)).toEqual(ids);
      });
    });

    it('tells what belongs to a domain, wherever that is, and how much it is', async () => {
      const of = (domain: string) => store.objects.ofDomain(domain, 9).then((all) => all.map(({ id }) => id));
      await change(store, {
        create: [
          node('A', top),
          node('D', 'A', 'd'),
          node('C', 'A', 'c', { domain: 'D', size: 2 ** 40 }),
          node('B', 'C', 'b', { domain: 'D', size: 1 }),
          node('E', 'C', 'e', { domain: 'A', size: 5 }),
          node('F', 'C', 'f', { size: 7 }),
        ],
      });
      expect(await of('D')).toEqual(['B', 'C']);
      expect((await store.objects.ofDomain('D', 1)).map(({ id }) => id)).toEqual(['B']);
      expect(await store.objects.domainLoad('D')).toEqual({ count: 2, size: 2 ** 40 + 1 });
      const { domain: _, ...loose } = await readObject(store, 'B');
      await change(store, { update: [loose, { ...(await readObject(store, 'F')), domain: 'D' }] });
      expect(await of('D')).toEqual(['C', 'F']);
      expect(await store.objects.domainLoad('D')).toEqual({ count: 2, size: 2 ** 40 + 7 });
      await change(store, { remove: [await readObject(store, 'C')] });
      expect(await store.objects.domainLoad('D')).toEqual({ count: 0, size: 0 });
      expect(await of('A')).toEqual([]);
    });

    describe('a place', () => {
      it('is free, or it is a conflict; so is an id', async () => {
        await change(store, { create: [node('A', top), node('B', 'A', 'b'), node('C', 'A', 'c', { hidden: true })] });
        const create = (id: string, parent: string, name: string) =>
          changeOutcome(store, { create: [node(id, parent, name)] });
        expect(await create('X', 'A', 'b')).toBe('conflict');
        expect(await create('X', 'A', 'c')).toBe('conflict');
        expect(await create('B', 'A', 'x')).toBe('conflict');
        expect(await create('X', top, '')).toBe('conflict');
        expect(await create('X', 'none', 'x')).toBe('conflict');
        expect(await changeOutcome(store, { create: [node('X', 'A', 'x'), node('Y', 'A', 'x')] })).toBe('conflict');
        expect(await changeOutcome(store, { create: [node('X'), node('X')] })).toBe('conflict');
        expect(await create('X', 'B', 'b')).toBeTypeOf('number');
        expect(await create('Y', '', '')).toBeTypeOf('number');
        expect(await create('Z', '', '')).toBeTypeOf('number');
      });

      it('may be in what is created or moved there by the same changes, in whatever order', async () => {
        await change(store, { create: [node('C', 'B', 'c'), node('B', 'A', 'b'), node('A', top)] });
        const b = await readObject(store, 'B');
        await change(store, {
          update: [{ ...b, parent: 'N' }],
          create: [node('M', 'C', 'm'), node('N', 'A', 'b')],
        });
        expect(await names(store, 'A')).toEqual(['b']);
        expect((await store.objects.member('N', 'b'))?.id).toBe('B');
        expect((await store.objects.member('C', 'm'))?.id).toBe('M');
      });

      it('may be taken by what comes as another one leaves it', async () => {
        await change(store, {
          create: [node('A', top), node('B', 'A', 'b'), node('C', 'A', 'c'), node('D', 'B', 'd')],
        });
        const [b, c] = [await readObject(store, 'B'), await readObject(store, 'C')];
        await change(store, {
          update: [
            { ...b, name: 'c' },
            { ...c, name: 'b' },
          ],
        });
        expect((await store.objects.member('A', 'b'))?.id).toBe('C');
        expect((await store.objects.member('A', 'c'))?.id).toBe('B');
        await change(store, {
          update: [{ ...(await readObject(store, 'C')), name: 'x' }],
          create: [node('E', 'A', 'b')],
        });
        expect(await names(store, 'A')).toEqual(['b', 'c', 'x']);
        // To replace: what is moved there, and what was there.
        await change(store, {
          remove: [await readObject(store, 'B')],
          update: [{ ...(await readObject(store, 'E')), name: 'c' }],
        });
        expect(await names(store, 'A')).toEqual(['c', 'x']);
        expect(await store.objects.object('D')).toBeUndefined();
        const e = await readObject(store, 'E');
        await change(store, { remove: [e], create: [node('E', 'A', 'c', { kind: 'queue' })] });
        expect((await readObject(store, 'E')).kind).toBe('queue');
      });

      it('may be given up, and taken again', async () => {
        await change(store, { create: [node('A', top), node('B', 'A', 'b'), node('C', 'B', 'c')] });
        await change(store, { update: [{ ...(await readObject(store, 'B')), parent: '', name: '' }] });
        expect(await names(store, 'A')).toEqual([]);
        expect(await names(store, 'B')).toEqual(['c']);
        await change(store, { update: [{ ...(await readObject(store, 'B')), parent: 'A', name: 'again' }] });
        expect((await store.objects.member('A', 'again'))?.id).toBe('B');
      });

      it('is never below itself', async () => {
        await change(store, {
          create: [node('A', top), node('B', 'A', 'b'), node('C', 'B', 'c'), node('D', 'C', 'd')],
        });
        await change(store, { create: [node('X', 'A', 'x')] });
        const [b, d, x] = await Promise.all(['B', 'D', 'X'].map((id) => readObject(store, id)));
        if (b === undefined || d === undefined || x === undefined) throw new Error('unreachable');
        for (const parent of ['B', 'C', 'D']) {
          expect(await changeOutcome(store, { update: [{ ...b, parent }] })).toBe('conflict');
        }
        // Each by itself would do.
        const crosswise = [
          { ...b, parent: 'X' },
          { ...x, parent: 'C' },
        ];
        expect(await changeOutcome(store, { update: crosswise })).toBe('conflict');
        const through = { update: [{ ...b, parent: 'N' }], create: [node('N', 'D', 'n')] };
        expect(await changeOutcome(store, through)).toBe('conflict');
        expect(await changeOutcome(store, { create: [node('M', 'N', 'm'), node('N', 'M', 'n')] })).toBe('conflict');
        // Upside down.
        await change(store, {
          update: [
            { ...d, parent: 'A' },
            { ...b, parent: 'D' },
          ],
        });
        expect((await store.objects.member('D', 'b'))?.id).toBe('B');
      });

      it('is in something of the same project', async () => {
        await change(store, { create: [node('A', top), node('Z', rootOf(theirs), '', { project: theirs })] });
        expect(await changeOutcome(store, { create: [node('B', 'Z', 'b')] })).toBe('conflict');
        expect(await changeOutcome(store, { create: [node('B', rootOf('other'), '')] })).toBe('conflict');
        const update = [{ ...(await readObject(store, 'A')), parent: 'Z', name: 'a' }];
        expect(await changeOutcome(store, { update })).toBe('conflict');
      });
    });

    describe('changes', () => {
      it('give everything in them, entities too, one new revision; what is in a container leaves it as it is', async () => {
        const first = await change(store, { create: [node('A', top)] });
        const second = await store.commit({
          create: [lamp('/lamp/1')],
          objects: { create: [node('B', 'A', 'b'), node('C', 'A', 'c')], now: 0 },
        });
        expect((await store.view('/lamp/1'))?.entity.revision).toBe(second);
        expect(await Promise.all(['A', 'B', 'C'].map(async (id) => (await readObject(store, id)).revision))).toEqual([
          first,
          second,
          second,
        ]);
        const third = await change(store, { update: [{ ...(await readObject(store, 'B')), document: 1 }] });
        expect(await readObject(store, 'B')).toMatchObject({ revision: third, document: 1 });
      });

      it('are made wholly or not at all, together with what is said of entities', async () => {
        await store.commit({ create: [lamp('/lamp/1')], objects: { create: [node('A', top)], now: 0 } });
        const ok = { create: [node('B', 'A', 'b', { values: ['k'], size: 5 })], now: 0 };
        const bad = { create: [node('B', 'none', 'b')], now: 0 };
        expect(await outcome(store, { create: [lamp('/lamp/1')], objects: ok })).toBe('conflict');
        expect(await outcome(store, { create: [lamp('/lamp/2')], objects: bad })).toBe('conflict');
        expect(await store.view('/lamp/2')).toBeUndefined();
        expect(await store.objects.object('B')).toBeUndefined();
        expect(await store.objects.usedValues(['k'])).toEqual(new Set());
        expect(await usage(store)).toEqual([{ [lampKind]: 1, [ownObjects]: 1 }, {}]);
        await store.commit({ create: [lamp('/lamp/2')], objects: ok });
        expect(await readObject(store, 'B')).toMatchObject({ parent: 'A' });
      });

      it('meet a conflict when what they are based on has changed or is gone', async () => {
        const old = await change(store, { create: [node('A', top), node('B', 'A', 'b')] });
        await change(store, { update: [node('B', 'A', 'b', { revision: old })] });
        const b = { id: 'B', revision: old };
        const more = { create: [node('C', 'A', 'c')] };
        expect(await changeOutcome(store, { ...more, remove: [b] })).toBe('conflict');
        expect(await changeOutcome(store, { ...more, expect: [b] })).toBe('conflict');
        expect(await changeOutcome(store, { ...more, update: [node('B', 'A', 'b', b)] })).toBe('conflict');
        expect(await changeOutcome(store, { ...more, expect: [{ id: 'X', revision: 1 }] })).toBe('conflict');
        expect(await changeOutcome(store, { ...more, remove: [{ id: 'X', revision: 1 }] })).toBe('conflict');
        expect(await changeOutcome(store, { ...more, update: [node('X', 'A', 'x', { revision: 1 })] })).toBe(
          'conflict',
        );
        expect(await store.objects.object('C')).toBeUndefined();
        const present = await readObject(store, 'B');
        expect(await changeOutcome(store, { update: [present, present] })).toBe('conflict');
        expect(await changeOutcome(store, { ...more, expect: [present], update: [present] })).toBeTypeOf('number');
      });

      it('leave kind and project as they are', async () => {
        await change(store, { create: [node('A', top)] });
        const a = await readObject(store, 'A');
        for (const other of [{ kind: 'queue' }, { project: theirs, parent: rootOf(theirs) }]) {
          const refusal = await change(store, { update: [{ ...a, ...other }] }).catch((error: unknown) => error);
          expect(refusal).not.toBeInstanceOf(Conflict);
          expect(String(refusal)).toContain('A is a container of default for life');
        }
      });

      it('of two at once: one wins', async () => {
        await change(store, { create: [node('A', top)] });
        for (let round = 0; round < 10; round++) {
          const a = await readObject(store, 'A');
          const results = await Promise.all([
            ...[1, 2, 3].map((document) => changeOutcome(store, { update: [{ ...a, document }] })),
            ...[1, 2, 3].map((i) => changeOutcome(store, { create: [node(`${round}/${i}`, 'A', `${round}`)] })),
          ]);
          const won = results.map((result) => typeof result === 'number');
          expect(won.slice(0, 3).filter(Boolean)).toHaveLength(1);
          expect(won.slice(3).filter(Boolean)).toHaveLength(1);
          expect((await readObject(store, 'A')).document).toBe(won.indexOf(true) + 1);
        }
        expect(await store.objects.countMembers('A')).toBe(10);
      });

      it('refuse one of two moves that together would make a circle, when they are made at once', async () => {
        await change(store, { create: [node('A', top), node('B', 'A', 'b'), node('C', 'A', 'c')] });
        const [b, c] = [await readObject(store, 'B'), await readObject(store, 'C')];
        const results = await Promise.all([
          changeOutcome(store, { update: [{ ...b, parent: 'C' }] }),
          changeOutcome(store, { update: [{ ...c, parent: 'B' }] }),
        ]);
        expect(results.filter((result) => result === 'conflict')).toHaveLength(1);
      });
    });

    describe('removal', () => {
      beforeEach(async () => {
        await change(store, {
          create: [
            node('A', top),
            node('B', 'A', 'b', { values: ['kb'], size: 1 }),
            node('C', 'B', 'c', { values: ['kc', 'shared'], size: 20 }),
            node('D', 'C', 'd', { hidden: true, size: 300 }),
            node('E', 'A', 'e', { values: ['shared'], size: 4_000 }),
          ],
        });
      });

      it('takes all that is below along, however deep, and gives back what it used', async () => {
        expect((await usage(store))[0]).toEqual({ [ownObjects]: 5, [ownKilobytes]: 4.321 });
        await change(store, { remove: [await readObject(store, 'B')] });
        expect((await collect(store.objects.all(home))).map(({ id }) => id)).toEqual(['A', 'E']);
        expect((await usage(store))[0]).toEqual({ [ownObjects]: 2, [ownKilobytes]: 4 });
        expect(await store.objects.unusedValues(9)).toEqual(['kb', 'kc']);
        await change(store, { remove: [await readObject(store, 'A')] });
        expect(await usage(store)).toEqual([{}, {}]);
      });

      it('gives nothing back for what the gateway has noted down, which uses nothing', async () => {
        const note = node('N', 'B', 'n', { kind: noteKind });
        await change(store, { create: [note] });
        expect((await usage(store))[0]).toEqual({ [ownObjects]: 5, [ownKilobytes]: 4.321 });
        await change(store, { update: [{ ...(await readObject(store, 'N')), document: { says: 'more' } }] });
        await change(store, { remove: [await readObject(store, 'N')], create: [{ ...note, id: 'M' }] });
        expect((await usage(store))[0]).toEqual({ [ownObjects]: 5, [ownKilobytes]: 4.321 });
        await change(store, { remove: [await readObject(store, 'B')] });
        expect((await usage(store))[0]).toEqual({ [ownObjects]: 2, [ownKilobytes]: 4 });
      });

      it('of something and of what is in it is one', async () => {
        const [b, d] = [await readObject(store, 'B'), await readObject(store, 'D')];
        await change(store, { remove: [d, b] });
        expect((await usage(store))[0]).toEqual({ [ownObjects]: 2, [ownKilobytes]: 4 });
      });

      it('leaves nothing to be changed below, and no place to be in', async () => {
        const remove = [await readObject(store, 'B')];
        const [d, e] = [await readObject(store, 'D'), await readObject(store, 'E')];
        expect(await changeOutcome(store, { remove, update: [{ ...d, parent: 'A' }] })).toBe('conflict');
        expect(await changeOutcome(store, { remove, update: [{ ...e, parent: 'C' }] })).toBe('conflict');
        expect(await changeOutcome(store, { remove, create: [node('X', 'C', 'x')] })).toBe('conflict');
        // The names below are gone, too; a place of the same name is another one.
        await change(store, { remove, create: [node('B2', 'A', 'b'), node('C', 'B2', 'c')] });
        expect(await names(store, 'C')).toEqual([]);
      });

      it('waits until nothing in it is guarded', async () => {
        await change(store, { update: [{ ...(await readObject(store, 'D')), guardedUntil: 50 }] });
        const remove = [await readObject(store, 'B')];
        expect(await store.objects.guardIn('B', 49)).toStrictEqual(await readObject(store, 'D'));
        expect((await store.objects.guardIn('D', 0))?.id).toBe('D');
        expect(await store.objects.guardIn('B', 50)).toBeUndefined();
        expect(await store.objects.guardIn('E', 0)).toBeUndefined();
        expect(await changeOutcome(store, { remove, now: 49 })).toBe('conflict');
        expect(await store.objects.object('B')).toBeDefined();
        expect(await changeOutcome(store, { remove, now: 50 })).toBeTypeOf('number');
      });

      it('is so deep; what is hidden does not count', async () => {
        const isDeeper = (id: string, levels: number) => store.objects.isDeeper(id, levels);
        expect([await isDeeper('E', 0), await isDeeper('nothing', 0)]).toEqual([false, false]);
        await change(store, { create: [node('F', 'E', 'f'), node('G', 'F', 'g'), node('H', 'E', 'h')] });
        expect([await isDeeper('E', 0), await isDeeper('E', 1), await isDeeper('E', 2)]).toEqual([true, true, false]);
        await change(store, { create: [node('I', 'G', 'i', { hidden: true }), node('J', 'I', 'j')] });
        expect(await isDeeper('E', 2)).toBe(false);
      });

      it('can be guarded for ever; what is guarded can be changed', async () => {
        await change(store, { update: [{ ...(await readObject(store, 'C')), guardedUntil: always }] });
        await change(store, { update: [{ ...(await readObject(store, 'C')), document: 'changed' }] });
        const remove = [await readObject(store, 'A')];
        expect(await changeOutcome(store, { remove, now: 8.64e15 })).toBe('conflict');
        const { guardedUntil, ...free } = await readObject(store, 'C');
        expect(guardedUntil).toBe(always);
        await change(store, { update: [free] });
        expect(await changeOutcome(store, { remove })).toBeTypeOf('number');
      });

      it('is due for what has expired, the longest first, unless something in it is guarded', async () => {
        const alter = async (id: string, more: object) =>
          change(store, { update: [{ ...(await readObject(store, id)), ...more }] });
        await alter('B', { expires: 20 });
        await alter('E', { expires: 10 });
        await alter('C', { expires: 30 });
        await alter('D', { guardedUntil: 25 });
        await change(store, { create: [node('Z', '', '', { project: theirs, expires: 5, guardedUntil: 40 })] });
        const expired = async (now: number, count = 9) => (await store.objects.expired(now, count)).map(({ id }) => id);
        expect(await expired(9)).toEqual([]);
        expect(await expired(10)).toEqual(['E']);
        expect(await expired(24)).toEqual(['E']);
        expect(await expired(25)).toEqual(['E', 'B']);
        expect(await expired(40)).toEqual(['Z', 'E', 'B', 'C']);
        expect(await expired(40, 2)).toEqual(['Z', 'E']);
        expect(await store.objects.expired(10, 9)).toStrictEqual([await readObject(store, 'E')]);
      });

      it('of a thousand levels is one step', async () => {
        const deep = Array.from({ length: 2_000 }, (_, i) => node(`deep${i}`, i === 0 ? 'E' : `deep${i - 1}`, 'd'));
        await change(store, { create: deep });
        const last = await readObject(store, 'deep1999');
        const first = await readObject(store, 'deep0');
        expect(await changeOutcome(store, { update: [{ ...first, parent: last.id }] })).toBe('conflict');
        expect(await store.objects.isDeeper('E', 1_999)).toBe(true);
        expect(await store.objects.isDeeper('E', 2_000)).toBe(false);
        await change(store, { update: [{ ...last, guardedUntil: 9 }] });
        expect((await store.objects.guardIn('E', 0))?.id).toBe(last.id);
        await change(store, { remove: [await readObject(store, 'E')], now: 9 });
        expect((await usage(store))[0]?.[ownObjects]).toBe(4);
      });
    });

    describe('values', () => {
      it('are unused from when the last reference goes, until they are referred to again or forgotten', async () => {
        await change(store, {
          create: [node('A', '', '', { values: ['a', 'b'] }), node('B', '', '', { values: ['b', 'c'] })],
        });
        const { objects } = store;
        expect(await objects.usedValues(['a', 'b', 'x'])).toEqual(new Set(['a', 'b']));
        expect(await objects.unusedValues(9)).toEqual([]);
        await change(store, { update: [{ ...(await readObject(store, 'A')), values: ['d'] }] });
        expect(await objects.unusedValues(9)).toEqual(['a']);
        await change(store, { remove: [await readObject(store, 'B')] });
        expect(await objects.unusedValues(9)).toEqual(['a', 'b', 'c']);
        expect(await objects.unusedValues(2)).toHaveLength(2);
        expect(await objects.usedValues(['a', 'b', 'c', 'd'])).toEqual(new Set(['d']));
        await change(store, { create: [node('C', '', '', { values: ['b'] })] });
        expect(await objects.unusedValues(9)).toEqual(['a', 'c']);
        await change(store, { forget: ['a', 'd', 'x'] });
        expect(await objects.unusedValues(9)).toEqual(['c']);
        expect(await objects.usedValues(['d'])).toEqual(new Set(['d']));
      });

      it('go from one object to another within a change set without being unused', async () => {
        await change(store, { create: [node('A', '', '', { values: ['k'] }), node('B')] });
        const [a, b] = [await readObject(store, 'A'), await readObject(store, 'B')];
        await change(store, {
          update: [
            { ...a, values: [] },
            { ...b, values: ['k'] },
          ],
        });
        expect(await store.objects.unusedValues(9)).toEqual([]);
        await change(store, {
          remove: [await readObject(store, 'B')],
          create: [node('C', '', '', { values: ['k'] })],
        });
        expect(await store.objects.unusedValues(9)).toEqual([]);
        expect(await store.objects.usedValues(['k'])).toEqual(new Set(['k']));
      });

      it('are not unused because of what was refused', async () => {
        await change(store, { create: [node('A', '', '', { values: ['k'] })] });
        const a = await readObject(store, 'A');
        const refused = { update: [{ ...a, values: ['new'] }], expect: [{ id: 'X', revision: 1 }] };
        expect(await changeOutcome(store, refused)).toBe('conflict');
        expect(await store.objects.unusedValues(9)).toEqual([]);
        expect(await store.objects.usedValues(['k', 'new'])).toEqual(new Set(['k']));
      });
    });

    describe('what projects use', () => {
      it('is counted to the byte, whatever happens to objects, and kept within limits', async () => {
        const limits = [{ resource: 'space', counts: [ownKilobytes], most: 0.01 }];
        const create = (id: string, size: number) =>
          outcome(store, { objects: { create: [node(id, '', '', { size })], now: 0 }, limits });
        expect(await create('A', 11)).toBe('over a limit');
        expect(await create('A', 7)).toBeTypeOf('number');
        expect(await create('B', 4)).toBe('over a limit');
        expect(await create('B', 3)).toBeTypeOf('number');
        expect(await create('C', 0)).toBeTypeOf('number');
        const resize = async (id: string, size: number) =>
          outcome(store, { objects: { update: [{ ...(await readObject(store, id)), size }], now: 0 }, limits });
        expect(await resize('A', 8)).toBe('over a limit');
        expect(await resize('A', 0)).toBeTypeOf('number');
        expect(await resize('B', 10)).toBeTypeOf('number');
        expect(await usage(store)).toEqual([{ [ownObjects]: 3, [ownKilobytes]: 0.01 }, {}]);
      });

      it('is not more than the limit when 64 create at once, with entities beside', async () => {
        await change(store, { create: [node('A', top)] });
        const limits = [{ resource: 'objects', counts: [ownObjects], most: 11 }];
        const outcomes = await Promise.all(
          Array.from({ length: 64 }, (_, i) =>
            outcome(store, {
              create: [lamp(`/lamp/${i}`)],
              objects: { create: [node(`${i}`, 'A', `${i}`)], now: 0 },
              limits,
            }),
          ),
        );
        expect(outcomes.filter((result) => typeof result === 'number')).toHaveLength(10);
        expect(outcomes.filter((result) => result === 'over a limit')).toHaveLength(54);
        expect(await usage(store)).toEqual([{ [lampKind]: 10, [ownObjects]: 11 }, {}]);
        expect(await store.objects.countMembers('A')).toBe(10);
      });
    });

    it('shows a project its own objects, and those of others as if they were not there', async () => {
      await change(store, {
        create: [
          node('A', top),
          node('B', 'A', 'b', { guardedUntil: always, domain: 'A' }),
          node('Z', rootOf(theirs), '', { project: theirs, guardedUntil: always }),
          node('Y', 'Z', 'y', { project: theirs, domain: 'Z' }),
        ],
      });
      const seen = async (project: string, id: string, parent: string, name: string) => {
        const { objects } = projectStore(store, project);
        return {
          object: (await objects.object(id))?.id,
          member: (await objects.member(parent, name))?.id,
          path: (await objects.path(parent, [name])).map((object) => object.id),
          lineage: (await objects.lineage(id)).map((object) => object.id),
          members: (await objects.members(parent, { offset: 0, limit: 9 })).length,
          count: await objects.countMembers(parent),
          after: (await objects.membersAfter(parent, undefined, 9)).length,
          guard: (await objects.guardIn(parent, 0))?.project,
          domain: (await objects.ofDomain(parent, 9)).length,
          load: (await objects.domainLoad(parent)).count,
          all: (await collect(objects.all())).map((object) => object.id),
          isNew: await objects.isNew(id),
        };
      };
      const all = { members: 1, count: 1, after: 1, domain: 1, load: 1, isNew: false };
      expect(await seen(home, 'B', 'A', 'b')).toEqual({
        ...all,
        object: 'B',
        member: 'B',
        path: ['B'],
        lineage: ['A', 'B'],
        guard: home,
        all: ['A', 'B'],
      });
      expect(await seen(theirs, 'Y', 'Z', 'y')).toMatchObject({
        ...all,
        object: 'Y',
        member: 'Y',
        path: ['Y'],
        lineage: ['Z', 'Y'],
        all: ['Y', 'Z'],
      });
      const none = { path: [], lineage: [], members: 0, count: 0, after: 0, domain: 0, load: 0, isNew: false };
      expect(await seen(theirs, 'B', 'A', 'b')).toEqual({ ...none, all: ['Y', 'Z'] });
      expect(await seen(home, 'Z', rootOf(theirs), '')).toEqual({ ...none, all: ['A', 'B'] });
      const { objects } = projectStore(store, home);
      expect(await objects.countMembers(top)).toBe(1);
      expect(await objects.isNew('X')).toBe(true);
    });

    it('does what the reference does', { timeout: 180_000 }, async () => {
      const anyRounds = fc.array(fc.array(anyObjectPlan, { minLength: 1, maxLength: 4 }), {
        minLength: 1,
        maxLength: 12,
      });
      await fc.assert(
        fc.asyncProperty(anyRounds, async (rounds) => {
          await clear(store);
          await followReference([store], rounds);
        }),
        { numRuns: 100 },
      );
    });

    it('refuses to read once it is closed', async () => {
      const { objects } = store;
      await store.close();
      const closed = 'the store is closed';
      await expect(objects.object('A')).rejects.toThrow(closed);
      await expect(objects.members('A', { offset: 0, limit: 1 })).rejects.toThrow(closed);
      await expect(collect(objects.all(home))).rejects.toThrow(closed);
      await expect(objects.unusedValues(1)).rejects.toThrow(closed);
    });
  });
}

/** Removes all objects, and forgets all values. */
export async function clear(store: Store): Promise<void> {
  const all = await Promise.all(projects.map((project) => collect(store.objects.all(project))));
  await change(store, { remove: all.flat(), now: always });
  await change(store, { forget: await store.objects.unusedValues(1_000) });
}

/**
 * Commits rounds of changes, those of a round at once and each through another of some stores on the same record, and
 * compares what becomes of it with the reference.
 */
export async function followReference(
  stores: readonly Store[],
  rounds: readonly (readonly Parameters<typeof resolveObjectPlan>[0][])[],
): Promise<void> {
  const reference = new ObjectReference();
  const some = [node('A', top), node('B', 'A', 'a'), node('C', 'B', 'a', { values: ['k1'] })];
  const rootOfTheirs = node('z1', rootOf(theirs), '', { project: theirs });
  const begin = { project: commonProject, objects: { create: [...some, rootOfTheirs], now: 0 } };
  reference.outcome(begin, await (stores[0] as Store).commit(begin));
  for (const round of rounds) {
    const attempts = round.map(async (plan, i) => {
      const changes = resolveObjectPlan(plan, reference);
      return { changes, result: await outcome(stores[i % stores.length] as Store, changes) };
    });
    const results = await Promise.all(attempts);
    const order = ({ result }: { result: unknown }) => (typeof result === 'number' ? result : 0);
    const succeeded = results.filter((one) => order(one) > 0).sort((a, b) => order(a) - order(b));
    // Why something was refused depends on which others were before it; alone there is no doubt.
    for (const { changes, result } of results.length === 1 ? results : succeeded) {
      expect(reference.outcome(changes, order({ result }))).toBe(result);
    }
    await expectSameObjects(stores[round.length % stores.length] as Store, reference);
  }
}

async function expectSameObjects(store: Store, reference: ObjectReference): Promise<void> {
  const { objects } = store;
  for (const project of projects) {
    expect(await collect(objects.all(project))).toStrictEqual(reference.ofProject(project));
    expect(new Map([...(await store.usage(project))].sort())).toEqual(new Map([...reference.usage(project)].sort()));
  }
  for (const parent of [...objectIds, ...projects.map(rootOf)]) {
    const members = reference.members(parent);
    const shown = members.filter(({ hidden }) => hidden !== true).map(({ id, name, kind }) => ({ id, name, kind }));
    expect(await objects.members(parent, { offset: 0, limit: 99 })).toStrictEqual(shown);
    // From the end, too: where a page ended before a change tells nothing of where the next one begins.
    const offsets = [...shown.keys()];
    for (const offset of [...offsets.toReversed(), ...offsets, shown.length]) {
      expect(await objects.members(parent, { offset, limit: 1 })).toStrictEqual(shown.slice(offset, offset + 1));
    }
    expect(await objects.countMembers(parent)).toBe(shown.length);
    expect(await objects.membersAfter(parent, undefined, 99)).toStrictEqual(members);
    for (const member of members) expect(await objects.member(parent, member.name)).toStrictEqual(member);
  }
  for (const id of objectIds) {
    const guards = reference.guarded(id, 10);
    const guard = await objects.guardIn(id, 10);
    if (guards.length === 0) expect(guard).toBeUndefined();
    else expect(guards).toContainEqual(guard);
  }
  for (const now of [10, 20]) {
    const expired = (await objects.expired(now, 99)).map(({ id }) => id);
    expect(expired.sort()).toEqual(
      reference
        .expired(now)
        .map(({ id }) => id)
        .sort(),
    );
  }
  const unused = await objects.unusedValues(99);
  expect(unused).toEqual([...reference.unused].sort());
  const used = [...reference.objects.values()].flatMap(({ values }) => values);
  expect(await objects.usedValues(valueKeys)).toEqual(new Set(used));
}
