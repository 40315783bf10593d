/** Builds `dist/`: JavaScript and declarations from `src/`, and the model files beside them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync('tsc', ['--project', 'tsconfig.build.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
cpSync('spec', 'dist/spec', { recursive: true });
for (const command of ['main.js', 'cli/occi-agent.js', 'cli/occi.js', 'cli/occi-conformance.js'])
  chmodSync(`dist/src/${command}`, 0o755);
