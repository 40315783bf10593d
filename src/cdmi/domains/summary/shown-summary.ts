import { noteKind } from '../../../store/objects.ts';
import type { Found } from '../../found.ts';
import type { CdmiObject, DataObject, Domain } from '../../object.ts';
import { summaryName } from '../../path.ts';
import type { Session } from '../../session.ts';
import { ofText } from '../../values/value.ts';
import { uriOf } from '../owning-domain.ts';
import { fromJson } from './account-json.ts';
import { summaryOf } from './summary-value.ts';

/** The domain whose summary something is, or is in. */
export function summarized({ object, above }: Found): Found<Domain> | undefined {
  const outer = [...above, object].findIndex(({ kind, name }) => kind === 'container' && name === summaryName);
  if (outer === -1) return undefined;
  return { object: above[outer - 1] as Domain, above: above.slice(0, outer - 1) };
}

/**
 * What is found, as it is shown: whatever is in a summary is protected as the domain is, and is as it is now. All
 * else stays as it is.
 */
export function shownSummary(session: Session, found: Found): Found {
  const domain = summarized(found);
  if (domain === undefined) return found;
  const { acl, owner } = domain.object;
  const object: CdmiObject = { ...found.object, acl, owner };
  if (object.kind !== noteKind) return { ...found, object };
  const { account, kind: _, ...placed } = object;
  const now = session.now();
  const summary = summaryOf(fromJson(account), uriOf(session, domain), Math.floor(now / 1000));
  const shown: DataObject = {
    ...placed,
    kind: 'dataobject',
    mimetype: 'application/json',
    encoding: 'utf-8',
    value: ofText(`${JSON.stringify(summary, null, 2)}\n`),
    asOf: now,
  };
  return { ...found, object: shown };
}
