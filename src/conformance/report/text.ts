import { dialectName } from '../dialect.ts';
import type { Result } from '../run.ts';
import { requirementsOf } from '../selection.ts';
import { type Finding, type RequirementVerdict, requirementVerdicts } from '../summary.ts';
import { conclusion, documentTitle, levelText, particulars, type Report } from './report.ts';
import { requestText, responseText, shortened } from './shortened.ts';
import { visible } from './visible.ts';

const measure = { body: 2000, field: 500 };
const rule = '─'.repeat(78);

/**
 * A report for people to read: particulars, a table, then everything that failed with all that was said, then what is
 * inconclusive.
 */
export function textReport(report: Report): string {
  const made = (verdict: Result['verdict']) => report.results.filter((one) => one.verdict === verdict);
  const { findings } = report.summary;
  const parts = [
    `OCCI conformance: ${conclusion(report)}`,
    particulars(report)
      .map(([name, value]) => `${name.padEnd(12)}${value}`)
      .join('\n'),
    ...(report.givenUp === undefined ? [] : [`The run was given up: ${report.givenUp}`]),
    table(report),
    ...section(
      'Failed',
      made('fail').map((result) => failure(result, report)),
    ),
    ...section(
      'Inconclusive',
      made('inconclusive').map((result) => brief(result, report)),
    ),
    ...(report.givenUp === undefined ? section('Not checked', findings.filter(isOpen).map(notChecked), '\n') : []),
    ...section('Notes', report.notes, '\n'),
    ...section('Left on the server', report.left, '\n'),
  ];
  return `${visible(parts.join('\n\n'))}\n`;
}

/** How many requirements of which document and level have come to what. */
function table({ summary }: Report): string {
  const short: Readonly<Record<RequirementVerdict, string>> = {
    fail: 'fail',
    inconclusive: 'inconclusive',
    pass: 'pass',
    'not applicable': 'n/a',
    'not checked': 'unchecked',
  };
  const headings = ['', '', ...requirementVerdicts.map((verdict) => short[verdict])];
  const rows = summary.tallies.map(({ document, title, level, counts }, at, all) => [
    all[at - 1]?.document === document ? '' : documentTitle(document, title),
    level,
    ...requirementVerdicts.map((verdict) => String(counts[verdict] || '·')),
  ]);
  const width = (column: number) => Math.max(...[headings, ...rows].map((row) => row[column]?.length ?? 0));
  return [headings, ...rows]
    .map((row) =>
      row.map((cell, column) => (column < 2 ? cell.padEnd(width(column)) : cell.padStart(width(column)))).join('  '),
    )
    .join('\n');
}

function section(title: string, entries: readonly string[], between = '\n\n'): readonly string[] {
  return entries.length === 0 ? [] : [`${title}\n${rule}\n${entries.join(between)}`];
}

function failure(result: Result, report: Report): string {
  return [brief(result, report), ...result.exchanges.map((exchange) => indented(exchangeText(exchange)))].join('\n\n');
}

function exchangeText(exchange: Result['exchanges'][number]): string {
  const shown = shortened(exchange, measure);
  return `${requestText(shown)}\n\n${responseText(shown)}`;
}

/** What was checked, what it proves, and what came of it. */
function brief({ check, dialect, reason }: Result, { requirements }: Report): string {
  const about = requirementsOf(check, dialect.version, requirements).map(
    ({ id, document, section, level, text }) =>
      `  ${id} (${[document, section].filter(Boolean).join(' §')}, ${levelText(level)}): ${text}`,
  );
  return [`${check.id}, ${dialectName(dialect)}: ${check.title}`, ...about, `  → ${reason ?? ''}`].join('\n');
}

function indented(text: string): string {
  return text.replace(/^/gm, '    | ');
}

function isOpen({ verdict, requirement: { level } }: Finding): boolean {
  return verdict === 'not checked' && (level === 'MUST' || level === 'SHOULD');
}

function notChecked({ requirement: { id, level, text }, why }: Finding): string {
  return `${id} (${level}): ${text} – ${why}`;
}
