import type { Attributes } from '../../occi/attribute.ts';
import { core } from '../../occi/entity.ts';
import type { Trial } from '../trial.ts';

/** What a resource of this run is made of. */
export interface Description {
  /** The type identifier of its kind. */
  readonly kind: string;
  /** What the server may insist on: the system of a machine, but no template of its size, which would win. */
  readonly mixins: readonly string[];
  /** Title and summary, and a number of its own where its kind has one. */
  readonly attributes: Attributes;
  /** The name of that number. */
  readonly number?: string;
}

/** Numbers that resources of the infrastructure have. */
const numbers = [
  ['storage', 'occi.storage.size'],
  ['compute', 'occi.compute.memory'],
] as const;

/** A resource with attributes of all types that are easily had. @throws NotApplicable */
export function description(trial: Trial, title = 'Conformance'): Description {
  const { catalogue, plainKind } = trial;
  const texts = { [core.title]: title, [core.summary]: 'Made by a run' };
  for (const [term, number] of numbers) {
    const kind = catalogue.find(term, 'kind');
    if (kind?.location !== undefined && catalogue.model.definitions(kind.id, []).has(number)) {
      const mixins = term === 'compute' ? catalogue.osTemplates.slice(0, 1).map(({ id }) => id) : [];
      return { kind: kind.id, mixins, attributes: { ...texts, [number]: 1.5 }, number };
    }
  }
  const own = [...catalogue.model.definitions(plainKind.id, []).values()];
  const number = own.find(({ type, mutable, pattern }) => type === 'number' && mutable && pattern === undefined)?.name;
  const attributes = number === undefined ? texts : { ...texts, [number]: 1 };
  return { kind: plainKind.id, mixins: [], attributes, ...(number === undefined ? {} : { number }) };
}

/** Makes such a resource. @returns it with its location. @throws NotApplicable, Inconclusive */
export async function describedResource(
  trial: Trial,
  title?: string,
): Promise<Description & { readonly location: string }> {
  const described = description(trial, title);
  const { kind, mixins, attributes } = described;
  return { ...described, location: await trial.make(kind, { mixins, attributes }) };
}
