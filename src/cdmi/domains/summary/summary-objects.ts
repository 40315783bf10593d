import { noteKind } from '../../../store/objects.ts';
import type { CdmiObject, Container, Domain, Summary } from '../../object.ts';
import { summaryName } from '../../path.ts';
import type { Session } from '../../session.ts';
import { isTopDomain } from '../top-domain.ts';
import type { Account } from './account.ts';
import { toJson } from './account-json.ts';
import { type Ledger, newLedger } from './ledger.ts';
import { bounded } from './period.ts';

/** What the cumulative summary at the top of each project says that it belongs to, so that all of them can be found. */
export const allTops = '#summaries';

/** What is needed to make objects. */
export type Making = Pick<Session, 'newId' | 'now'>;

/**
 * The summary of a domain, from now on: the container, one in it for each scale, and the first accounts.
 *
 * @param ledger a new one, where the domain was not there before
 */
export function newSummary(
  making: Making,
  domain: Domain,
  ledger: Ledger = newLedger(Math.floor(making.now() / 1000), { count: 0, size: 0 }),
): readonly CdmiObject[] {
  const outer = container(making, domain, summaryName);
  const inner = new Map(bounded.map((scale) => [scale as string, container(making, outer, scale)]));
  const notes = [...ledger].map(([place, account]) => {
    const [scale = '', name] = place.split('/');
    return name === undefined
      ? { ...newNote(making, outer, scale, account), ...(isTopDomain(domain) && { domain: allTops }) }
      : newNote(making, inner.get(scale) as Container, name, account);
  });
  return [outer, ...inner.values(), ...notes];
}

/** An account in its place. */
export function newNote(making: Making, parent: Container, name: string, account: Account): Summary {
  return { kind: noteKind, ...madeIn(making, parent, name), account: toJson(account) };
}

function container(making: Making, parent: Container | Domain, name: string): Container {
  return { kind: 'container', ...madeIn(making, parent, name), exports: {} };
}

/** They are protected as the domain is, whatever that is at the time: so nothing is said of it here. */
function madeIn({ newId, now }: Making, parent: Container | Domain, name: string) {
  const time = now();
  return {
    id: newId(),
    project: parent.project,
    parent: parent.id,
    name,
    revision: 0,
    created: time,
    modified: time,
    owner: parent.owner,
    metadata: {},
    acl: [],
    others: {},
    completion: 'Complete',
  } as const;
}
