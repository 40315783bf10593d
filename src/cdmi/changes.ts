import { type Change, mayGive, needs, suffices } from './acl/needs.ts';
import { type Found, isPast } from './found.ts';
import { changedMetadata, type Described, type MetadataRequest } from './metadata/change.ts';
import { checkLimits } from './metadata/limits.ts';
import type { CdmiObject } from './object.ts';
import { forbidden, past } from './refusals.ts';
import { checkChange } from './retention/guard.ts';
import { allows, type Session } from './session.ts';

/**
 * What becomes of the metadata of an object, and lets it be changed only if all that is changed may be.
 *
 * @param parts what else the request changes
 * @throws OcciError `forbidden` when its list or its protection is against one of the changes
 */
export function changed(session: Session, found: Found, request: MetadataRequest, parts: Iterable<Change>): Described {
  const { object, above } = found;
  if (isPast(found)) throw past(object);
  const speaksOfMetadata = request.given !== undefined || request.named.length > 0;
  const { changes, ...after } = speaksOfMetadata
    ? changedMetadata(object, request, above.at(-1))
    : { metadata: object.metadata, acl: object.acl, owner: object.owner, changes: [] };
  const all = new Set([...parts, ...changes]);
  allow(session, found, all, after.owner);
  checkChange(object, all, after.metadata, session.now());
  if (speaksOfMetadata) checkLimits(after.metadata, session.limits.metadata);
  return after;
}

function allow(session: Session, found: Found, changes: ReadonlySet<Change>, owner: string): void {
  const may = (change: Change) => (granted: number) =>
    change === 'owner'
      ? mayGive(session.principal, found.object, owner, granted)
      : suffices(granted, needs.change[change]);
  for (const change of changes) {
    if (!allows(session, found, may(change))) throw forbidden(found.object, `changing ${names[change]}`);
  }
}

const names: Readonly<Record<Change, string>> = {
  value: 'the value',
  append: 'the value',
  presentation: 'mimetype and valuetransferencoding',
  attributes: 'the fields',
  metadata: 'the metadata',
  acl: 'cdmi_acl',
  retention: 'the retention',
  hold: 'holds',
  owner: 'cdmi_owner',
};

/** What an object is decided upon by. */
export function basisOf({ id, revision }: CdmiObject): Pick<CdmiObject, 'id' | 'revision'> {
  return { id, revision };
}
