import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../src/gateway/credentials.ts';
import { anybody } from '../../../src/gateway/credentials.ts';
import { defaultRules } from '../../../src/gateway/policy/defaults.ts';
import { missingRoles } from '../../../src/gateway/policy/explanation.ts';
import { parse } from '../../../src/gateway/policy/parse-expression.ts';
import { Policy } from '../../../src/gateway/policy/policy.ts';
import { operations, type Subject, targetsOf, type Verb } from '../../../src/gateway/policy/rule-names.ts';
import { PolicyError } from '../../../src/gateway/policy/rules.ts';
import type { Action } from '../../../src/occi/action.ts';
import type { Kind } from '../../../src/occi/kind.ts';
import { Model } from '../../../src/occi/model.ts';
import { loadModelFiles } from '../../../src/spec/model-files.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const extension = 'http://other.test/occi/things#';
const kindOf = (term: string, parent: string, scheme = extension): Kind => ({
  class: 'kind',
  id: scheme + term,
  scheme,
  term,
  attributes: [],
  actions: term === 'compute' ? [`${extension}update`, `${extension}start`] : [],
  aliases: [],
  parent,
  location: `/other/${term}/`,
});
const actionOf = (term: string): Action => ({
  class: 'action',
  id: extension + term,
  scheme: extension,
  term,
  attributes: [],
});

/** The standard, a kind of the same name as one of it, one that extends it, and one with a name that means more. */
const model = new Model([
  ...loadModelFiles(),
  {
    kinds: [
      kindOf('compute', 'http://schemas.ogf.org/occi/core#resource'),
      kindOf('bigcompute', `${infrastructure}compute`),
      kindOf('mixin', 'http://schemas.ogf.org/occi/core#resource'),
    ],
    mixins: [],
    actions: [actionOf('update'), actionOf('start')],
  },
]);
const kind = (id: string) => model.kind(id) as Kind;
const compute = kind(`${infrastructure}compute`);
const otherCompute = kind(`${extension}compute`);
const bigCompute = kind(`${extension}bigcompute`);
const start = model.action('http://schemas.ogf.org/occi/infrastructure/compute/action#start') as Action;
const stop = model.action('http://schemas.ogf.org/occi/infrastructure/compute/action#stop') as Action;
const otherStart = model.action(`${extension}start`) as Action;
const otherUpdate = model.action(`${extension}update`) as Action;

const policyOf = (rules: Readonly<Record<string, string>>) =>
  new Policy(model, new Map(Object.entries(rules).map(([name, says]) => [name, parse(says)])));
const who = (...roles: string[]): Credentials => ({ user: 'u', project: 'p', roles, proof: 'basic' });

describe('the defaults', () => {
  const policy = new Policy(model);
  const may = (role: string) =>
    targetsOf(model)
      .filter(({ subject, verb }) => policy.allows(who(role), subject, verb, { project: 'p' }))
      .map(({ subject, verb }) => [
        typeof subject === 'string' ? subject : 'kind',
        typeof verb === 'string' ? verb : 'action',
      ])
      .map((words) => words.join(':'));
  const reading = ['kind:list', 'kind:show', 'occi:list', 'query:show', 'cdmi:show'];

  it('let readers read', () => {
    expect(new Set(may('reader'))).toEqual(new Set(reading));
  });

  it('let members and admins do everything', () => {
    const others = ['mixin:create', 'mixin:delete', 'cdmi:create', 'cdmi:update', 'cdmi:delete'];
    const all = [...reading, ...operations.map((one) => `kind:${one}`), 'kind:action', ...others];
    expect(new Set(may('member'))).toEqual(new Set(all));
    expect(may('admin')).toEqual(may('member'));
    expect(targetsOf(model).every(({ subject, verb }) => policy.allows(anybody, subject, verb, {}))).toBe(true);
  });

  it('let others see the query interface and nothing else', () => {
    expect(may('gardener')).toEqual(['query:show']);
  });
});

describe('the rule that decides', () => {
  it.each<[string, Subject, Verb, string, readonly string[]]>([
    ['the kind before what it inherits from', compute, 'create', 'compute:create', ['resource:create', 'entity:*']],
    ['what a kind inherits from before all', compute, 'create', 'resource:create', ['entity:create', 'occi:create']],
    ['all of a kind before one thing of its parent', compute, 'create', 'compute:*', ['resource:create']],
    ['the type identifier before the term', compute, 'delete', `${compute.id}:*`, ['compute:delete']],
    ['an operation before *', compute, 'delete', 'compute:delete', ['compute:*', 'occi:*']],
    ['an action before the operation', compute, start, 'compute:start', ['compute:act', 'compute:*']],
    ['an action by its type identifier first', compute, start, `compute:${start.id}`, ['compute:start']],
    ['the operation for other actions', compute, stop, 'compute:act', ['compute:start', 'compute:*']],
    ['an action of any kind', compute, start, 'occi:start', ['occi:act', 'occi:*']],
    ['a kind of the same term elsewhere', otherCompute, 'show', 'compute:show', [`${compute.id}:show`]],
    ['a kind that extends another', bigCompute, 'show', 'compute:show', ['occi:show']],
    ['the parent by its type identifier', bigCompute, 'show', `${compute.id}:show`, ['compute:show']],
    ['an action of the same term elsewhere', otherCompute, otherStart, 'compute:start', [`compute:${start.id}`]],
    ['an action that is called as an operation', otherCompute, otherUpdate, 'compute:act', ['compute:update']],
    ['that one by its type identifier', otherCompute, otherUpdate, `compute:${otherUpdate.id}`, ['compute:act']],
    ['a kind that is called as something else', kind(`${extension}mixin`), 'create', 'occi:*', ['mixin:create']],
    ['definitions of mixins', 'mixin', 'create', 'mixin:create', ['mixin:*', 'occi:create', 'occi:*']],
    ['definitions of mixins, all', 'mixin', 'delete', 'mixin:*', ['mixin:create', 'occi:delete']],
    ['the query interface', 'query', 'show', 'occi:*', ['occi:show']],
    ['collections of no one kind', 'occi', 'list', 'occi:list', ['compute:list', 'occi:*']],
  ])('is the most specific one: %s', (_, subject, verb, expected, others) => {
    const rules = Object.fromEntries([...others, expected].map((name) => [name, '!']));
    const policy = policyOf(rules);
    for (const time of ['first', 'next']) expect(policy.ruleFor(subject, verb).name, time).toBe(expected);
  });

  it('is one of the operator, before any of the defaults', () => {
    const policy = policyOf({ 'occi:*': 'role:admin' });
    for (const { subject, verb } of targetsOf(model)) expect(policy.ruleFor(subject, verb).name).toBe('occi:*');
    expect(policyOf({ 'occi:create': '!' }).ruleFor('mixin', 'create')).toMatchObject({
      name: 'mixin:create',
      from: 'default',
    });
  });

  it('asks other rules, which the operator may have changed', () => {
    const policy = policyOf({ member: 'role:worker or rule:boss', boss: 'role:boss' });
    const may = (role: string) => policy.allows(who(role), compute, 'create', {});
    expect([may('worker'), may('boss'), may('member'), may('admin')]).toEqual([true, true, false, false]);
    // Readers are members by default, whoever these are.
    expect(policy.allows(who('boss'), compute, 'show', {})).toBe(true);
  });
});

describe('rules that do not fit together are refused', () => {
  it.each<[Readonly<Record<string, string>>, readonly string[]]>([
    [{ 'compute:create': 'rule:membr' }, ['compute:create: there is no rule `membr`; is it `member`?']],
    [{ 'compute:create': 'rule:everyone-in-the-house' }, ['compute:create: there is no rule `everyone-in-the-house`']],
    [{ 'compue:create': '@' }, ['compue:create: there is nothing of that name to allow; is it `compute:create`?']],
    [{ 'compute:crate': '@' }, ['compute:crate: there is nothing of that name to allow; is it `compute:create`?']],
    [{ 'network:start': '@' }, ['network:start: there is nothing of that name to allow; is it `network:act`?']],
    [{ 'mixin:show': '@' }, ['mixin:show: there is nothing of that name to allow']],
    [{ membr: 'role:worker' }, ['membr: no rule asks for it; is it `member`?']],
    [{ a: 'rule:a', 'occi:list': 'rule:a' }, ['a: it asks for itself: a → a']],
    [
      { a: 'role:x or rule:b', b: 'not rule:c', c: '(rule:a and rule:member)', 'occi:*': 'rule:b' },
      ['a: it asks for itself: a → b → c → a'],
    ],
    [{ admin: 'rule:reader' }, ['admin: it asks for itself: admin → reader → member → admin']],
    [
      { 'compute:create': 'rule:x', 'compute:delete': 'rule:y' },
      ['compute:create: there is no rule `x`', 'compute:delete: there is no rule `y`'],
    ],
  ])('%j', (rules, mistakes) => {
    let thrown: unknown;
    try {
      policyOf(rules);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PolicyError);
    expect((thrown as PolicyError).mistakes.toSorted()).toEqual(mistakes.toSorted());
    expect((thrown as PolicyError).message.split('\n')).toHaveLength(mistakes.length);
  });

  it('also one of many hundreds', () => {
    const chain = Array.from({ length: 500 }, (_, index) => [`r${index}`, `rule:r${index + 1}`]);
    const rules = Object.fromEntries([...chain, ['r500', 'role:x'], ['occi:*', 'rule:r0']]);
    expect(policyOf(rules).allows(who('x'), compute, 'show', {})).toBe(true);
    expect(() => policyOf({ ...rules, r500: 'rule:r499' })).toThrow('r499 → r500 → r499');
  });
});

describe('what a client sees', () => {
  const entity = (id: string, project: string) =>
    ({ location: '/x', kind: id, mixins: [], attributes: {}, revision: 1, project }) as const;

  it('is everything where one rule for all entities says so', () => {
    expect(new Policy(model).sightOf(who('reader'))).toBeUndefined();
    expect(policyOf({ 'compute:show': '@', 'occi:show': 'role:x' }).sightOf(who('x'))).toBeUndefined();
  });

  it('is told entity by entity otherwise', () => {
    const hidden = policyOf({ 'storage:show': 'role:admin' }).sightOf(who('reader'));
    expect(hidden?.(entity(`${infrastructure}storage`, 'p'))).toBe(false);
    expect(hidden?.(entity(`${infrastructure}compute`, 'p'))).toBe(true);
    const own = policyOf({ mine: 'project_id:%(project_id)s', 'occi:show': 'not not rule:mine' }).sightOf(who('x'));
    expect(own?.(entity(`${infrastructure}compute`, 'p'))).toBe(true);
    expect(own?.(entity(`${infrastructure}compute`, 'q'))).toBe(false);
  });
});

describe('the roles that somebody lacks', () => {
  const lacking = (says: string, ...roles: string[]) => {
    const policy = policyOf({ 'compute:create': says });
    return missingRoles(policy, policy.ruleFor(compute, 'create'), who(...roles), { project: 'q' });
  };

  it('are those each of which would do', () => {
    expect(lacking('rule:member', 'reader')).toEqual(['member', 'admin']);
    expect(lacking('role:a and role:b', 'a')).toEqual(['b']);
    expect(lacking('role:a and role:b')).toEqual([]);
    expect(lacking('not role:a', 'a')).toEqual([]);
    expect(lacking('role:a and project_id:%(project_id)s or role:b')).toEqual(['b']);
    expect(lacking('!')).toEqual([]);
  });
});

it('every default rule is about something, or asked for by another', () => {
  const asked = defaultRules.flatMap(({ says }) => says.match(/(?<=rule:)\w+/g) ?? []);
  for (const { name } of defaultRules.filter(({ name }) => !name.includes(':'))) expect(asked).toContain(name);
  for (const { name, says } of defaultRules.filter(({ name }) => name.includes(':'))) {
    expect(policyOf({ [name]: says }).rule(name)?.from).toBe('file');
  }
});

it.skipIf(getHeapStatistics().total_allocated_bytes === undefined)('to allow something takes no memory', () => {
  const policy = policyOf({ mine: 'project_id:%(project_id)s', 'compute:show': 'role:x or role:member and rule:mine' });
  const client = who('reader', 'member');
  const what = { project: 'p' };
  let allowed = 0;
  const ask = (times: number) => {
    for (let i = 0; i < times; i++) {
      if (policy.allows(client, compute, 'show', what) && policy.allows(client, compute, start, what)) allowed += 1;
    }
  };
  ask(200_000);
  const before = getHeapStatistics().total_allocated_bytes;
  ask(1_000_000);
  const bytes = getHeapStatistics().total_allocated_bytes - before;
  expect(allowed).toBe(1_200_000);
  // Some of it is of the engine itself; the smallest object there is takes more than a byte each time.
  expect(bytes).toBeLessThan(1_000_000);
});
