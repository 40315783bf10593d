import { requirementsOf } from '../selection.ts';
import { type Extent, measureOf } from './extent.ts';
import { conforms, type Report } from './report.ts';
import { shortened } from './shortened.ts';

/** Changes when something is left out, renamed, or means something else; not when something is added. */
export const jsonFormat = 1;

/** A report for programs, in the form that `jsonReportSchema` describes and docs/conformance-suite.md explains. */
export function jsonReport(report: Report, extent: Extent = {}): string {
  const { suite, endpoint, server, started, milliseconds, profile, selection, planned, givenUp, notes, left } = report;
  const document = {
    format: 'occi-conformance',
    formatVersion: jsonFormat,
    suite,
    server: { endpoint, says: server },
    started: started.toISOString(),
    milliseconds,
    profile,
    selection,
    conforms: conforms(report),
    complete: givenUp === undefined,
    givenUp,
    planned,
    notes,
    left,
    summary: report.summary.tallies,
    requirements: report.summary.findings.map(({ requirement, verdict, results, why }) => ({
      id: requirement.id,
      document: requirement.document,
      section: requirement.section,
      level: requirement.level,
      text: requirement.text,
      verdict,
      why,
      results: results.map((result) => report.results.indexOf(result)),
    })),
    results: report.results.map(({ check, dialect, verdict, reason, exchanges }) => ({
      check: check.id,
      title: check.title,
      version: dialect.version,
      rendering: dialect.rendering,
      verdict,
      reason,
      requirements: requirementsOf(check, dialect.version, report.requirements).map(({ id }) => id),
      exchanges: exchanges.map((exchange) => shortened(exchange, measureOf(verdict, extent))),
    })),
  };
  const members = Object.entries(document).filter(([, value]) => value !== undefined);
  return `{\n${members.map(([name, value]) => `"${name}": ${listed(value)}`).join(',\n')}\n}\n`;
}

/** Each requirement and each result on a line of its own: indented, a report would be half as large again. */
function listed(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value);
  return `[\n${value.map((one) => JSON.stringify(one)).join(',\n')}\n]`;
}
