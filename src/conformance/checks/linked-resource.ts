import { core } from '../../occi/entity.ts';
import { NotApplicable } from '../check.ts';
import type { Trial } from '../trial.ts';
import { machine } from './machine.ts';

/** A resource with a link to another one, by their locations; and the kinds of all three. */
export interface LinkedResource {
  readonly source: string;
  readonly target: string;
  readonly link: string;
  readonly linkKind: string;
  readonly sourceKind: string;
  readonly targetKind: string;
}

/** Makes two resources and a link between them. @throws NotApplicable, Inconclusive */
export async function linkedResource(trial: Trial): Promise<LinkedResource> {
  const { linkKind, sourceKind, targetKind } = kindsOf(trial);
  const target = await trial.make(targetKind);
  const source = await (sourceKind.endsWith('#compute') ? machine(trial) : trial.make(sourceKind));
  const attributes = { [core.source]: source, [core.target]: target, [core.title]: 'Conformance' };
  const link = await trial.make(linkKind, { attributes });
  return { source, target, link, linkKind, sourceKind, targetKind };
}

/** The links of the infrastructure, where the server has it; any links between any resources otherwise. */
function kindsOf(trial: Trial) {
  const { catalogue } = trial;
  for (const [linkTerm, targetTerm] of [
    ['networkinterface', 'network'],
    ['storagelink', 'storage'],
  ] as const) {
    const [link, source, target] = [linkTerm, 'compute', targetTerm].map((term) => catalogue.find(term, 'kind'));
    const all = [link, source, target];
    if (link && source && target && all.every((one) => one?.location !== undefined)) {
      return { linkKind: link.id, sourceKind: source.id, targetKind: target.id };
    }
  }
  const link = catalogue.kinds.find(({ id, location }) => {
    return location !== undefined && catalogue.model.descends(id, 'http://schemas.ogf.org/occi/core#link');
  });
  if (link === undefined) throw new NotApplicable('the server has no kind of links');
  const { id } = trial.plainKind;
  return { linkKind: link.id, sourceKind: id, targetKind: id };
}
