import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runOcci } from './occi-command.ts';

/** What bash would offer when Tab is pressed after these words. */
function offered(script: string, ...words: readonly string[]): readonly string[] {
  const program = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _occi; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', program, 'bash', 'occi', ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

describe('occi completion', () => {
  it('lets bash complete verbs, their options and choices', async () => {
    const { stdout, code } = await runOcci(['completion', 'bash']);
    expect(code).toBe(0);
    expect(spawnSync('bash', ['-n'], { input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect(offered(stdout, 'de')).toEqual(['describe', 'delete']);
    expect(offered(stdout, 'create', '--wa')).toEqual(['--wait', '--wait-timeout']);
    expect(offered(stdout, '--endpoint', 'http://cloud.test', 'list', '--fi')).toEqual(['--filter']);
    expect(offered(stdout, 'list', '--output', '')).toEqual(['table', 'json', 'text', 'uri']);
    expect(offered(stdout, 'completion', 'f')).toEqual(['fish']);
    expect(offered(stdout, 'cdmi', 'm')).toEqual(['mv', 'meta', 'mkdir']);
    expect(offered(stdout, 'cdmi', 'put', '--ro')).toEqual(['--root']);
    expect(offered(stdout, 'cdmi', 'put', '--con')).toEqual(['--continue']);
    expect(offered(stdout, 'list', 'cdmi', '--fi')).toEqual(['--filter']);
  });

  it('has scripts for zsh and fish', async () => {
    const zsh = await runOcci(['completion', 'zsh']);
    expect(zsh.stdout).toMatch(/^#compdef occi\n/);
    expect(spawnSync('bash', ['-n'], { input: zsh.stdout, encoding: 'utf8' })).toMatchObject({ status: 0 });
    const fish = await runOcci(['completion', 'fish']);
    const lines = fish.stdout.trim().split('\n');
    for (const line of lines) expect(line).toMatch(/^complete -c occi (?:[^'"]|'(?:[^'\\]|\\.)*')*$/);
    expect(lines).toContainEqual(expect.stringMatching(/-f -a watch -d '/));
    expect(lines).toContainEqual(expect.stringMatching(/__fish_seen_subcommand_from delete' -l all -d/));
    expect(lines).toContainEqual(expect.stringMatching(/from cdmi; and not \S+ ls put .*' -f -a get -d/));
    expect(lines).toContainEqual(expect.stringMatching(/from cdmi; and \S+from get' -l range -r -d/));
  });

  it('knows no other shell', async () => {
    expect(await runOcci(['completion', 'csh'])).toMatchObject({ code: 2, stdout: '' });
  });
});
