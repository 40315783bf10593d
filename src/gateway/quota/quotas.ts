import type { Model } from '../../occi/model.ts';
import type { Limit, Usage } from '../../store/store.ts';
import { type Resource, resourceNamed, usualResources } from './resource.ts';

/** How much of what one may use, by the names of resources; infinite where there is no limit. */
export type Allowance = Readonly<Record<string, number>>;

/** What the operator has decided. */
export interface Allotment {
  /** For each project that is not named. */
  readonly default?: Allowance;
  /** What is different for a project. */
  readonly projects?: Readonly<Record<string, Allowance>>;
}

/** How a project stands with a resource. */
export interface Standing extends Pick<Resource, 'name' | 'unit'> {
  readonly used: number;
  /** Undefined where there is none. */
  readonly limit: number | undefined;
}

/** What is wrong with an allotment: one line for each mistake. */
export class QuotaError extends Error {
  override readonly name = 'QuotaError';
  readonly mistakes: readonly string[];
  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** How much each project may use. Without an allotment, as much as it likes. */
export class Quotas {
  /** By name. */
  readonly #resources: ReadonlyMap<string, Resource>;
  readonly #usual: readonly Limit[];
  readonly #projects: ReadonlyMap<string, readonly Limit[]>;

  /**
   * @param model what the provider defines; mixins that are added at run time make no difference
   * @param hasObjects whether projects have objects, so that they are shown how many
   * @throws QuotaError when it names what is not there
   */
  constructor(model: Model, { default: usual = {}, projects = {} }: Allotment = {}, hasObjects = false) {
    const named = namedIn(model, [usual, ...Object.values(projects)]);
    this.#resources = new Map([...usualResources(model, hasObjects), ...named.values()].map((one) => [one.name, one]));
    const limits = (...layers: readonly Allowance[]): readonly Limit[] => {
      const most = new Map<Resource | undefined, number>();
      for (const [name, amount] of layers.flatMap(Object.entries<number>)) most.set(named.get(name), amount);
      return [...most].flatMap(([resource, most]) => {
        if (resource === undefined || most === Number.POSITIVE_INFINITY) return [];
        return [{ resource: resource.name, counts: resource.counts, most }];
      });
    };
    this.#usual = limits(usual);
    this.#projects = new Map(Object.entries(projects).map(([project, own]) => [project, limits(usual, own)]));
  }

  /** The projects for which something else holds than for the others. */
  get named(): readonly string[] {
    return [...this.#projects.keys()];
  }

  /** What a project may use at most. */
  limitsOf(project: string): readonly Limit[] {
    return this.#projects.get(project) ?? this.#usual;
  }

  /** How a project stands with all that it may want to know about. */
  standings(project: string, usage: Usage): readonly Standing[] {
    const limits = new Map(this.limitsOf(project).map(({ resource, most }) => [resource, most]));
    return [...this.#resources.values()].map(({ name, counts, unit }) => ({
      name,
      used: counts.reduce((sum, what) => sum + (usage.get(what) ?? 0), 0),
      limit: limits.get(name),
      ...(unit === undefined ? {} : { unit }),
    }));
  }
}

/** The resources that are named, each once, by what they are called there. */
function namedIn(model: Model, all: readonly Allowance[]): ReadonlyMap<string, Resource> {
  const named = new Map<string, Resource>();
  const resources = new Map<string, Resource>();
  const mistakes = new Set<string>();
  for (const word of all.flatMap((amounts) => Object.keys(amounts))) {
    try {
      const resource = resourceNamed(model, word);
      const first = resources.get(resource.name) ?? resource;
      resources.set(resource.name, first);
      named.set(word, first);
    } catch (error) {
      mistakes.add((error as Error).message);
    }
  }
  if (mistakes.size > 0) throw new QuotaError([...mistakes]);
  return named;
}
