import type { Check } from '../../conformance/check.ts';
import { checks } from '../../conformance/checks/index.ts';
import { documentTitle } from '../../conformance/report/report.ts';
import { documents, readRequirements } from '../../conformance/requirement.ts';
import type { Result } from '../../conformance/run.ts';
import { attemptsFor, type Selection } from '../../conformance/selection.ts';
import { type Finding, summarise } from '../../conformance/summary.ts';

/** The requirements that a selection is about, with the checks that would be made for each. */
export function listing(selection: Selection): string {
  const requirements = readRequirements();
  const attempts = attemptsFor(checks, requirements, selection);
  const results = attempts.map((attempt): Result => ({ ...attempt, verdict: 'pass', exchanges: [] }));
  const { findings } = summarise({ requirements, checks, results, selection });
  const parts = Object.entries(documents).flatMap(([document, title]) => {
    const own = findings.filter(({ requirement }) => requirement.document === document);
    return own.length === 0 ? [] : [`${documentTitle(document, title)}\n\n${own.map(entry).join('\n')}`];
  });
  return `${parts.join('\n\n')}\n`;
}

function entry({ requirement, results, why }: Finding): string {
  const { id, section, level, text } = requirement;
  const where = section === undefined ? '' : ` §${section}`;
  const made = [...Map.groupBy(results, ({ check }) => check)].map(([check, own]) => line(check, own));
  return [`  ${id} (${level}${where}): ${text}`, ...(made.length === 0 ? [`      not checked: ${why}`] : made)].join(
    '\n',
  );
}

function line({ id, title, isDestructive }: Check, results: readonly Result[]): string {
  const ways = results.map(({ dialect: { version, rendering } }) => `${version} ${rendering}`);
  return `      ${id}: ${title} [${ways.join(', ')}]${isDestructive === true ? ' (destructive)' : ''}`;
}
