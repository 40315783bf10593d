import { randomUUID } from 'node:crypto';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';
import type { Reporter } from 'vitest/node';
import { kept, placeVariable } from './place.ts';
import { type Search, search } from './search.ts';

/** What a search has come to: a line, and one for each find. */
export function told({ files, lines, secrets, plain, finds }: Search): string {
  const [first, ...more] = [
    `secrets in logs: ${finds.length} found; ${secrets} looked for in ${files} files with ${lines} lines`,
    ...finds.map(({ begins, file, line }) => `  ${begins}… in ${file}, line ${line}`),
  ];
  return [`${first}${plain > 0 ? ` (${plain} more cannot be told from words)` : ''}`, ...more].join('\n');
}

/** Searches what was kept in a directory, and what the tests themselves have written. */
function searchAll(place: string, written: string): Search {
  const files = (what: string) =>
    globSync('**/*', { cwd: join(place, what), withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  const secrets = files(kept.secrets).flatMap((file) => lines(readFileSync(file, 'utf8')));
  function* logs() {
    for (const file of files(kept.logs)) yield { file, text: readFileSync(file) };
    if (written !== '') yield { file: 'the output of the tests', text: Buffer.from(written) };
  }
  return search(logs(), secrets);
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as string);
}

/**
 * Keeps all logs of a run of the tests, and searches them when it is over: with a secret in one of them, the run fails
 * and the logs stay. One for all projects.
 */
export function logSearch(): Plugin {
  const place = join(tmpdir(), `occi-kept-${randomUUID()}`);
  let [isClean, written] = [true, ''];
  const reporter: Reporter = {
    onUserConsoleLog({ content }) {
      written += content;
    },
    onTestRunEnd() {
      const result = searchAll(place, written);
      process.stdout.write(`\n${told(result)}\n`);
      isClean = result.finds.length === 0;
      if (!isClean) process.exitCode = 1;
    },
  };
  process.once('exit', () => {
    rmSync(isClean ? place : join(place, kept.secrets), { recursive: true, force: true });
  });
  return {
    name: 'log-search',
    config: () => ({ test: { setupFiles: [fileURLToPath(new URL('observe.ts', import.meta.url))] } }),
    configureVitest({ vitest }) {
      process.env[placeVariable] = place;
      if (!vitest.config.reporters.includes(reporter)) vitest.config.reporters.push(reporter);
    },
  };
}
