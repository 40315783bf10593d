import { type Rendering, renderings } from '../../client/rendering.ts';
import { checks } from '../../conformance/checks/index.ts';
import { dialects, type Version, versions } from '../../conformance/dialect.ts';
import { documents, readRequirements } from '../../conformance/requirement.ts';
import type { Selection } from '../../conformance/selection.ts';
import { levels } from '../../conformance/summary.ts';
import { UsageError } from '../occi/usage-error.ts';

/** What options say about the selection, as people write it. */
export interface Wishes {
  readonly document?: readonly string[];
  readonly occiVersion?: readonly string[];
  readonly rendering?: readonly string[];
  readonly level?: readonly string[];
  readonly id?: readonly string[];
  readonly destructive?: boolean;
}

/** The selection that options stand for. @throws UsageError */
export function selectionFrom({ document, occiVersion, rendering, level, id, destructive }: Wishes): Selection {
  return {
    ...(document && { documents: document.map((word) => documentNamed(word)) }),
    ...(occiVersion && { versions: occiVersion.map((word) => oneOf(word, versions, 'version of OCCI') as Version) }),
    ...(rendering && { renderings: rendering.map((word) => renderingNamed(word)) }),
    ...(level && { levels: level.map((word) => oneOf(word, levels, 'level')) }),
    ...(id && { ids: id.map((word) => oneOf(word, allIds(), 'requirement or check', '--list shows all of them')) }),
    ...(destructive === true && { isDestructive: true }),
  };
}

/** By its number, with or without GFD. */
function documentNamed(word: string): string {
  const name = /^[0-9]+$/.test(word) ? `GFD.${word}` : word;
  return oneOf(name, Object.keys(documents), 'document');
}

const shortNames: Readonly<Record<string, Rendering>> = {
  json: 'application/occi+json',
  text: 'text/plain',
  headers: 'text/occi',
};

/** By its media type, or as `occi` names it. */
function renderingNamed(word: string): Rendering {
  const spoken = renderings.filter((one) => dialects.some(({ rendering }) => rendering === one));
  return (
    shortNames[word] ??
    oneOf(word, spoken, 'rendering', `there are ${[...Object.keys(shortNames), ...spoken].join(', ')}`)
  );
}

function allIds(): readonly string[] {
  return [...readRequirements(), ...checks].map(({ id }) => id);
}

/** Upper and lower case are the same. */
function oneOf<T extends string>(
  word: string,
  all: readonly T[],
  what: string,
  advice = `there are ${all.join(', ')}`,
): T {
  const found = all.find((one) => one.toLowerCase() === word.toLowerCase());
  if (found !== undefined) return found;
  throw new UsageError(`there is no ${what} ${JSON.stringify(word)}`, advice);
}
