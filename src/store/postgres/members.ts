import type { Selection } from '../store.ts';

/** A part of a selection: `count` members after leaving out `offset` of those created after the one at `after`. */
export interface Page {
  readonly selection: Selection;
  readonly after: number;
  readonly offset: number;
  readonly count: number;
}

/** The statement for `seq` and `location` of the members, in order of creation. */
export function locationsOf(page: Page) {
  const values: unknown[] = [];
  return { text: members(page, values), values };
}

/** The statement for the members, and for the links that start at them, which are no `member`. */
export function viewsOf(page: Page) {
  const values: unknown[] = [];
  const columns =
    'entity.seq, entity.location, entity.project, entity.kind, entity.revision, entity.document, entity.source';
  return {
    text: `
      WITH page AS (${members(page, values)})
      SELECT true AS member, ${columns} FROM page JOIN entity ON entity.seq = page.seq
      UNION ALL
      SELECT false AS member, ${columns} FROM page JOIN entity ON entity.source = page.location
      ORDER BY seq`,
    values,
  };
}

function members({ selection, after, offset, count }: Page, values: unknown[]): string {
  const { project, kind, mixins = [], under } = selection;
  const value = (item: unknown): string => `$${values.push(item)}`;
  const conditions = [`entity.seq > ${value(after)}`];
  if (project !== undefined) conditions.push(`entity.project = ${value(project)}`);
  if (kind !== undefined) conditions.push(`entity.kind = ${value(kind)}`);
  if (under !== undefined) {
    // All paths that begin with `/a/`, and nothing else, sort from `/a/` up to `/a0`, because `0` comes after `/`.
    conditions.push(`entity.location >= ${value(under)} AND entity.location < ${value(`${under.slice(0, -1)}0`)}`);
  }
  for (const mixin of mixins) {
    conditions.push(`EXISTS (
      SELECT FROM association
      WHERE association.project = entity.project
        AND association.mixin = ${value(mixin)} AND association.entity = entity.seq)`);
  }
  return `
    SELECT entity.seq, entity.location FROM entity WHERE ${conditions.join(' AND ')}
    ORDER BY entity.seq LIMIT ${value(count)} OFFSET ${value(offset)}`;
}
