/** What credentials have that rules can compare. Of entities the record has the project alone, and not who made them. */
export const attributes = ['project_id', 'user_id'] as const;
export type Attribute = (typeof attributes)[number];

/** What a rule says: the subset of the language of oslo.policy that is understood here. */
export type Expression =
  /** `@`, everybody, and `!`, nobody. */
  | { readonly is: 'everybody' | 'nobody' }
  /** `role:member` */
  | { readonly is: 'role'; readonly role: string }
  /** `rule:owner`: what another rule says. */
  | { readonly is: 'rule'; readonly rule: string }
  /** `project_id:%(project_id)s`: what the client has, and what the entity has, or a word. */
  | { readonly is: 'equal'; readonly mine: Attribute; readonly its: 'project_id' }
  | { readonly is: 'equal'; readonly mine: Attribute; readonly word: string }
  | { readonly is: 'not'; readonly of: Expression }
  /** Two or more. */
  | { readonly is: 'and' | 'or'; readonly of: readonly Expression[] };

/** Writes an expression so that it is read as the same again. */
export function print(expression: Expression): string {
  switch (expression.is) {
    case 'everybody':
      return '@';
    case 'nobody':
      return '!';
    case 'role':
      return `role:${expression.role}`;
    case 'rule':
      return `rule:${expression.rule}`;
    case 'equal':
      return `${expression.mine}:${'its' in expression ? `%(${expression.its})s` : expression.word}`;
    case 'not':
      return `not ${operand(expression.of, ['and', 'or'])}`;
    case 'and':
      return expression.of.map((one) => operand(one, ['and', 'or'])).join(' and ');
    case 'or':
      return expression.of.map((one) => operand(one, ['or'])).join(' or ');
  }
}

function operand(expression: Expression, loose: readonly Expression['is'][]): string {
  return loose.includes(expression.is) ? `(${print(expression)})` : print(expression);
}

/** The parts of an expression that are put together with `and`, `or` and `not`. */
export function partsOf(expression: Expression): readonly Expression[] {
  if (expression.is === 'and' || expression.is === 'or') return expression.of;
  return expression.is === 'not' ? [expression.of] : [];
}
