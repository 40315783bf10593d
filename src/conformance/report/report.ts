import type { ProfileName } from '../profiles.ts';
import type { Requirement } from '../requirement.ts';
import type { Result } from '../run.ts';
import type { Selection } from '../selection.ts';
import { failed, type Summary } from '../summary.ts';

/** Everything that a report tells, whatever it looks like. */
export interface Report {
  /** The version of the suite. */
  readonly suite: string;
  /** The URL below which the server is, without user and password. */
  readonly endpoint: string;
  /** What the server says it is (`Server`); empty when it does not. */
  readonly server: string;
  readonly started: Date;
  readonly milliseconds: number;
  readonly profile?: ProfileName;
  readonly selection: Selection;
  /** All requirements there are, also those that the selection is not about. */
  readonly requirements: readonly Requirement[];
  readonly results: readonly Result[];
  readonly summary: Summary;
  /** How many checks there were to be made. */
  readonly planned: number;
  /** Why the run was given up before its end. */
  readonly givenUp?: string;
  /** What the reader has to know besides. */
  readonly notes: readonly string[];
  /** What could not be taken away again, and why. */
  readonly left: readonly string[];
}

/** Whether nothing has failed that has to be so. */
export function conforms({ summary }: Report): boolean {
  return failed(summary, 'MUST').length === 0;
}

/** What a run comes to, in a few words. */
export function conclusion({ summary, givenUp }: Report): string {
  const number = (level: 'MUST' | 'SHOULD') => `${failed(summary, level).length || 'no'} ${level}`;
  const unusual = failed(summary, 'practice').length;
  const practice = unusual === 0 ? '' : `, and ${unusual} of practice, which no document asks for`;
  const end = givenUp === undefined ? '' : '; the run is not complete';
  return `failed: ${number('MUST')}, ${number('SHOULD')}${practice}${end}`;
}

/** A level in front of what has failed: practice has to be told from what documents ask for. */
export function levelText(level: Requirement['level']): string {
  return level === 'practice' ? 'practice, which no document asks for' : level;
}

/** When a run was made, to the second, as people read it. */
export function dateText({ started }: Report): string {
  return started
    .toISOString()
    .replace('T', ' ')
    .replace(/\.[0-9]+Z$/, ' UTC');
}

/** How a document is named. */
export function documentTitle(document: string, title: string): string {
  return document.startsWith('GFD') ? `${document} ${title}` : title;
}

/** What a report is about, in lines of a name and a value. */
export function particulars(report: Report): readonly (readonly [name: string, value: string])[] {
  const { endpoint, server, milliseconds, profile, results, planned, suite } = report;
  return [
    ['Server', endpoint],
    ['says it is', server || 'nothing'],
    ['Date', `${dateText(report)}, ${(milliseconds / 1000).toFixed(1)} s`],
    ['Suite', `occi-conformance ${suite}`],
    ['Selection', selectionText(report.selection, profile)],
    ['Checks', results.length === planned ? `${planned}` : `${results.length} of ${planned}`],
  ];
}

function selectionText(selection: Selection, profile?: ProfileName): string {
  const { documents, versions, renderings, levels, ids, isDestructive } = selection;
  const parts = [
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(versions === undefined ? [] : [`OCCI ${versions.join(' and ')}`]),
    ...[documents, renderings, levels, ids].flatMap((list) => (list === undefined ? [] : [list.join(', ')])),
    ...(isDestructive === true ? ['destructive checks, too'] : []),
  ];
  return parts.join('; ') || 'everything';
}
