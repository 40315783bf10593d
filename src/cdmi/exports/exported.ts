import { core, type Entity, text } from '../../occi/entity.ts';
import { absolute } from '../../occi/name-space.ts';
import type { Container, Json, JsonObject } from '../object.ts';
import type { Session } from '../session.ts';
import { containerOf } from './storage.ts';

/** The storage that stands for a container, with the machines that are linked to it. */
export interface Linked {
  readonly storage: Entity;
  /** The locations of what links start at, each once. */
  readonly by: readonly string[];
}

/** Finds it; undefined where the container is not exported. */
export async function linkedTo(
  { store }: Pick<Session, 'store'>,
  { id, storage: location }: Container,
): Promise<Linked | undefined> {
  if (location === undefined) return undefined;
  const [view, links] = await Promise.all([store.view(location), store.linksAt(location)]);
  if (view === undefined || containerOf(view.entity) !== id) return undefined;
  const sources = links.filter((link) => text(link, core.target) === location).map((link) => text(link, core.source));
  return { storage: view.entity, by: [...new Set(sources.filter((source) => source !== undefined))] };
}

/**
 * The exports of a container as CDMI shows them (ISO/IEC 17826 §13.3): the container's ID, the machines that are linked
 * to it and whom else it is open to, and where OCCI has it. What is linked is not kept a second time, so both sides are
 * the same at any time.
 *
 * @param parts which of them are meant, as in `protocol=OCCI/iSCSI,user=…` (§13.2); all when there are none
 */
export async function exportsOf(
  session: Pick<Session, 'store' | 'space'>,
  container: Container,
  parts: readonly string[] = [],
): Promise<JsonObject> {
  const linked = await linkedTo(session, container);
  if (linked === undefined) return {};
  const { space } = session;
  const machines = linked.by.map((location) => absolute(space, location));
  const named = parts.flatMap((part) => part.split(',')).flatMap((one) => /^ *protocol=(.*)$/s.exec(one)?.[1] ?? []);
  const exports = Object.entries(container.exports).filter(([protocol]) => {
    return named.length === 0 || named.includes(protocol);
  });
  const shown = exports.map(([protocol, one]): [string, Json] => [
    protocol,
    {
      identifier: container.id,
      permissions: [...machines, ...othersIn(one)],
      storage: absolute(space, linked.storage.location),
    },
  ]);
  return { exports: Object.fromEntries(shown) };
}

/** What is kept of an export. @param others whom it is open to besides what is linked */
export function keptExport(others: readonly string[]): JsonObject {
  return { permissions: others };
}

function othersIn(kept: Json): readonly Json[] {
  const { permissions } = kept as { readonly permissions: readonly Json[] };
  return permissions;
}
