import type { Action } from '../../occi/action.ts';
import type { Kind } from '../../occi/kind.ts';
import type { Model } from '../../occi/model.ts';

/** What can be done with entities. */
export const operations = ['list', 'show', 'create', 'update', 'replace', 'delete', 'act', 'tag', 'untag'] as const;
export type Operation = (typeof operations)[number];

/** What is asked for: an operation, or an action. */
export type Verb = Operation | Action;

/**
 * What a rule can be about: entities of a kind, or, where there is no one kind, entities; the definitions of mixins;
 * the query interface; objects of CDMI.
 */
export type Subject = Kind | 'occi' | 'mixin' | 'query' | 'cdmi';

/** Something that rules allow or refuse. */
export interface Target {
  readonly subject: Subject;
  readonly verb: Verb;
}

/** What the rules about the provider itself are called; no term of a kind. */
const reserved: readonly string[] = ['occi', 'mixin', 'query', 'cdmi'];

/**
 * The names of the rules that are about a target, the most specific first: the kind and those it inherits from, up to
 * `occi`; each by its type identifier and by its term; of each the action by type identifier and term, then the
 * operation, then `*`. The first that is there decides.
 */
export function namesFor(model: Model, { subject, verb }: Target): readonly string[] {
  if (subject === 'mixin' || subject === 'query' || subject === 'cdmi')
    return [...joined([subject], verbsOf(verb)), 'occi:*'];
  const labels = subject === 'occi' ? [] : lineOf(model, subject).flatMap(labelsOf);
  return joined([...labels, 'occi'], verbsOf(verb));
}

/** Everything that can be asked for, each once. */
export function targetsOf(model: Model): readonly Target[] {
  const ofKind = (kind: Kind): readonly Target[] => [
    ...operations.map((verb) => ({ subject: kind, verb })),
    ...actionsOn(model, kind).map((verb) => ({ subject: kind, verb })),
  ];
  return [
    ...model.kinds.filter(({ location }) => location !== undefined).flatMap(ofKind),
    { subject: 'occi', verb: 'list' },
    { subject: 'mixin', verb: 'create' },
    { subject: 'mixin', verb: 'delete' },
    { subject: 'query', verb: 'show' },
    { subject: 'cdmi', verb: 'show' },
    { subject: 'cdmi', verb: 'create' },
    { subject: 'cdmi', verb: 'update' },
    { subject: 'cdmi', verb: 'delete' },
  ];
}

/** All actions that entities of a kind can have, of their own and by mixins. */
function actionsOn(model: Model, kind: Kind): readonly Action[] {
  const mixins = model.mixins.filter((mixin) => mixin.actions.length > 0 && model.applies(mixin, kind.id));
  const ids = new Set([...model.actionIdsOf(kind), ...mixins.flatMap(({ actions }) => actions)]);
  return [...ids].map((id) => model.action(id)).filter((action) => action !== undefined);
}

function lineOf(model: Model, kind: Kind): readonly Kind[] {
  const line: Kind[] = [];
  for (let one: Kind | undefined = kind; one !== undefined; ) {
    line.push(one);
    one = one.parent === undefined ? undefined : model.kind(one.parent);
  }
  return line;
}

function labelsOf({ id, term }: Kind): readonly string[] {
  return reserved.includes(term) ? [id] : [id, term];
}

function verbsOf(verb: Verb): readonly string[] {
  if (typeof verb === 'string') return [verb, '*'];
  // An action that is called as an operation can only be meant by its type identifier.
  const isAmbiguous = (operations as readonly string[]).includes(verb.term);
  return [verb.id, ...(isAmbiguous ? [] : [verb.term]), 'act', '*'];
}

function joined(labels: readonly string[], verbs: readonly string[]): readonly string[] {
  return labels.flatMap((label) => verbs.map((verb) => `${label}:${verb}`));
}
