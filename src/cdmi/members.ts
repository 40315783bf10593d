import { noteKind } from '../store/objects.ts';
import type { CdmiObject } from './object.ts';
import { summaryName } from './path.ts';
import type { Session } from './session.ts';
import { fromStored } from './stored-form.ts';

/** Members read at once. */
const page = 1000;

/**
 * All that is in something, hidden things too, in the order of the names; never all of it in memory. What the gateway
 * notes down itself is left out: it is of this domain at this time, and is not copied anywhere.
 */
export async function* everyMember({ store }: Pick<Session, 'store'>, id: string): AsyncIterable<CdmiObject> {
  for (let after: string | undefined; ; ) {
    const members = await store.objects.membersAfter(id, after, page);
    for (const member of members) {
      if (member.name !== summaryName && member.kind !== noteKind) yield fromStored(member);
    }
    after = members.at(-1)?.name;
    if (members.length < page) return;
  }
}
