/** Writes the documents that are made of code: the configuration reference. `--check` fails when one is out of date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Setting, settings } from '../src/config.ts';

const file = new URL('../docs/configuration.md', import.meta.url);
const text = configuration(Object.values<Setting>(settings));

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/configuration.md is out of date; run: npm run docs');
  process.exit(1);
}

function configuration(all: readonly Setting[]): string {
  const rows = all.map(({ variable, default: fallback, meaning }) => {
    const shown = fallback === undefined ? '–' : fallback === '' ? '(empty)' : `\`${fallback}\``;
    return `| \`${variable}\` | ${shown} | ${meaning} |`;
  });
  return `# Configuration

Environment variables; a file \`.env\` in the working directory is read, too. All of them are checked at start: a wrong
value stops it with one line per mistake, and an \`OCCI_…\` variable that is none of these is reported in the log.
This page is made from \`src/config.ts\` by \`npm run docs\`.

| variable | default | meaning |
|---|---|---|
${rows.join('\n')}
`;
}
