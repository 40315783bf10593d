import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { settings } from '../../config.ts';
import type { Credentials } from '../../gateway/credentials.ts';
import type { Owned } from '../../gateway/policy/check.ts';
import { expand, missingRoles, type Reason, reasonOf } from '../../gateway/policy/explanation.ts';
import { print } from '../../gateway/policy/expression.ts';
import { Policy } from '../../gateway/policy/policy.ts';
import { readPolicy } from '../../gateway/policy/policy-file.ts';
import { samplePolicy } from '../../gateway/policy/sample.ts';
import { targetNamed } from '../../gateway/policy/target-named.ts';
import { commonProject } from '../../occi/entity.ts';
import { Model } from '../../occi/model.ts';
import { loadModelFiles } from '../../spec/model-files.ts';

/** The answer of `explain` is also the exit code, for scripts. */
const exitCodes = { allowed: 0, denied: 1, noAnswer: 2 };

interface ModelOption {
  readonly modelDir?: string;
}

interface ExplainOptions extends ModelOption {
  readonly policy?: string;
  readonly user: string;
  readonly project: string;
  readonly role: readonly string[];
  readonly target: string;
  readonly targetProject?: string;
}

/** `occi-gateway policy …`: who may do what, and why. */
export function policyCommand(): Command {
  const policy = new Command('policy')
    .description('who may do what, and why')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitCodes.noAnswer));
  policy
    .command('explain')
    .description(
      'tell whether something is allowed, and which rule decides; exit code 0 allowed, 1 denied, 2 no answer',
    )
    .requiredOption('--target <name>', 'what is to be done: compute:create, compute:start, mixin:create, query:show')
    .option('--user <id>', 'the user', 'anybody')
    .option('--project <id>', 'the project he works in', commonProject)
    .option(
      '--role <name>',
      'a role he has; may be given again',
      (role, others: readonly string[]) => [...others, role],
      [],
    )
    .option('--target-project <id>', 'the project of the entity; that of the user by default')
    .addOption(
      new Option('--policy <file>', 'the policy file; without it the defaults').env(settings.policyFile.variable),
    )
    .addOption(modelOption())
    .action((options: ExplainOptions) => answering(() => explain(options)));
  policy
    .command('list')
    .description('print all rules with what they say by default, as a policy file to start from')
    .addOption(modelOption())
    .action((options: ModelOption) =>
      answering(async () => {
        process.stdout.write(samplePolicy(modelOf(options)));
      }),
    );
  return policy;
}

function modelOption(): Option {
  return new Option('--model-dir <dir>', 'model files of your own').env(settings.modelDir.variable);
}

function modelOf({ modelDir }: ModelOption): Model {
  return new Model(loadModelFiles(modelDir === undefined ? [] : [modelDir]));
}

async function answering(answer: () => Promise<void>): Promise<void> {
  try {
    await answer();
  } catch (error) {
    process.stderr.write(`occi-gateway: ${(error as Error).message}\n`);
    process.exitCode = exitCodes.noAnswer;
  }
}

async function explain(options: ExplainOptions): Promise<void> {
  const { user, project, role: roles, policy: file } = options;
  const model = modelOf(options);
  const policy = file === undefined ? new Policy(model) : readPolicy(await readFile(file, 'utf8'), file, model);
  const { subject, verb } = targetNamed(model, options.target);
  const who: Credentials = { user, project, roles, proof: 'none' };
  const owner: Owned = { project: options.targetProject ?? project };
  // What is being created belongs to who creates it, and what is of nobody is asked about as one's own.
  const isOwn = verb === 'create' || verb === 'list' || typeof subject === 'string';
  const what = isOwn ? who : owner;
  const rule = policy.ruleFor(subject, verb);
  const isAllowed = rule.check(who, what);
  const missing = isAllowed ? [] : missingRoles(policy, rule, who, what);
  const lines = [
    `${isAllowed ? 'allowed' : 'denied'}: ${options.target} to ${user} in ${project}, ${roleWords(roles)}`,
    '',
    `decided by ${rule.name}${rule.from === 'file' ? ` in ${file}` : ', a default'}`,
    `  it says  ${print(rule.says)}`,
    `  that is  ${print(expand(policy, rule.says))}`,
    '',
    ...tree(reasonOf(policy, rule.says, who, what)),
    ...(missing.length === 0 ? [] : ['', `missing: the role ${missing.join(' or ')}`]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = isAllowed ? exitCodes.allowed : exitCodes.denied;
}

function roleWords(roles: readonly string[]): string {
  if (roles.length === 0) return 'without roles';
  return `${roles.length === 1 ? 'with the role' : 'with the roles'} ${roles.join(', ')}`;
}

function tree({ says, holds, because, values }: Reason, depth = 0): readonly string[] {
  const compared = values === undefined ? '' : `  (${values})`;
  const own = `${holds ? 'holds' : 'fails'}  ${'  '.repeat(depth)}${says}${compared}`;
  return [own, ...because.flatMap((reason) => tree(reason, depth + 1))];
}
