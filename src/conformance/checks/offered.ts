import type { CategoryReference } from '../../occi/draft.ts';
import { Inconclusive } from '../check.ts';
import type { Trial } from '../trial.ts';

/** The categories as the query interface shows them in a dialect, in its order. @throws Inconclusive when it does not */
export async function offered(trial: Trial): Promise<readonly CategoryReference[]> {
  const reply = await trial.ask({ location: trial.queryInterface });
  if (reply.status !== 200) throw new Inconclusive(`the query interface answers ${reply.status}`);
  return reply.content.drafts.flatMap(({ categories }) => categories);
}

/** The type identifiers of categories. */
export function idsOf(categories: readonly CategoryReference[]): readonly string[] {
  return categories.map(({ id }) => id);
}

/** The names of the attributes that a category lists itself. */
export function attributeNames({ attributes }: CategoryReference): readonly string[] {
  return attributes.map(({ name }) => name);
}

/** The kinds from one up to the last that is listed. */
export function lineOf(kind: CategoryReference, kinds: readonly CategoryReference[]): readonly string[] {
  const line: string[] = [];
  for (let next: string | undefined = kind.id; next !== undefined && !line.includes(next); ) {
    const current: string = next;
    line.push(current);
    next = kinds.find(({ id }) => id === current)?.related[0];
  }
  return line;
}
