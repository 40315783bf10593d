/** Writes what of the documents is made of code: the references of settings. `--check` fails when one is out of date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type AgentSetting, agentSettings } from '../src/cli/agent-settings.ts';
import { settings } from '../src/config.ts';
import type { Setting } from '../src/setting.ts';

const documents = [
  { name: 'docs/configuration.md', write: () => configuration(Object.values<Setting>(settings)) },
  {
    name: 'docs/agent.md',
    write: (present: string) => withOptions(present, Object.values<AgentSetting>(agentSettings)),
  },
];

for (const { name, write } of documents) {
  const file = new URL(`../${name}`, import.meta.url);
  const present = readFileSync(file, 'utf8');
  const text = write(present);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (present !== text) {
    console.error(`${name} is out of date; run: npm run docs`);
    process.exitCode = 1;
  }
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

/** The document of the agent, with the table between the two marks made anew. */
function withOptions(document: string, all: readonly AgentSetting[]): string {
  const rows = all.map(({ option, value, variable, meaning, default: fallback, shown }) => {
    const preset = shown?.replaceAll('<', '&lt;') ?? (fallback === undefined ? '–' : `\`${fallback}\``);
    return `| \`--${option} ${value.replaceAll('|', '\\|')}\` | \`${variable}\` | ${preset} | ${meaning} |`;
  });
  const table = ['| option | variable | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
  return document.replace(
    /(<!-- options: .*-->\n)[\s\S]*?(<!-- \/options -->)/,
    (_, start, end) => `${start}${table}\n${end}`,
  );
}
