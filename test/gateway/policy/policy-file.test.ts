import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anybody, type Credentials } from '../../../src/gateway/credentials.ts';
import { authorizeFor } from '../../../src/gateway/policy/authorize.ts';
import { print } from '../../../src/gateway/policy/expression.ts';
import { readPolicy } from '../../../src/gateway/policy/policy-file.ts';
import { targetsOf } from '../../../src/gateway/policy/rule-names.ts';
import { PolicyError } from '../../../src/gateway/policy/rules.ts';
import { samplePolicy } from '../../../src/gateway/policy/sample.ts';
import { targetNamed } from '../../../src/gateway/policy/target-named.ts';
import { OcciError } from '../../../src/occi/errors.ts';
import { Model } from '../../../src/occi/model.ts';
import { loadModelFiles } from '../../../src/spec/model-files.ts';

const model = new Model(loadModelFiles());
const read = (text: string) => readPolicy(text, 'policy.yaml', model);
const says = (text: string, name: string) => {
  const rule = read(text).rule(name);
  return rule && print(rule.says);
};

function refusal(act: () => void): OcciError {
  try {
    act();
  } catch (error) {
    if (error instanceof OcciError) return error;
  }
  throw new Error('it was not refused');
}

describe('a policy file', () => {
  it('is a YAML mapping, with the ways YAML has to write text', () => {
    const text = `
# who runs the machines
operator: role:operator or
  rule:admin
"compute:start": "rule:operator"
compute:*: >
  rule:operator
  and not role:trainee
occi:delete: '!'
query:show: "@"
`;
    expect(says(text, 'operator')).toBe('role:operator or rule:admin');
    expect(says(text, 'compute:start')).toBe('rule:operator');
    expect(says(text, 'compute:*')).toBe('rule:operator and not role:trainee');
    expect(says(text, 'occi:delete')).toBe('!');
    expect(says(text, 'query:show')).toBe('@');
    expect(says(text, 'occi:create')).toBe('rule:member');
  });

  it('can be JSON, which is YAML', () => {
    expect(says('{"occi:create": "role:maker"}', 'occi:create')).toBe('role:maker');
  });

  it.each(['', '\n', '# nothing yet\n', '---\n', '{}', 'null'])('may say nothing: %j', (text) => {
    expect(read(text).ruleFor('mixin', 'create').from).toBe('default');
  });

  it.each<[string, readonly string[]]>([
    ['compute:create: role:admin nd role:member', ['policy.yaml: compute:create: column 12: unexpected `nd`']],
    [
      'compute:create: role:a and\ncompute:crate: "@"\nocci:list: nobody\n',
      [
        'policy.yaml: compute:create: column 11: something is missing at the end',
        'policy.yaml: occi:list: column 1: unexpected `nobody`',
      ],
    ],
    [
      'compute:crate: "@"',
      ['policy.yaml: compute:crate: there is nothing of that name to allow; is it `compute:create`?'],
    ],
    [
      'occi:create: ""',
      ['policy.yaml: occi:create: it says nothing; write "@" for everybody or "!" for nobody, in quotes'],
    ],
    [
      'occi:create:',
      ['policy.yaml: occi:create: it says nothing; write "@" for everybody or "!" for nobody, in quotes'],
    ],
    ['occi:create: true', ['policy.yaml: occi:create: a rule is text; the form of lists is not supported']],
    [
      'occi:create: [["role:admin"], ["role:member"]]',
      ['policy.yaml: occi:create: a rule is text; the form of lists is not supported'],
    ],
    ['- occi:create', ['policy.yaml: it has to be a mapping of names to rules']],
    ['occi:create', ['policy.yaml: it has to be a mapping of names to rules']],
    ['my rule: "@"', ['policy.yaml: my rule: the name of a rule is one word']],
    ['? [a, b]\n: "@"', ['policy.yaml: ["a","b"]: the name of a rule is one word']],
    ['7: "@"', ['policy.yaml: 7: the name of a rule is one word']],
  ])('is refused with a line for each mistake: %j', (text, mistakes) => {
    expect(() => read(text)).toThrow(new PolicyError(mistakes));
  });

  it.each([
    ['occi:create: @', /^policy\.yaml: Plain value cannot start with reserved character @ at line 1, column 14$/],
    ['occi:create: role:a\nocci:create: role:b', /^policy\.yaml: Map keys must be unique at line 2, column 1$/],
    ['occi:create: "role:a', /^policy\.yaml: .* at line 1, column \d+$/],
    ['occi:list: "@"\n\tocci:create: role:a', /^policy\.yaml: .* at line 2, column \d+(\npolicy\.yaml: .*)*$/],
    ['occi:create: *who', /^policy\.yaml: .*$/],
    ['a: 1\n---\nb: 2', /^policy\.yaml: .* at line 2, column \d+$/],
  ])('is refused where it is no YAML, saying where: %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it.each(['__proto__', 'constructor', 'toString'])('has no special names: %s', (name) => {
    expect(() => read(`${name}: "@"`)).toThrow(`policy.yaml: ${name}: no rule asks for it`);
    expect(() => read(`occi:list: rule:${name}`)).toThrow(`policy.yaml: occi:list: there is no rule \`${name}\``);
    expect(says(`${name}: "!"\nocci:list: rule:${name}`, name)).toBe('!');
  });
});

it('the examples of the documentation are what they say', () => {
  const document = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');
  const examples = [...document.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
  expect(examples.length).toBeGreaterThan(2);
  for (const text of examples) expect(() => read(text)).not.toThrow();
  const [first = ''] = examples;
  const { code, details, message } = refusal(() => {
    const credentials: Credentials = { ...anybody, roles: ['member'], proof: 'basic' };
    authorizeFor(
      { policy: read(first), credentials },
      targetNamed(model, 'compute:stop').subject,
      targetNamed(model, 'compute:stop').verb,
    );
  });
  expect([code, details.token]).toEqual(['forbidden', 'compute:stop']);
  expect(document).toContain(`\n> ${message}\n`);
});

describe('the sample', () => {
  const sample = samplePolicy(model);
  const clients: readonly Credentials[] = [
    anybody,
    ...['reader', 'member', 'nobody'].map((role): Credentials => ({ ...anybody, roles: [role], proof: 'basic' })),
  ];
  const verdicts = (text: string) => {
    const policy = read(text);
    return targetsOf(model).flatMap(({ subject, verb }) =>
      clients.map((who) => policy.allows(who, subject, verb, { project: who.project })),
    );
  };

  it('changes nothing as it is', () => {
    expect(sample.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
    expect(verdicts(sample)).toEqual(verdicts(''));
  });

  it('changes nothing with all that it shows switched on', () => {
    const on = sample.replaceAll(/^#"/gm, '"');
    const rules = on.split('\n').filter((line) => line.startsWith('"'));
    expect(rules.length).toBeGreaterThan(50);
    for (const name of [
      'admin',
      'occi:create',
      'compute:create',
      'compute:start',
      'storagelink:delete',
      'query:show',
    ]) {
      expect(rules.filter((rule) => rule.startsWith(`"${name}": `))).toHaveLength(1);
    }
    expect(verdicts(on)).toEqual(verdicts(''));
  });
});
