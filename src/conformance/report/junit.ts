import { dialectName } from '../dialect.ts';
import type { Result } from '../run.ts';
import type { Finding } from '../summary.ts';
import { type Markup, markup } from './markup.ts';
import { documentTitle, type Report } from './report.ts';
import { requestText, responseText, shortened } from './shortened.ts';

const measure = { body: 4000, field: 1000 };

/**
 * A report as build servers read it: a suite for each document, a case for each requirement. What is inconclusive, not
 * applicable or not checked was skipped, and says why.
 */
export function junitReport(report: Report): string {
  const { findings } = report.summary;
  const documents = [...new Map(report.summary.tallies.map(({ document, title }) => [document, title]))];
  const suites = documents.map(([document, title]) => {
    const own = findings.filter(({ requirement }) => requirement.document === document);
    return markup`
<testsuite name="${documentTitle(document, title)}" ${figures(own)} timestamp="${report.started.toISOString()}">${own.map(testcase)}
</testsuite>`;
  });
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="occi-conformance ${report.endpoint}" ${figures(findings)}>${suites}
</testsuites>
`.source;
}

function figures(findings: readonly Finding[]): Markup {
  const failures = findings.filter(({ verdict }) => verdict === 'fail').length;
  const skipped = findings.filter(({ verdict }) => verdict !== 'fail' && verdict !== 'pass').length;
  return markup`tests="${findings.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds(findings)}"`;
}

function testcase(finding: Finding): Markup {
  const { requirement } = finding;
  const { id, document, section, level, text } = requirement;
  const where = [document, section].filter(Boolean).join('.');
  return markup`
  <testcase classname="${where}" name="${id} (${level}): ${text}" time="${seconds([finding])}">${outcome(finding)}</testcase>`;
}

function outcome({ verdict, results, why }: Finding): Markup | undefined {
  if (verdict === 'pass') return undefined;
  const told = results.filter((one) => one.verdict === verdict);
  const [first] = told;
  const message = why ?? first?.reason ?? '';
  if (verdict !== 'fail') return markup`<skipped message="${verdict}: ${message}"/>`;
  return markup`<failure type="${first?.check.id}" message="${message}">${told.map(account).join('\n\n')}</failure>`;
}

function account({ check, dialect, reason, exchanges }: Result): string {
  const said = exchanges.map((exchange) => {
    const shown = shortened(exchange, measure);
    return `${requestText(shown)}\n\n${responseText(shown)}`;
  });
  return [`${check.id}, ${dialectName(dialect)}: ${check.title}`, reason ?? '', ...said].join('\n\n');
}

/** How long the server has taken for all of it. */
function seconds(findings: readonly Finding[]): string {
  const exchanges = new Set(findings.flatMap(({ results }) => results.flatMap((result) => result.exchanges)));
  const sum = [...exchanges].reduce((total, { response }) => total + response.milliseconds, 0);
  return (sum / 1000).toFixed(3);
}
