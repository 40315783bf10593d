import { type Attributes, sameValue } from '../occi/attribute.ts';
import { core, type Entity, isLink } from '../occi/entity.ts';
import type { ChangeSet, Command } from '../store/store.ts';
import { beforeOf, carryOut, commandsFor } from './carry-out.ts';
import { birthOf, type Instance, runTimeMixins } from './instance.ts';
import type { Provider, Scope } from './provider.ts';

/** One entity before and after a change. */
export interface Change {
  readonly before: Entity;
  readonly after: Entity;
}

/** Writes changes of entities, with links that come with them, and tells the backends. */
export async function writeChanges(
  provider: Provider,
  scope: Scope,
  changes: readonly Change[],
  links: readonly Instance[] = [],
): Promise<void> {
  const { model } = provider.catalogue;
  const real = changes.filter(({ before, after }) => !same(before, after) || links.length > 0);
  if (real.length === 0) return;
  const commands: Command[] = [];
  for (const { before, after } of real) {
    commands.push(...commandsFor(provider, scope, { do: 'update', before, after, changed: difference(before, after) }));
  }
  for (const link of links) commands.push(...commandsFor(provider, scope, birthOf(link)));
  const update = real.map(({ after }) => after);
  const ends = [...update.filter(isLink).flatMap(localEnds), ...links.flatMap(({ entity }) => localEnds(entity))];
  const changeSet: ChangeSet = {
    create: links.map(({ entity }) => entity),
    update,
    requireEntities: ends,
    requireMixins: update.flatMap(({ mixins }) => runTimeMixins(model, mixins)),
    commands,
  };
  await carryOut(provider, scope, changeSet, beforeOf(real.map(({ before }) => before)));
}

/** The ends of a link that are entities of this provider. */
function localEnds(link: Entity): readonly string[] {
  return [core.source, core.target].map((name) => String(link.attributes[name])).filter((end) => end.startsWith('/'));
}

function same(before: Entity, after: Entity): boolean {
  return sameValue(before.attributes, after.attributes) && sameValue(before.mixins, after.mixins);
}

/** The attributes that have another value, with that value. */
function difference(before: Entity, after: Entity): Attributes {
  return Object.fromEntries(
    Object.entries(after.attributes).filter(([name, value]) => {
      const old = before.attributes[name];
      return old === undefined || !sameValue(old, value);
    }),
  );
}
