import { core } from '../../occi/entity.ts';
import { type Check, everyRendering, NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { machine } from './machine.ts';
import { infrastructure, type StandardType, standardTypes } from './standard-types.ts';

/** Makes an instance of a type; of a link with its ends. @throws NotApplicable when the server lacks a kind for that */
export async function instanceOf(trial: Trial, { term }: Pick<StandardType, 'term'>): Promise<string> {
  const { id } = typeKind(trial, term);
  if (term === 'compute') return machine(trial);
  if (term === 'network' || term === 'storage') return trial.make(id);
  const target = await trial.make(typeKind(trial, term === 'networkinterface' ? 'network' : 'storage').id);
  const source = await machine(trial);
  return trial.make(id, { attributes: { [core.source]: source, [core.target]: target } });
}

/** The kind of the infrastructure with a term. @throws NotApplicable when the server does not have it */
export function typeKind(trial: Trial, term: string) {
  const id = `${infrastructure}#${term}`;
  if (trial.catalogue.find(id, 'kind') === undefined) throw new NotApplicable(`the server has no kind ${id}`);
  return trial.kind(id);
}

/** The types of the infrastructure (GFD.224 §3). */
export const infrastructureTypeChecks: readonly Check[] = standardTypes.flatMap((type): readonly Check[] => [
  {
    id: `infrastructure/${type.term}`,
    proves: [type.requirement],
    title: `A ${type.term} has and shows its kind`,
    renderings: everyRendering,
    async run(trial) {
      const { id } = typeKind(trial, type.term);
      const { kind } = await trial.read(await instanceOf(trial, type));
      trial.must(kind === id, `a ${type.term} shows the kind ${id}`, kind || 'none');
    },
  },
  {
    id: `infrastructure/${type.term}-attributes`,
    proves: ['INF-07'],
    title: `A ${type.term} shows ${type.always.join(', ')}`,
    renderings: everyRendering,
    async run(trial) {
      const location = await instanceOf(trial, type);
      const missingOf = (shown: object) => type.always.filter((name) => !Object.hasOwn(shown, name));
      // Some values are only there when the provider has done its work.
      const { attributes } = await trial.until(location, (entity) => missingOf(entity.attributes).length === 0);
      const missing = missingOf(attributes);
      trial.must(missing.length === 0, `a ${type.term} shows ${type.always.join(', ')}`, `no ${missing.join(', no ')}`);
    },
  },
]);
