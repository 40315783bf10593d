import type { Model } from '../../occi/model.ts';
import { type Check, compile } from './check.ts';
import { defaultRules } from './defaults.ts';
import { type Expression, partsOf } from './expression.ts';
import { nearest } from './nearest.ts';
import { parse } from './parse-expression.ts';
import { namesFor, targetsOf } from './rule-names.ts';

/** A rule at work. */
export interface Rule {
  readonly name: string;
  readonly says: Expression;
  /** Who says so: the operator, or the code. */
  readonly from: 'file' | 'default';
  readonly check: Check;
  /** Whether it is the same for all entities, whoever they belong to. */
  readonly isGeneral: boolean;
}

/** Rules that do not fit together: one line for each mistake. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

type Expressions = ReadonlyMap<string, Expression>;

/**
 * The rules of an operator and the defaults for all that he says nothing about.
 *
 * @throws PolicyError for names that nothing has, unknown and unused rules, and rules that ask for themselves
 */
export function makeRules(model: Model, own: Expressions): readonly Rule[] {
  const defaults = defaultRules.filter(({ name }) => !own.has(name));
  const byDefault = defaults.map(({ name, says }): [string, Expression] => [name, parse(says)]);
  const texts = new Map([...own, ...byDefault]);
  const mistakes = [...misnamed(model, own.keys(), texts), ...unknownRules(texts), ...circles(texts)];
  if (mistakes.length > 0) throw new PolicyError(mistakes);
  return compileAll(texts, own);
}

/** Names with a colon have to be about something; others are for the operator's own use, and have to be used. */
function* misnamed(model: Model, names: Iterable<string>, rules: Expressions): Iterable<string> {
  const known = new Set(targetsOf(model).flatMap((target) => namesFor(model, target)));
  const used = new Set([...defaultRules.map(({ name }) => name), ...[...rules.values()].flatMap(rulesIn)]);
  for (const name of names) {
    if (name.includes(':') ? known.has(name) : used.has(name)) continue;
    const problem = name.includes(':') ? 'there is nothing of that name to allow' : 'no rule asks for it';
    yield `${name}: ${problem}${advice(name, [...known, ...used])}`;
  }
}

function* unknownRules(rules: Expressions): Iterable<string> {
  for (const [name, says] of rules) {
    for (const other of rulesIn(says)) {
      if (!rules.has(other)) yield `${name}: there is no rule \`${other}\`${advice(other, rules.keys())}`;
    }
  }
}

function advice(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `; is it \`${near}\`?`;
}

/** Rules that ask for themselves, each circle told once. */
function* circles(rules: Expressions): Iterable<string> {
  const done = new Set<string>();
  const path: string[] = [];
  function* visit(name: string): Iterable<string> {
    const says = rules.get(name);
    const start = path.indexOf(name);
    if (start >= 0) yield `${name}: it asks for itself: ${[...path.slice(start), name].join(' → ')}`;
    if (start >= 0 || says === undefined || done.has(name)) return;
    path.push(name);
    for (const other of rulesIn(says)) yield* visit(other);
    path.pop();
    done.add(name);
  }
  for (const name of rules.keys()) yield* visit(name);
}

/** The rules that a rule asks for. */
function rulesIn(says: Expression): readonly string[] {
  return says.is === 'rule' ? [says.rule] : [...new Set(partsOf(says).flatMap(rulesIn))];
}

function compileAll(texts: Expressions, own: Expressions): readonly Rule[] {
  const rules = new Map<string, Rule>();
  const ruleNamed = (name: string): Rule => {
    const present = rules.get(name);
    if (present !== undefined) return present;
    const says = texts.get(name) as Expression;
    const check = compile(says, (other) => ruleNamed(other).check);
    const isGeneral = (one: Expression): boolean => {
      if (one.is === 'rule') return ruleNamed(one.rule).isGeneral;
      return !(one.is === 'equal' && 'its' in one) && partsOf(one).every(isGeneral);
    };
    const rule: Rule = { name, says, from: own.has(name) ? 'file' : 'default', check, isGeneral: isGeneral(says) };
    rules.set(name, rule);
    return rule;
  };
  return [...texts.keys()].map(ruleNamed);
}
