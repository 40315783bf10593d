import type { Check } from './check.ts';
import { unobservable } from './checks/unobservable.ts';
import { documents, type Requirement, sameAs } from './requirement.ts';
import type { Result, Verdict } from './run.ts';
import { isOf, requirementsOf, type Selection } from './selection.ts';

/** What can be said of a requirement. */
export type RequirementVerdict = Verdict | 'not checked';

/** The verdicts on requirements, the most urgent first. */
export const requirementVerdicts: readonly RequirementVerdict[] = [
  'fail',
  'inconclusive',
  'pass',
  'not applicable',
  'not checked',
];

/** Levels, the strictest first. */
export const levels: readonly Requirement['level'][] = ['MUST', 'SHOULD', 'MAY', 'practice'];

/** A requirement, and what has come of the checks that look at it. */
export interface Finding {
  readonly requirement: Requirement;
  readonly verdict: RequirementVerdict;
  readonly results: readonly Result[];
  /** Why it has not been checked. */
  readonly why?: string;
}

/** How many requirements there are of each verdict. */
export type Counts = Readonly<Record<RequirementVerdict, number>>;

/** The requirements of one document that have the same level. */
export interface Tally {
  readonly document: string;
  readonly title: string;
  readonly level: Requirement['level'];
  readonly counts: Counts;
}

/** What a run has found out. */
export interface Summary {
  /** In the order of documents, then of the requirements. */
  readonly findings: readonly Finding[];
  /** In the same order, and that of levels; those that have no requirements are left out. */
  readonly tallies: readonly Tally[];
}

/** What is judged. */
export interface Evidence {
  readonly requirements: readonly Requirement[];
  /** All checks there are, whether they were made or not. */
  readonly checks: readonly Check[];
  readonly results: readonly Result[];
  readonly selection: Selection;
}

/** Judges the requirements on servers that a selection is about. */
export function summarise(evidence: Evidence): Summary {
  const { requirements, results, selection } = evidence;
  const byId = resultsById(requirements, results);
  const names = Object.keys(documents);
  const findings = requirements
    .filter((requirement) => isAbout(selection, requirement, byId.get(requirement.id) ?? []))
    .map((requirement) => findingOf(requirement, byId.get(requirement.id) ?? [], evidence))
    .toSorted((a, b) => names.indexOf(a.requirement.document) - names.indexOf(b.requirement.document));
  const tallies = Object.entries(documents).flatMap(([document, title]) =>
    levels.flatMap((level) => {
      const own = findings.filter(({ requirement: one }) => one.document === document && one.level === level);
      return own.length === 0 ? [] : [{ document, title, level, counts: count(own) }];
    }),
  );
  return { findings, tallies };
}

/** How many findings there are of each verdict. */
export function count(findings: readonly Finding[]): Counts {
  const number = (verdict: RequirementVerdict) => findings.filter((one) => one.verdict === verdict).length;
  return Object.fromEntries(requirementVerdicts.map((verdict) => [verdict, number(verdict)])) as Counts;
}

/** The requirements of a level that are not met. */
export function failed({ findings }: Summary, level: Requirement['level']): readonly Finding[] {
  return findings.filter(({ verdict, requirement }) => verdict === 'fail' && requirement.level === level);
}

function resultsById(
  requirements: readonly Requirement[],
  results: readonly Result[],
): ReadonlyMap<string, readonly Result[]> {
  const found = new Map<string, Result[]>();
  for (const result of results) {
    for (const { id } of requirementsOf(result.check, result.dialect.version, requirements)) {
      found.set(id, [...(found.get(id) ?? []), result]);
    }
  }
  return found;
}

function isAbout(selection: Selection, requirement: Requirement, results: readonly Result[]): boolean {
  const { documents: wanted, levels: of, versions, ids } = selection;
  const { id, document, level, actor } = requirement;
  return (
    actor === 'server' &&
    (wanted?.includes(document) ?? true) &&
    (of?.includes(level) ?? true) &&
    (versions?.some((version) => isOf(version, document)) ?? true) &&
    (ids === undefined || ids.includes(id) || results.some(({ check }) => ids.includes(check.id)))
  );
}

function findingOf(requirement: Requirement, results: readonly Result[], evidence: Evidence): Finding {
  const verdict = verdictOf(results.map((one) => one.verdict));
  return {
    requirement,
    verdict,
    results,
    ...(verdict === 'not checked' ? { why: whyNot(requirement, evidence) } : {}),
  };
}

function whyNot(requirement: Requirement, { checks, selection }: Evidence): string {
  const ids = [requirement.id, ...sameAs(requirement)];
  const about = checks.filter(({ proves }) => ids.some((id) => proves.includes(id)));
  if (about.length === 0) {
    return unobservable.find(({ id }) => ids.includes(id))?.why ?? requirement.note ?? 'there is no check for it';
  }
  if (selection.isDestructive !== true && about.every(({ isDestructive }) => isDestructive === true)) {
    return 'this cannot be checked without touching what is there already, for which --destructive has to be given';
  }
  return 'its checks are not among those that were made';
}

function verdictOf(verdicts: readonly Verdict[]): RequirementVerdict {
  if (verdicts.length === 0) return 'not checked';
  if (verdicts.includes('fail')) return 'fail';
  if (verdicts.includes('inconclusive')) return 'inconclusive';
  return verdicts.includes('pass') ? 'pass' : 'not applicable';
}
