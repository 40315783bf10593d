import type { Credentials } from '../credentials.ts';
import type { Attribute, Expression } from './expression.ts';

/** Whose something is, as far as that is known. */
export interface Owned {
  readonly project?: string;
}

/** A rule made ready: whether it holds for a client and what he asks about. It allocates nothing. */
export type Check = (who: Credentials, what: Owned) => boolean;

/**
 * Compiles an expression.
 *
 * @param ruleNamed what another rule has become
 */
export function compile(expression: Expression, ruleNamed: (name: string) => Check): Check {
  const inner = (one: Expression) => compile(one, ruleNamed);
  switch (expression.is) {
    case 'everybody':
      return () => true;
    case 'nobody':
      return () => false;
    case 'role':
      return hasRole(expression.role);
    case 'rule':
      return ruleNamed(expression.rule);
    case 'equal':
      return 'its' in expression ? equalToProject(expression.mine) : equalToWord(expression);
    case 'not': {
      const check = inner(expression.of);
      return (who, what) => !check(who, what);
    }
    case 'and':
      return expression.of.map(inner).reduce((a, b) => (who, what) => a(who, what) && b(who, what));
    case 'or':
      return expression.of.map(inner).reduce((a, b) => (who, what) => a(who, what) || b(who, what));
  }
}

function hasRole(role: string): Check {
  return (who) => {
    for (let i = 0; i < who.roles.length; i++) if (sameRole(who.roles[i] as string, role)) return true;
    return false;
  };
}

/** Names of roles are the same in any case, as in Keystone; that of ASCII letters, which needs no copy of a name. */
function sameRole(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (lower(a.charCodeAt(i)) !== lower(b.charCodeAt(i))) return false;
  return true;
}

function lower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

/** What is not known equals nothing. */
function equalToProject(mine: Attribute): Check {
  return (who, what) => attributeOf(who, mine) === what.project;
}

function equalToWord({ mine, word }: { readonly mine: Attribute; readonly word: string }): Check {
  return (who) => attributeOf(who, mine) === word;
}

/** What a client has, by the name it has in rules. */
export function attributeOf({ project, user }: Credentials, attribute: Attribute): string {
  return attribute === 'project_id' ? project : user;
}
