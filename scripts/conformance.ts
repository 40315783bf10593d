/**
 * Writes docs/conformance.md: every requirement of spec/requirements with the tests that prove it. A test proves the
 * requirements whose ids stand in brackets in its title or in the title of its `describe`; an exchange, or a case of
 * CDMI, those it lists.
 * `--check` fails when the page is out of date, an id does not exist, or a MUST for servers has no test.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import {
  cdmiDocuments,
  documents,
  type Requirement,
  readRequirements,
  sameAs,
} from '../src/conformance/requirement.ts';
import { readCases } from '../test/cdmi/cases/case.ts';
import { differences } from '../test/exchanges/differences.ts';
import { readExchanges } from '../test/exchanges/exchange.ts';

/** The tests, by the id of the requirement they prove: test files, and exchanges as `E04-P`. */
export type Proofs = ReadonlyMap<string, readonly string[]>;

/** All documents. */
export const all: Readonly<Record<string, string>> = { ...documents, ...cdmiDocuments };

const root = new URL('../', import.meta.url);
const page = new URL('docs/conformance.md', root);

/** The ids in brackets in a test file. Comments, skipped tests and tests still to be written prove nothing. */
export function idsIn(source: string): readonly string[] {
  const code = source
    .replace(/^\s*(\/\/|\/?\*).*$/gm, '')
    .replace(/\b(it|test|describe)\.(skip|todo|fails)\(\s*(['"`]).*?\3/gs, '');
  return [...code.matchAll(/\[((?:CORE|HTTP|TEXT|JSON|C11|H11|INF|CRT|X|CDMI)-[A-Za-z0-9.-]+)\]/g)].map(
    ([, id = '']) => id,
  );
}

/** What proves which requirement: all files below test/, all exchanges that are replayed, and all cases of CDMI. */
export function readProofs(): Proofs {
  const proofs = new Map<string, string[]>();
  const prove = (id: string, by: string) => proofs.set(id, [...new Set(proofs.get(id)).add(by)]);
  for (const file of globSync('test/**/*.ts', { cwd: root, exclude: ['test/conformance.test.ts'] }).sort())
    for (const id of idsIn(read(file))) prove(id, file);
  for (const { id, proves } of readExchanges()) for (const requirement of proves) prove(requirement, id);
  for (const [name, cases] of readCases())
    for (const { proves } of cases) for (const id of proves) prove(`CDMI-${id}`, `test/cdmi/cases/${name}.json`);
  return proofs;
}

/** What is wrong: one line for each unknown or repeated id and for each MUST for servers that nothing proves. */
export function problems(requirements: readonly Requirement[], proofs: Proofs): readonly string[] {
  const ids = requirements.map(({ id }) => id);
  const unknown = [...proofs].filter(([id]) => !ids.includes(id));
  return [
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} is there twice`),
    ...requirements.flatMap((requirement) =>
      sameAs(requirement).flatMap((other) =>
        ids.includes(other) ? [] : [`${requirement.id} is the same as ${other}, which does not exist`],
      ),
    ),
    ...unknown.map(([id, by]) => `${id} does not exist; ${by.join(', ')}`),
    ...requirements.filter(isOpen(requirements, proofs)).map(({ id, text }) => `${id} has no test: ${text}`),
  ];
}

/** The page. */
export function conformance(requirements: readonly Requirement[], proofs: Proofs): string {
  const tables = Object.entries(all).map(([document, title]) => {
    const rows = requirements.filter((requirement) => requirement.document === document);
    return { document, title, rows };
  });
  const proven = (rows: readonly Requirement[], level: string) => {
    const all = rows.filter((row) => row.level === level && row.actor === 'server');
    return all.length === 0
      ? '–'
      : `${all.filter((row) => isProven(row, requirements, proofs)).length} of ${all.length}`;
  };
  const summary = tables.map(({ document, title, rows }) => {
    const levels = ['MUST', 'SHOULD', 'MAY', 'practice'].map((level) => proven(rows, level));
    const others = (['planned', 'differs', 'notOffered'] as const).map((why) => rows.filter((row) => row[why]).length);
    return `| ${[heading(document, title), ...levels, ...others].join(' | ')} |`;
  });
  const sections = tables.map(
    ({ document, title, rows }) => `## ${heading(document, title)}

| id | level | requirement | proven by |
|---|---|---|---|
${rows.map((row) => `| ${row.id} | ${level(row)} | ${row.text} | ${proofOf(row, proofs)} |`).join('\n')}
`,
  );
  const exchanges = readExchanges().length;
  return `# Conformance

Made from \`spec/requirements\`, the titles of the tests and \`test/exchanges\` by \`node scripts/conformance.ts\`.
A MUST for servers without a test fails the check.

## Summary

Requirements on servers that have a test, of all there are. Those whose time comes with a later version, those where the
gateway differs on purpose, and parts left to the server that are not offered are among all and not among the proven.

| document | MUST | SHOULD | MAY | practice | planned | differs | not offered |
|---|---|---|---|---|---|---|---|
${summary.join('\n')}

## Differences from the published examples

All ${exchanges} exchanges are replayed and compared byte for byte: status code, every header of the example, body. Headers that
an example does not list are allowed. These are all differences:

| difference | why |
|---|---|
${differences.map(({ what, reason }) => `| ${what} | ${reason} |`).join('\n')}

${sections.join('\n')}`;
}

function isOpen(requirements: readonly Requirement[], proofs: Proofs): (requirement: Requirement) => boolean {
  return (requirement) =>
    requirement.level === 'MUST' &&
    requirement.actor === 'server' &&
    requirement.planned !== true &&
    requirement.differs === undefined &&
    requirement.notOffered === undefined &&
    !isProven(requirement, requirements, proofs);
}

function isProven(requirement: Requirement, requirements: readonly Requirement[], proofs: Proofs): boolean {
  if (requirement.differs !== undefined || requirement.notOffered !== undefined) return false;
  if (proofs.has(requirement.id)) return true;
  const others = sameAs(requirement).map((other) => requirements.find((one) => one.id === other));
  return others.length > 0 && others.every((other) => other !== undefined && isProven(other, requirements, proofs));
}

function proofOf(requirement: Requirement, proofs: Proofs): string {
  const { id, planned, note, differs, notOffered } = requirement;
  const by = (proofs.get(id) ?? []).map((proof) => (proof.includes('/') ? `[${proof}](../${proof})` : proof));
  const same = sameAs(requirement);
  const others = same.length === 0 ? [] : [`as ${same.join(', ')}`];
  if (planned === true) return `planned: ${note}`;
  if (differs !== undefined) return `differs: ${differs}`;
  if (notOffered !== undefined) return `not offered: ${notOffered}`;
  return `${[...by, ...others].join(', ') || '–'}${note === undefined ? '' : `. ${note}`}`;
}

function level({ level, actor, capability }: Requirement): string {
  const of = capability === undefined ? '' : `, with \`${capability}\``;
  return actor === 'server' ? `${level}${of}` : `${level} (${actor})`;
}

function heading(document: string, title: string): string {
  return document.startsWith('GFD') ? `${document} ${title}` : title;
}

function read(file: string): string {
  return readFileSync(new URL(file, root), 'utf8');
}

if (import.meta.main) {
  const requirements = readRequirements(all);
  const proofs = readProofs();
  const text = conformance(requirements, proofs);
  if (process.argv.includes('--check')) {
    const wrong = [...problems(requirements, proofs)];
    if (readFileSync(page, 'utf8') !== text)
      wrong.push('docs/conformance.md is out of date; run: node scripts/conformance.ts');
    for (const line of wrong) console.error(line);
    if (wrong.length > 0) process.exitCode = 1;
  } else writeFileSync(page, text);
}
