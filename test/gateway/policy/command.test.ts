import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPolicy } from '../../../src/gateway/policy/policy-file.ts';
import { Model } from '../../../src/occi/model.ts';
import { loadModelFiles } from '../../../src/spec/model-files.ts';
import { runToEnd, temporaryDirectory } from '../../server/command.ts';

const model = new Model(loadModelFiles());
const explain = (args: string, environment = {}) => runToEnd(['policy', 'explain', ...args.split(' ')], environment);

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeAll(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'policy.yaml');
  writeFileSync(
    file,
    `mine: project_id:%(project_id)s
compute:start: rule:mine and not role:trainee or role:boss
network:*: "!"
`,
  );
});
afterAll(() => directory.remove());

describe('occi-gateway policy explain', () => {
  it('says what decides, what that means, and which check fails', async () => {
    const { code, stdout, stderr } = await explain('--user anna --project p --role reader --target compute:stop');
    expect(stderr).toBe('');
    expect(stdout).toBe(`denied: compute:stop to anna in p, with the role reader

decided by occi:act, a default
  it says  rule:member
  that is  role:member or role:admin

fails  rule:member
fails    role:member or rule:admin
fails      role:member
fails      rule:admin
fails        role:admin

missing: the role member or admin
`);
    expect(code).toBe(1);
  });

  it('says why something is allowed', async () => {
    const { code, stdout } = await explain('--user anna --project p --role member --target compute:stop');
    expect(stdout).toMatch(/^allowed: compute:stop to anna in p, with the role member\n/);
    expect(stdout).toMatch(/^holds {6}role:member$/m);
    expect(stdout).not.toContain('missing');
    expect(code).toBe(0);
  });

  it('reads the policy file, and compares with whose the entity is', async () => {
    const of = `--policy ${file} --user anna --project p --target compute:start`;
    const own = await explain(of);
    expect([own.code, own.stdout]).toEqual([0, expect.stringContaining(`decided by compute:start in ${file}\n`)]);
    expect(own.stdout).toContain('allowed: compute:start to anna in p, without roles\n');
    const other = await explain(`${of} --target-project q`);
    expect([other.code, other.stdout]).toEqual([1, expect.stringContaining('(p is not q)')]);
    expect(other.stdout).toMatch(/\n\nmissing: the role boss\n$/);
    const trainee = await explain(`${of} --role trainee --role boss`);
    expect([trainee.code, trainee.stdout]).toEqual([0, expect.stringContaining('with the roles trainee, boss')]);
  });

  it('finds the file in the environment, as the gateway does', async () => {
    const named = await explain('--role admin --target network:up', { OCCI_POLICY_FILE: file });
    expect([named.code, named.stdout]).toEqual([1, expect.stringContaining('decided by network:* in')]);
    expect(named.stdout).not.toContain('missing');
  });

  it('does not take rules about who made an entity, and says what to write instead', async () => {
    const users = join(directory.path, 'users.yaml');
    writeFileSync(users, 'compute:delete: user_id:%(user_id)s\n');
    const { code, stderr } = await explain(`--policy ${users} --target compute:delete`);
    expect(code).toBe(2);
    expect(stderr).toContain(`${users}: compute:delete: column 1: \`%(user_id)s\` is not known`);
    expect(stderr).toContain('write `project_id:%(project_id)s`');
  });

  it.each([
    ['--target compute:strat', 'occi-gateway: there is nothing called compute:strat; is it compute:start?\n'],
    ['--role admin', "error: required option '--target <name>' not specified\n"],
    ['--target compute:start --polcy x', "error: unknown option '--polcy'\n(Did you mean --policy?)\n"],
  ])('answers %s with 2, which is neither yes nor no', async (args, stderr) => {
    expect(await explain(args)).toMatchObject({ code: 2, stdout: '', stderr });
  });

  it('answers with 2 where the policy is broken or away', async () => {
    const broken = join(directory.path, 'broken.yaml');
    writeFileSync(broken, 'compute:create: role:admin nd role:x\nmembr: "@"\n');
    expect(await explain(`--target compute:start --policy ${broken}`)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `occi-gateway: ${broken}: compute:create: column 12: unexpected \`nd\`\n`,
    });
    const away = await explain(`--target compute:start --policy ${broken}.away`);
    expect([away.code, away.stderr]).toEqual([2, expect.stringContaining('ENOENT')]);
  });

  it('knows the kinds of the operator, and tells those of the same name apart', async () => {
    const scheme = 'http://other.test/occi#';
    const parent = 'http://schemas.ogf.org/occi/core#resource';
    const kinds = ['compute', 'robot'].map((term) => ({
      term,
      scheme,
      title: term,
      parent,
      location: `/other/${term}/`,
    }));
    writeFileSync(join(directory.path, 'other.json'), JSON.stringify({ document: 'other', kinds }));
    const models = { OCCI_MODEL_DIR: directory.path };
    expect(await explain('--role member --target robot:create', models)).toMatchObject({ code: 0 });
    expect(await explain('--role member --target compute:create', models)).toMatchObject({
      code: 2,
      stderr: `occi-gateway: compute:create can be each of these:
http://schemas.ogf.org/occi/infrastructure#compute:create
${scheme}compute:create
`,
    });
    expect(await explain(`--role member --target ${scheme}compute:create`, models)).toMatchObject({ code: 0 });
  });
});

it('occi-gateway policy list prints a policy file that changes nothing', async () => {
  const { code, stdout, stderr } = await runToEnd(['policy', 'list']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^#"compute:start": "rule:member"$/m);
  expect(readPolicy(stdout, 'list', model).rule('occi:create')?.from).toBe('default');
});
