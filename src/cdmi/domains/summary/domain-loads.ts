import { type DomainLoad, ownKilobytes, ownObjects } from '../../../store/objects.ts';
import type { Store, Usage } from '../../../store/store.ts';
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
  const top = domains.find(isTopDomain);
  const [, ...others] = top === undefined ? [] : await domainsFrom(store, top);
  for (const { id } of [...domains, ...others]) {
    if (id !== top?.id && !loads.has(id)) loads.set(id, await store.objects.domainLoad(id));
  }
  if (top !== undefined) {
    const those = others.flatMap(({ id }) => loads.get(id) ?? []);
    loads.set(top.id, restOf(await store.usage(top.project), those));
  }
  return loads;
}

function restOf(usage: Usage, others: readonly DomainLoad[]): DomainLoad {
  // Thousandths of these are bytes.
  const size = Math.round((usage.get(ownKilobytes) ?? 0) * 1000);
  const rest = others.reduce((left, load) => ({ count: left.count - load.count, size: left.size - load.size }), {
    count: usage.get(ownObjects) ?? 0,
    size,
  });
  // They are not all read at one time.
  return { count: Math.max(0, rest.count), size: Math.max(0, rest.size) };
}
