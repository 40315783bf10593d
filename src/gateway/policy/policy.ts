import type { Entity } from '../../occi/entity.ts';
import type { Kind } from '../../occi/kind.ts';
import type { Model } from '../../occi/model.ts';
import type { Credentials } from '../credentials.ts';
import { type Check, compile, type Owned } from './check.ts';
import { defaultRules } from './defaults.ts';
import { type Expression, partsOf } from './expression.ts';
import { nearest } from './nearest.ts';
import { parse } from './parse-expression.ts';
import { namesFor, type Subject, targetsOf, type Verb } from './rule-names.ts';

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

/** What tells the entities that a client may see from the others. */
export type Sight = (entity: Entity & Owned) => boolean;

/** Rules that do not fit together: one line for each mistake. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** Who may do what: the rules of the operator and the defaults, compiled once. Immutable; a change makes a new one. */
export class Policy {
  readonly #model: Model;
  readonly #own = new Map<string, Rule>();
  readonly #defaults = new Map<string, Rule>();
  /** The rules that decide, as far as they have been asked for: by subject, then by verb. */
  readonly #deciding = new Map<string, Map<string, Rule>>();
  /** The rules that decide what is seen, each once. */
  readonly #show: readonly Rule[];

  /**
   * @param own what the operator says, by the names of rules; the rest is as in {@link defaultRules}
   * @throws PolicyError for names that nothing has, unknown rules, and rules that ask for themselves
   */
  constructor(model: Model, own: ReadonlyMap<string, Expression> = new Map()) {
    this.#model = model;
    const defaults = defaultRules.filter(({ name }) => !own.has(name));
    const byDefault = defaults.map(({ name, says }): [string, Expression] => [name, parse(says)]);
    const texts = new Map([...own, ...byDefault]);
    const mistakes = [...misnamed(model, own.keys(), texts), ...unknownRules(texts), ...circles(texts)];
    if (mistakes.length > 0) throw new PolicyError(mistakes);
    for (const rule of compileAll(texts, own)) {
      (rule.from === 'file' ? this.#own : this.#defaults).set(rule.name, rule);
    }
    this.#show = [...new Set(model.kinds.map((kind) => this.ruleFor(kind, 'show')))];
  }

  /** A rule by its name. */
  rule(name: string): Rule | undefined {
    return this.#own.get(name) ?? this.#defaults.get(name);
  }

  /** The rule that decides: the most specific one of the operator, and where he says nothing, of the defaults. */
  ruleFor(subject: Subject, verb: Verb): Rule {
    const about = typeof subject === 'string' ? subject : subject.id;
    const what = typeof verb === 'string' ? verb : verb.id;
    let rules = this.#deciding.get(about);
    if (rules === undefined) {
      rules = new Map();
      this.#deciding.set(about, rules);
    }
    let rule = rules.get(what);
    if (rule === undefined) {
      rule = this.#find(namesFor(this.#model, { subject, verb }));
      rules.set(what, rule);
    }
    return rule;
  }

  /** Whether a client may do something with something. */
  allows(who: Credentials, subject: Subject, verb: Verb, what: Owned): boolean {
    return this.ruleFor(subject, verb).check(who, what);
  }

  /** The kind of an entity. */
  kindOf(entity: Entity): Kind {
    return this.#model.kindOf(entity);
  }

  /** What a client may see; undefined for everything. */
  sightOf(who: Credentials): Sight | undefined {
    if (this.#show.every((rule) => rule.isGeneral && rule.check(who, who))) return undefined;
    return (entity) => this.allows(who, this.kindOf(entity), 'show', entity);
  }

  #find(names: readonly string[]): Rule {
    for (const rules of [this.#own, this.#defaults]) {
      for (const name of names) {
        const rule = rules.get(name);
        if (rule !== undefined) return rule;
      }
    }
    throw new Error(`no rule is called any of ${names.join(' ')}`);
  }
}

type Expressions = ReadonlyMap<string, Expression>;

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

function compileAll(texts: Expressions, own: Expressions): Iterable<Rule> {
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
