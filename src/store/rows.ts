import type { Attributes } from '../occi/attribute.ts';
import { type core, type Entity, text } from '../occi/entity.ts';
import type { Mixin } from '../occi/mixin.ts';
import { amountsColumn, amountsOf } from './amounts.ts';
import type { Command } from './store.ts';

/** The columns that an entity is made from. The others repeat parts of the document so that they can be searched. */
export interface EntityRow {
  readonly seq: number;
  readonly location: string;
  readonly project: string;
  readonly kind: string;
  readonly revision: number;
  readonly document: string;
}

export interface MixinRow {
  readonly id: string;
  readonly document: string;
}

export interface CommandRow {
  readonly id: string;
  readonly backend: string;
  readonly location: string;
  readonly body: string;
}

/** What stands in the column `document`: all of an entity that no other column has. */
export function documentOf({ mixins, attributes, pending, handle }: Entity): string {
  return JSON.stringify({ mixins, attributes, pending, handle });
}

/** What an entity takes whose document was written before that was counted. A damaged one is found when it is read. */
export function amountsInDocument(kind: string, document: string): string | null {
  try {
    const { attributes } = JSON.parse(document) as { readonly attributes?: unknown };
    return amountsColumn(amountsOf({ kind, attributes: isObject(attributes) ? (attributes as Attributes) : {} }));
  } catch {
    return amountsColumn(amountsOf({ kind, attributes: {} }));
  }
}

/** An end of a link where it is an entity of this provider: those are written as paths. */
export function localEnd(entity: Entity, end: typeof core.source | typeof core.target): string | null {
  const location = text(entity, end);
  return location?.startsWith('/') ? location : null;
}

/**
 * The entity in a row.
 *
 * @throws Error naming the row when it is damaged
 */
export function entityFrom({ seq, location, project, kind, revision, document }: EntityRow): Entity {
  const row = `entity ${seq} (${location})`;
  const { mixins, attributes, pending, handle } = parseObject(row, document);
  if (!isStrings(mixins)) throw damaged(row, 'its mixins are no list of type identifiers');
  if (!isObject(attributes)) throw damaged(row, 'it has no attributes');
  if (pending !== undefined && !isObject(pending)) throw damaged(row, 'its pending change is no object');
  if (handle !== undefined && !isObject(handle)) throw damaged(row, 'its handle is no object');
  const entity = { location, project, kind, mixins, attributes, revision } as Entity;
  if (pending === undefined && handle === undefined) return entity;
  return { ...entity, ...(pending && { pending }), ...(handle && { handle }) } as Entity;
}

/**
 * The mixin in a row.
 *
 * @throws Error naming the row when it is damaged
 */
export function mixinFrom({ id, document }: MixinRow): Mixin {
  const mixin = parseObject(`mixin ${id}`, document);
  if (mixin['class'] !== 'mixin' || mixin['id'] !== id || typeof mixin['location'] !== 'string') {
    throw damaged(`mixin ${id}`, 'it holds something else');
  }
  return mixin as unknown as Mixin;
}

/**
 * The command in a row.
 *
 * @throws Error naming the row when it is damaged
 */
export function commandFrom({ id, backend, location, body }: CommandRow): Command {
  return { id, backend, location, body: parse(`command ${id}`, body) };
}

function parseObject(row: string, json: string): Readonly<Record<string, unknown>> {
  const value = parse(row, json);
  if (!isObject(value)) throw damaged(row, 'it holds no object');
  return value;
}

/**
 * What a column with JSON holds.
 *
 * @throws Error naming the row when it is damaged
 */
export function parse(row: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw damaged(row, (error as Error).message, error);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether something is a list of texts. */
export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The error for a row that holds what cannot be. */
export function damaged(row: string, problem: string, cause?: unknown): Error {
  return new Error(`the stored ${row} is damaged: ${problem}; restore the database from a backup`, { cause });
}
