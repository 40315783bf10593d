import { OcciError, quoteToken } from '../../occi/errors.ts';

/** The header field by which both sides say which versions they know (ISO/IEC 17826 §5.13.2). */
export const versionHeader = 'x-cdmi-specification-version';

/** The versions that are known here, the highest first; the last two are what clients of the time send. */
const known = ['1.1.1', '1.1', '1.0.2', '1.0.1', '1.0'] as const;

/** A version of CDMI. */
export type SpecificationVersion = (typeof known)[number];

/**
 * The highest version that both sides know. Drafts and errata had a letter after it.
 *
 * @param field the header; undefined where there is none
 * @returns undefined when the client says nothing
 * @throws OcciError `invalid-request` when he knows none of ours
 */
export function commonVersion(field: string | undefined): SpecificationVersion | undefined {
  if (field === undefined) return undefined;
  const theirs = field.split(',').map((version) => version.trim().replace(/[a-z]$/, ''));
  const common = known.find((version) => theirs.includes(version));
  if (common !== undefined) return common;
  throw new OcciError(
    'invalid-request',
    `CDMI ${quoteToken(field)} is not spoken here; ${known.slice(0, 3).join(', ')} are`,
    {
      token: field,
    },
  );
}
