import type { Model } from '../../occi/model.ts';
import { nearest } from './nearest.ts';
import { operations, type Subject, type Target, targetsOf, type Verb } from './rule-names.ts';

/**
 * The target that is called by the most specific of its names, `compute:start`; kinds and actions by term or by type
 * identifier.
 *
 * @throws Error when nothing is called so, or several things are
 */
export function targetNamed(model: Model, name: string): Target {
  const targets: readonly Target[] = [
    ...targetsOf(model),
    ...operations.filter((verb) => verb !== 'list').map((verb): Target => ({ subject: 'occi', verb })),
  ];
  const meant = targets.filter((target) => labelsOf(target).includes(name));
  const [target, ...others] = meant;
  if (target === undefined) {
    const near = nearest(name, targets.flatMap(labelsOf));
    throw new Error(`there is nothing called ${name}${near === undefined ? '' : `; is it ${near}?`}`);
  }
  if (others.length === 0) return target;
  const full = meant.map((one) => labelsOf(one)[0]);
  throw new Error(`${name} can be each of these:\n${full.join('\n')}`);
}

/** The names of a target, from the one that nothing else has to the shortest. */
function labelsOf({ subject, verb }: Target): readonly string[] {
  return labels(subject).flatMap((about) => labels(verb).map((what) => `${about}:${what}`));
}

function labels(one: Subject | Verb): readonly string[] {
  if (typeof one === 'string') return [one];
  const isTaken = one.class === 'action' && (operations as readonly string[]).includes(one.term);
  return isTaken ? [one.id] : [one.id, one.term];
}
