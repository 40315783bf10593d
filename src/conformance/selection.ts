import type { Rendering } from '../client/rendering.ts';
import type { Check } from './check.ts';
import { type Dialect, dialects, type Version } from './dialect.ts';
import { type Requirement, sameAs } from './requirement.ts';
import type { Attempt } from './run.ts';

/** Which checks are wanted; all that touch only what they have made when nothing is said. */
export interface Selection {
  /** `GFD.223` and the like. */
  readonly documents?: readonly string[];
  readonly versions?: readonly Version[];
  readonly renderings?: readonly Rendering[];
  readonly levels?: readonly Requirement['level'][];
  /** Ids of requirements or of checks. */
  readonly ids?: readonly string[];
  readonly isDestructive?: boolean;
}

/** The requirements that a check looks at in a version: those of its documents, by themselves or by saying the same. */
export function requirementsOf(
  check: Check,
  version: Version,
  requirements: readonly Requirement[],
): readonly Requirement[] {
  const own = requirements.filter(({ id }) => check.proves.includes(id));
  const same = requirements.filter((one) => sameAs(one).some((id) => check.proves.includes(id)));
  return [...own, ...same].filter(({ document }) => isOf(version, document));
}

/** Whether a document is about a version. What no document says is of both. */
export function isOf(version: Version, document: string): boolean {
  return document === 'interoperability' || ['GFD.183', 'GFD.185'].includes(document) === (version === '1.1');
}

/** What is to be done for a selection, in order. */
export function attemptsFor(
  checks: readonly Check[],
  requirements: readonly Requirement[],
  selection: Selection,
): readonly Attempt[] {
  const { documents, versions, renderings, levels, ids, isDestructive = false } = selection;
  const isWanted = (check: Check, { version, rendering }: Dialect): boolean => {
    if (check.isDestructive === true && !isDestructive) return false;
    if (!(versions?.includes(version) ?? true) || !(renderings?.includes(rendering) ?? true)) return false;
    const about = requirementsOf(check, version, requirements);
    if (about.length === 0) return false;
    return (
      (documents === undefined || about.some(({ document }) => documents.includes(document))) &&
      (levels === undefined || about.some(({ level }) => levels.includes(level))) &&
      (ids === undefined || ids.includes(check.id) || about.some(({ id }) => ids.includes(id)))
    );
  };
  return checks.flatMap((check) => {
    const possible = dialects.filter(
      ({ version, rendering }) =>
        (check.versions?.includes(version) ?? true) && (check.renderings?.includes(rendering) ?? true),
    );
    const wanted = possible.filter((dialect) => isWanted(check, dialect));
    // What has nothing to do with renderings is done once for each version.
    const once = wanted.filter(({ version }, at) => wanted.findIndex((one) => one.version === version) === at);
    return (check.renderings === undefined ? once : wanted).map((dialect) => ({ check, dialect }));
  });
}
