import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../src/gateway/credentials.ts';
import { compile, type Owned } from '../../../src/gateway/policy/check.ts';
import { attributes, type Expression, print } from '../../../src/gateway/policy/expression.ts';
import { ExpressionError, parse } from '../../../src/gateway/policy/parse-expression.ts';

const role = (name: string): Expression => ({ is: 'role', role: name });
const [a, b, c] = [role('a'), role('b'), role('c')];

const word = fc.stringMatching(/^[^\s()%]{1,12}$/);
const attribute = fc.constantFrom(...attributes);
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom<Expression>({ is: 'everybody' }, { is: 'nobody' }),
  fc.constantFrom('reader', 'member', 'admin').map(role),
  word.map(role),
  word.map((rule): Expression => ({ is: 'rule', rule })),
  fc.record({ is: fc.constant('equal' as const), mine: attribute, its: fc.constant('project_id' as const) }),
  fc.record({ is: fc.constant('equal' as const), mine: attribute, word }),
);
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    leaf,
    fc.record({ is: fc.constant('not' as const), of: tie('expression') }),
    fc.record({
      is: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('expression'), { minLength: 2, maxLength: 4 }),
    }),
  ),
}));

describe('the language of rules', () => {
  it.each<[string, Expression]>([
    ['@', { is: 'everybody' }],
    ['!', { is: 'nobody' }],
    ['role:a', a],
    ['rule:compute:create', { is: 'rule', rule: 'compute:create' }],
    [
      'rule:http://schemas.ogf.org/occi/infrastructure#compute:*',
      {
        is: 'rule',
        rule: 'http://schemas.ogf.org/occi/infrastructure#compute:*',
      },
    ],
    ['project_id:%(project_id)s', { is: 'equal', mine: 'project_id', its: 'project_id' }],
    ['user_id:anna', { is: 'equal', mine: 'user_id', word: 'anna' }],
    ['role:a or role:b and role:c', { is: 'or', of: [a, { is: 'and', of: [b, c] }] }],
    ['role:a and role:b or role:c', { is: 'or', of: [{ is: 'and', of: [a, b] }, c] }],
    ['role:a and (role:b or role:c)', { is: 'and', of: [a, { is: 'or', of: [b, c] }] }],
    ['not role:a and role:b', { is: 'and', of: [{ is: 'not', of: a }, b] }],
    ['not (role:a and role:b)', { is: 'not', of: { is: 'and', of: [a, b] } }],
    ['not not role:a', { is: 'not', of: { is: 'not', of: a } }],
    ['((role:a))', a],
    ['(project_id:%(project_id)s)', { is: 'equal', mine: 'project_id', its: 'project_id' }],
    [
      'role:a AND role:b Or NOT role:c',
      {
        is: 'or',
        of: [
          { is: 'and', of: [a, b] },
          { is: 'not', of: c },
        ],
      },
    ],
    ['\n  role:a\n  or\trole:b\n', { is: 'or', of: [a, b] }],
  ])('reads %j', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ['', 'it says nothing; write "@" for everybody or "!" for nobody, in quotes'],
    [' \n ', 'it says nothing; write "@" for everybody or "!" for nobody, in quotes'],
    ['role:admin nd role:member', 'column 12: unexpected `nd`'],
    ['role:größe nd', 'column 12: unexpected `nd`'],
    ['role:💡 nd', 'column 8: unexpected `nd`'],
    ['role:a role:b', 'column 8: unexpected `role:b`'],
    ['role:a and', 'column 11: something is missing at the end'],
    ['not', 'column 4: something is missing at the end'],
    ['and role:a', 'column 1: unexpected `and`'],
    ['role:a or or role:b', 'column 11: unexpected `or`'],
    ['role:a and (role:b', 'column 12: this `(` is never closed'],
    ['(role:a role:b)', 'column 9: unexpected `role:b`'],
    ['role:a)', 'column 7: unexpected `)`'],
    ['()', 'column 2: unexpected `)`'],
    ['admin', 'column 1: unexpected `admin`'],
    ['role:', 'column 1: `role:` is cut off behind the colon'],
    ['role:%(role)s', 'column 1: `role:` cannot be followed by `%(role)s`'],
    ['@ or is_admin:True', 'column 6: `is_admin:` is not known, only role:, rule:, project_id:, user_id:, @ and !'],
    ['http://policy.test/check', 'column 1: `http:` is not known, only role:, rule:, project_id:, user_id:, @ and !'],
    ['project_id:%(tenant)s', 'column 1: `%(tenant)s` is not known, only %(project_id)s'],
    ['project_id:%(project_id', 'column 1: `%` is not known, only %(project_id)s'],
    [
      'role:a or user_id:%(user_id)s',
      'column 11: `%(user_id)s` is not known: the record does not keep who made what; write `project_id:%(project_id)s`, or `user_id:` and an id',
    ],
    [`${'('.repeat(101)}@`, 'column 101: more than 100 levels of brackets'],
    [`${'not '.repeat(101)}@`, 'column 401: more than 100 levels of brackets'],
  ])('refuses %j, saying where', (text, message) => {
    expect(() => parse(text)).toThrow(new ExpressionError(message));
  });

  it('is read as it is written', () => {
    fc.assert(
      fc.property(expression, (one) => {
        expect(parse(print(one))).toEqual(one);
      }),
    );
  });

  it('is read or refused, whatever it is made of', () => {
    const pieces = fc.constantFrom(
      ' ',
      '(',
      ')',
      'and',
      'or',
      'not',
      '@',
      '!',
      '%(',
      ')s',
      'role:',
      'rule:x',
      ':',
      '%',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 200 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        let read: Expression;
        try {
          read = parse(one);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
          return;
        }
        expect(parse(print(read))).toEqual(read);
      }),
    );
  });
});

describe('a compiled rule', () => {
  const name = fc.constantFrom('one', 'two');
  const who: fc.Arbitrary<Credentials> = fc.record({
    user: name,
    project: name,
    roles: fc.subarray(['reader', 'member', 'admin', 'Owner']),
    proof: fc.constant('basic' as const),
  });
  const what: fc.Arbitrary<Owned> = fc.record({ project: name }, { requiredKeys: [] });

  it('says what the expression means', () => {
    fc.assert(
      fc.property(expression, who, what, (one, client, owned) => {
        const ruleHolds = (rule: string) => rule.length % 2 === 0;
        const check = compile(one, (rule) => () => ruleHolds(rule));
        expect(check(client, owned)).toBe(meaning(one, client, owned, ruleHolds));
      }),
    );
  });

  it('knows roles in any case, as Keystone does', () => {
    const holds = (text: string, roles: readonly string[]) =>
      compile(parse(text), () => () => false)({ user: 'u', project: 'p', roles, proof: 'keystone' }, {});
    expect(holds('role:Member', ['mEMBER'])).toBe(true);
    expect(holds('role:member', ['members'])).toBe(false);
    expect(holds('role:member', [])).toBe(false);
  });

  it('takes what is not known for nobody’s', () => {
    const client: Credentials = { user: 'u', project: 'p', roles: [], proof: 'basic' };
    const check = compile(parse('project_id:%(project_id)s'), () => () => false);
    expect(check(client, {})).toBe(false);
    expect(check(client, { project: 'p' })).toBe(true);
  });
});

/** The meaning of an expression, written down once more in the plainest way. */
function meaning(one: Expression, who: Credentials, what: Owned, rule: (name: string) => boolean): boolean {
  const inner = (other: Expression) => meaning(other, who, what, rule);
  const mine = { project_id: who.project, user_id: who.user };
  const its = { project_id: what.project };
  if (one.is === 'everybody') return true;
  if (one.is === 'nobody') return false;
  if (one.is === 'role') return who.roles.map((own) => own.toLowerCase()).includes(one.role.toLowerCase());
  if (one.is === 'rule') return rule(one.rule);
  if (one.is === 'equal') return mine[one.mine] === ('its' in one ? its[one.its] : one.word);
  if (one.is === 'not') return !inner(one.of);
  const all = (one as Extract<Expression, { readonly of: readonly Expression[] }>).of.map(inner);
  return one.is === 'and' ? all.every(Boolean) : all.some(Boolean);
}
