import { commonProject, core, type Entity, type EntityView, idOf, text } from '../../src/occi/entity.ts';
import type { Mixin } from '../../src/occi/mixin.ts';
import { ownMixins } from '../../src/store/amounts.ts';
import { type ChangeSet, type Command, Conflict, LimitExceeded, type Selection } from '../../src/store/store.ts';
import type { Refused } from './samples.ts';

interface State {
  /** By location, in order of creation. */
  readonly entities: Map<string, Entity>;
  readonly mixins: Map<string, { readonly project: string; readonly mixin: Mixin }>;
  readonly commands: Map<string, Command>;
}

/** What a store has to do, said in the plainest way: maps, copied as a whole before every change. */
export class Reference {
  #state: State = { entities: new Map(), mixins: new Map(), commands: new Map() };

  /** The revision of what is at a location; 0 where there is nothing. */
  revisionOf(location: string): number {
    return this.#state.entities.get(location)?.revision ?? 0;
  }

  views(selection: Selection): readonly EntityView[] {
    const all = [...this.#state.entities.values()];
    const { project, kind, mixins = [], under, offset = 0, limit = all.length } = selection;
    return all
      .filter((entity) => project === undefined || entity.project === project)
      .filter((entity) => kind === undefined || entity.kind === kind)
      .filter((entity) => mixins.every((mixin) => entity.mixins.includes(mixin)))
      .filter((entity) => under === undefined || entity.location.startsWith(under))
      .slice(offset, offset + limit)
      .map((entity) => ({ entity, links: all.filter((link) => text(link, core.source) === entity.location) }));
  }

  linksAt(location: string): readonly Entity[] {
    return [...this.#state.entities.values()].filter((link) => touches(link, location));
  }

  mixins(project: string): readonly Mixin[] {
    return [...this.#state.mixins.values()].filter((one) => one.project === project).map(({ mixin }) => mixin);
  }

  usage(project: string): Readonly<Record<string, number>> {
    return Object.fromEntries([...usageIn(this.#state, project)].sort());
  }

  commands(): readonly Command[] {
    return [...this.#state.commands.values()];
  }

  settle(ids: readonly string[]): void {
    for (const id of ids) this.#state.commands.delete(id);
  }

  /** What a store makes of a change set when its next revision is the one given: that revision, or why it is refused. */
  outcome(changes: ChangeSet, revision: number): number | Refused {
    const { entities, mixins, commands } = this.#state;
    const next: State = {
      entities: new Map(entities),
      mixins: new Map(mixins),
      commands: new Map(commands),
    };
    try {
      change(next, changes, revision);
      check(next, changes);
      checkLimits(this.#state, next, changes);
    } catch (error) {
      if (error instanceof Conflict) return 'conflict';
      if (error instanceof LimitExceeded) return 'over a limit';
      throw error;
    }
    this.#state = next;
    return revision;
  }
}

function change({ entities, mixins, commands }: State, changes: ChangeSet, revision: number): void {
  const sources = new Set<string | undefined>();
  for (const { location, revision: base } of changes.remove ?? []) {
    const present = entities.get(location);
    if (present?.revision !== base) throw new Conflict();
    sources.add(text(present, core.source));
    entities.delete(location);
  }
  for (const entity of changes.update ?? []) {
    const present = entities.get(entity.location);
    if (present?.revision !== entity.revision) throw new Conflict();
    sources.add(text(present, core.source)).add(text(entity, core.source));
    entities.set(entity.location, { ...entity, revision });
  }
  for (const entity of changes.create ?? []) {
    const taken = [...entities.values()].some((other) => idOf(other) === idOf(entity));
    if (taken || entities.has(entity.location)) throw new Conflict();
    sources.add(text(entity, core.source));
    entities.set(entity.location, { ...entity, revision });
  }
  for (const [location, entity] of entities) {
    if (sources.has(location)) entities.set(location, { ...entity, revision });
  }
  const { project = commonProject } = changes;
  for (const id of changes.removeMixins ?? []) {
    if (!mixins.delete(`${project} ${id}`)) throw new Conflict();
  }
  for (const mixin of changes.addMixins ?? []) {
    const own = [...mixins.values()].filter((one) => one.project === project);
    if (own.some(({ mixin: { id, location } }) => id === mixin.id || location === mixin.location)) throw new Conflict();
    mixins.set(`${project} ${mixin.id}`, { project, mixin });
  }
  for (const command of changes.commands ?? []) {
    if (commands.has(command.id)) throw new Conflict();
    commands.set(command.id, command);
  }
}

function check({ entities, mixins }: State, changes: ChangeSet): void {
  const rest = [...entities.values()];
  if (changes.remove?.some(({ location }) => rest.some((link) => touches(link, location)))) throw new Conflict();
  const { project = commonProject } = changes;
  const own = rest.filter((entity) => entity.project === project);
  if (changes.removeMixins?.some((id) => own.some((entity) => entity.mixins.includes(id)))) throw new Conflict();
  if (changes.requireEntities?.some((location) => !entities.has(location))) throw new Conflict();
  if (changes.requireMixins?.some((id) => !mixins.has(`${project} ${id}`))) throw new Conflict();
}

function checkLimits(before: State, after: State, { project = commonProject, limits = [] }: ChangeSet): void {
  for (const { counts, most } of limits) {
    const amount = (state: State) => {
      const used = usageIn(state, project);
      return rounded(counts.reduce((sum, what) => sum + (used.get(what) ?? 0), 0));
    };
    if (amount(after) > Math.max(amount(before), most)) throw new LimitExceeded([]);
  }
}

function usageIn({ entities, mixins }: State, project: string): ReadonlyMap<string, number> {
  const usage = new Map<string, number>();
  const add = (what: string, amount: number) => usage.set(what, rounded((usage.get(what) ?? 0) + amount));
  for (const mixin of mixins.values()) if (mixin.project === project) add(ownMixins, 1);
  for (const entity of entities.values()) {
    if (entity.project !== project) continue;
    add(entity.kind, 1);
    for (const [name, value] of Object.entries(entity.attributes)) {
      if (typeof value === 'number' && value > 0) add(name, value);
    }
  }
  return usage;
}

function rounded(amount: number): number {
  return Math.round(amount * 1000) / 1000;
}

function touches(link: Entity, location: string): boolean {
  return text(link, core.source) === location || text(link, core.target) === location;
}
