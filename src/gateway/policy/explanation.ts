import type { Credentials } from '../credentials.ts';
import { attributeOf, compile, type Owned } from './check.ts';
import { type Expression, partsOf, print } from './expression.ts';
import type { Policy } from './policy.ts';
import type { Rule } from './rules.ts';

/** Why something holds or not: a check, a rule or a combination, and what that is made of. */
export interface Reason {
  readonly says: string;
  readonly holds: boolean;
  readonly because: readonly Reason[];
  /** The values that were compared. */
  readonly values?: string;
}

/** Follows a rule down to its checks. */
export function reasonOf(policy: Policy, says: Expression, who: Credentials, what: Owned): Reason {
  const holds = compile(says, (name) => named(policy, name).check)(who, what);
  if (says.is === 'rule') {
    return { says: print(says), holds, because: [reasonOf(policy, named(policy, says.rule).says, who, what)] };
  }
  if (says.is === 'equal') {
    const other = 'its' in says ? what.project : says.word;
    const values = `${attributeOf(who, says.mine)} ${holds ? 'is' : 'is not'} ${other ?? 'what nobody knows'}`;
    return { says: print(says), holds, because: [], values };
  }
  return { says: print(says), holds, because: partsOf(says).map((part) => reasonOf(policy, part, who, what)) };
}

/** What a rule says, with the other rules it asks for put in. */
export function expand(policy: Policy, says: Expression): Expression {
  switch (says.is) {
    case 'rule':
      return expand(policy, named(policy, says.rule).says);
    case 'not':
      return { is: 'not', of: expand(policy, says.of) };
    case 'and':
    case 'or':
      return { is: says.is, of: says.of.map((one) => expand(policy, one)) };
    default:
      return says;
  }
}

/** The roles each of which alone would be enough for a rule that does not hold. */
export function missingRoles(policy: Policy, rule: Rule, who: Credentials, what: Owned): readonly string[] {
  const roles = new Set(rolesIn(expand(policy, rule.says)));
  return [...roles].filter((role) => rule.check({ ...who, roles: [...who.roles, role] }, what));
}

function rolesIn(says: Expression): readonly string[] {
  return says.is === 'role' ? [says.role] : partsOf(says).flatMap(rolesIn);
}

function named(policy: Policy, name: string): Rule {
  const rule = policy.rule(name);
  if (rule === undefined) throw new Error(`there is no rule ${name}`);
  return rule;
}
