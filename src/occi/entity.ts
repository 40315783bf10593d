import type { Attributes, Value } from './attribute.ts';
import type { Pending } from './lifecycle.ts';

/**
 * An entity instance (GFD.221 §5.4.1), as plain data: this is what the store keeps.
 *
 * Resources and links have the same shape; a link's ends are its attributes `occi.core.source` and
 * `occi.core.target`. All core attributes are in `attributes` under their text names (GFD.229 §5.5.1).
 */
export interface Entity {
  /** Its path within the provider, without mount prefix; never ends in `/` (GFD.185 §3.4.4). */
  readonly location: string;
  /** The project it belongs to, which is all that sees it. */
  readonly project: string;
  /** The type identifier of its kind. */
  readonly kind: string;
  /** The type identifiers of its mixins, in the order of association. */
  readonly mixins: readonly string[];
  readonly attributes: Attributes;
  /** The store's counter at the last change of the entity or of a link that starts at it; 0 before the first. */
  readonly revision: number;
  /** A change of state that is under way. */
  readonly pending?: Pending;
  /** What the backend, or who keeps it instead, wants to remember about it, such as the host of a machine. Never shown. */
  readonly handle?: Readonly<Record<string, Value>>;
}

/** An entity together with the links that start at it: all that a rendering shows (GFD.185 §3.4.5). */
export interface EntityView {
  readonly entity: Entity;
  readonly links: readonly Entity[];
}

/** The project of everything where nobody is asked who he is. */
export const commonProject = 'default';

/** The text names of the core attributes (GFD.229 §5.5.1). */
export const core = {
  id: 'occi.core.id',
  title: 'occi.core.title',
  summary: 'occi.core.summary',
  source: 'occi.core.source',
  sourceKind: 'occi.core.source.kind',
  target: 'occi.core.target',
  targetKind: 'occi.core.target.kind',
} as const;

/** A string attribute of an entity; undefined when it has none of that name or it is no string. */
export function text(entity: Entity, name: string): string | undefined {
  const value = entity.attributes[name];
  return typeof value === 'string' ? value : undefined;
}

/** The id of an entity, `urn:uuid:…` (GFD.221 §5.4). */
export function idOf(entity: Entity): string {
  return text(entity, core.id) ?? '';
}

/** Whether it is a link: it has a source (GFD.221 §5.4.3). */
export function isLink(entity: Entity): boolean {
  return Object.hasOwn(entity.attributes, core.source);
}

const uuidSyntax = /^(?:urn:uuid:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/** The UUID in an id, bare or as URN, in lower case; undefined for any other id. */
export function uuidOf(id: string): string | undefined {
  return uuidSyntax.exec(id)?.[1]?.toLowerCase();
}
