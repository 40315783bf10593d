import { type DomainLoad, ownKilobytes, ownObjects } from '../../../store/objects.ts';
import type { Store } from '../../../store/store.ts';
import type { Domain } from '../../object.ts';
import { fromStored } from '../../stored-form.ts';
import { isTopDomain } from '../top-domain.ts';

/** Members listed at once. */
const page = 1000;

/** A domain, and all below it: from the top down. */
export async function domainsFrom({ objects }: Pick<Store, 'objects'>, top: Domain): Promise<readonly Domain[]> {
  const domains = [top];
  // It grows while it is walked over.
  for (const { id } of domains) {
    for (let offset = 0; ; offset += page) {
      const members = await objects.members(id, { offset, limit: page });
      for (const member of members) {
        const stored = member.kind === 'domain' ? await objects.object(member.id) : undefined;
        if (stored !== undefined) domains.push(fromStored(stored) as Domain);
      }
      if (members.length < page) break;
    }
  }
  return domains;
}

/**
 * How much belongs to some domains. To the one at the top belongs all that the project uses, as its quotas count it, and
 * no other domain has.
 */
export async function loadsOf(store: Store, domains: readonly Domain[]): Promise<ReadonlyMap<string, DomainLoad>> {
  const loads = new Map<string, DomainLoad>();
  for (const domain of domains) {
    loads.set(domain.id, await (isTopDomain(domain) ? restOf(store, domain) : store.objects.domainLoad(domain.id)));
  }
  return loads;
}

async function restOf(store: Store, top: Domain): Promise<DomainLoad> {
  const usage = await store.usage(top.project);
  let count = usage.get(ownObjects) ?? 0;
  // Thousandths of it are bytes.
  let size = Math.round((usage.get(ownKilobytes) ?? 0) * 1000);
  for (const { id } of (await domainsFrom(store, top)).slice(1)) {
    const load = await store.objects.domainLoad(id);
    count -= load.count;
    size -= load.size;
  }
  // It is not all read at one time.
  return { count: Math.max(0, count), size: Math.max(0, size) };
}
