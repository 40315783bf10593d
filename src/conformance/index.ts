/**
 * The conformance suite for OCCI servers of any make: examines one from outside, and reports what it has found.
 *
 * @example
 * const report = await examine({ endpoint: 'http://127.0.0.1:3000', profile: 'wg' });
 * await writeFile('report.html', htmlReport(report));
 * process.exitCode = conforms(report) ? 0 : 1;
 *
 * @module
 */
export { type Check, Inconclusive, NotApplicable, Unmet } from './check.ts';
export { checks } from './checks/index.ts';
export { type Dialect, dialectName, type Version } from './dialect.ts';
export { type ExamineOptions, examine } from './examine.ts';
export { type Profile, type ProfileName, profileNames, profiles } from './profiles.ts';
export type { Extent } from './report/extent.ts';
export { htmlReport } from './report/html.ts';
export { jsonReport } from './report/json.ts';
export { type JsonReport, jsonReportSchema } from './report/json-schema.ts';
export { junitReport } from './report/junit.ts';
export { conclusion, conforms, type Report } from './report/report.ts';
export { textReport } from './report/text.ts';
export { documents, type Requirement, readRequirements } from './requirement.ts';
export type { Result, Verdict } from './run.ts';
export type { Selection } from './selection.ts';
export type { Counts, Finding, RequirementVerdict, Summary, Tally } from './summary.ts';
