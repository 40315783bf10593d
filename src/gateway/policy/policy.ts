import type { Entity } from '../../occi/entity.ts';
import type { Kind } from '../../occi/kind.ts';
import type { Model } from '../../occi/model.ts';
import type { Credentials } from '../credentials.ts';
import type { Owned } from './check.ts';
import type { Expression } from './expression.ts';
import { namesFor, type Subject, type Verb } from './rule-names.ts';
import { makeRules, type Rule } from './rules.ts';

/** What tells the entities that a client may see from the others. */
export type Sight = (entity: Entity) => boolean;

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
   * @param own what the operator says, by the names of rules; the defaults say the rest
   * @throws PolicyError as {@link makeRules} does
   */
  constructor(model: Model, own: ReadonlyMap<string, Expression> = new Map()) {
    this.#model = model;
    for (const rule of makeRules(model, own)) {
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
