import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, Inconclusive, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { listed, naming, thing } from './thing.ts';
import { addedMixin } from './user-mixin.ts';

/**
 * A collection of three entities of this run, or where there are no mixins of clients that of a kind.
 *
 * @throws NotApplicable, Inconclusive
 */
async function shelf(trial: Trial) {
  const title = trial.unique('paged');
  const things = [await thing(trial, { attributes: { [core.title]: title } }), await thing(trial), await thing(trial)];
  const location = await tagged(trial, things).catch((error: unknown) => {
    if (error instanceof NotApplicable) return trial.plainKind.location;
    throw error;
  });
  const reply = await trial.ask({ location });
  if (!reply.isSuccess) throw new Inconclusive(`${reply.request} is answered with ${reply.status}`);
  const all = listed(trial, reply);
  if (all.length < things.length) throw new Inconclusive(`${location} lists ${all.length} of ${things.length} members`);
  return { location, title, all, number: Math.ceil(all.length / 2) };
}

async function tagged(trial: Trial, things: Parameters<typeof naming>[1]): Promise<string> {
  const { location } = await addedMixin(trial);
  const reply = await trial.ask({ method: 'POST', location, says: naming(trial, things) });
  if (!reply.isSuccess) throw new Inconclusive(`entities cannot be associated with a mixin: ${reply.status}`);
  return location;
}

/** What a page lists. @throws Unmet when it is none */
async function page(trial: Trial, location: string, query: string): Promise<readonly string[]> {
  const reply = await trial.ask({ location, query });
  trial.answered(reply, [200], 'it is a page of a collection');
  return listed(trial, reply);
}

/** Pages of collections (GFD.223 §6). */
export const pagingChecks: readonly Check[] = [
  {
    id: 'paging/pages',
    proves: ['HTTP-6-a'],
    title: 'The pages of a collection have together what the whole has, each member once',
    renderings: everyRendering,
    async run(trial) {
      const { location, all, number } = await shelf(trial);
      const first = await page(trial, location, `page=1&number=${number}`);
      trial.must(first.length <= number, `a page has at most ${number} members`, `${first.length}`);
      const second = await page(trial, location, `page=2&number=${number}`);
      let found = [...first, ...second];
      // The standard does not say whether the first page is that with the number 0 or 1.
      if (found.length < all.length) found = [...(await page(trial, location, `page=0&number=${number}`)), ...found];
      trial.must(new Set(found).size === found.length, 'no member is on two pages', found.join(', '));
      const missing = all.find((one) => !found.includes(one));
      trial.must(missing === undefined, 'each member of the collection is on a page', `${missing} is not`);
    },
  },
  {
    id: 'paging/too-large',
    proves: ['HTTP-6-b'],
    title: 'A page size that the server does not serve is answered with 413',
    renderings: everyRendering,
    async run(trial) {
      const { location } = trial.plainKind;
      const reply = await trial.ask({ location, query: 'page=1&number=1000000000' });
      trial.answered(reply, [200, 413], 'so large a page is served, or is refused as too large');
    },
  },
  {
    id: 'paging/behind',
    proves: ['HTTP-6-c'],
    title: 'A page behind the last one is answered with 200 and an empty collection',
    renderings: everyRendering,
    async run(trial) {
      const { location, number } = await shelf(trial);
      const first = await trial.ask({ location, query: `page=1&number=${number}` });
      const isIgnored = first.status !== 200 || listed(trial, first).length > number;
      if (isIgnored) throw new NotApplicable('the server has no pages, and need not have them');
      const reply = await trial.ask({ location, query: `page=1000&number=${number}` });
      trial.answered(reply, [200], 'there is nothing behind the last page');
      const names = listed(trial, reply);
      trial.must(names.length === 0, 'a page behind the last one lists nothing', names.join(', '));
    },
  },
  {
    id: 'paging/alone',
    proves: ['HTTP-6-X'],
    title: 'page and number work each without the other',
    async run(trial) {
      const { location, number } = await shelf(trial);
      const sized = await page(trial, location, `number=${number}`);
      trial.must(sized.length === number, `number alone gives ${number} members`, `${sized.length}`);
      const first = await page(trial, location, 'page=1');
      const isFound = first.length > 0 || (await page(trial, location, 'page=0')).length > 0;
      trial.must(isFound, 'page alone gives the members of the first page', 'nothing');
    },
  },
  {
    id: 'paging/numbers',
    proves: ['HTTP-6-X'],
    title: 'What is no positive whole number is refused',
    async run(trial) {
      const { location } = trial.plainKind;
      for (const query of ['page=-1&number=2', 'page=x&number=2', 'page=1&number=0', 'page=1&number=1.5']) {
        const reply = await trial.ask({ location, query });
        trial.must(reply.isRefused, `${query} is refused`, `${reply.status}`);
      }
    },
  },
  {
    id: 'paging/after-filter',
    proves: ['HTTP-6-X'],
    title: 'Pages are cut from what a filter has left',
    async run(trial) {
      const { location, title } = await shelf(trial);
      const fields = [
        ['Content-Type', 'text/occi'],
        ['X-OCCI-Attribute', `${core.title}="${title}"`],
      ] as const;
      const whole = await trial.ask({ location, fields });
      if (listed(trial, whole).length !== 1) throw new NotApplicable('the server takes no filters, and need not');
      const cut = async (page: number) => {
        return listed(trial, await trial.ask({ location, fields, query: `page=${page}&number=1` })).length;
      };
      // The standard does not say whether the first page is that with the number 0 or 1.
      const first = (await cut(1)) === 1 ? 1 : 0;
      trial.must(first === 1 || (await cut(0)) === 1, 'what the filter leaves is on the first page', 'it is not');
      trial.must((await cut(first + 1)) === 0, 'nothing is left for a second page', 'it has members');
    },
  },
];
