import { Gauge, type Registry } from 'prom-client';
import type { Quotas } from '../../gateway/quota/quotas.ts';
import type { Store } from '../../store/store.ts';

/**
 * Tells what the projects that the quota file names use, and may use: of the others there may be any number, and each
 * would be series of its own.
 */
export function quotaMetrics(registry: Registry, quotas: () => Quotas, store: Pick<Store, 'usage'>): void {
  const common = { labelNames: ['project', 'resource'], registers: [registry] };
  new Gauge({
    ...common,
    name: 'occi_quota_used',
    help: 'What a project uses of a resource, where it is named in the quota file',
    async collect() {
      this.reset();
      const now = quotas();
      for (const project of now.named) {
        const standings = now.standings(project, await store.usage(project));
        for (const { name, used } of standings) this.set({ project, resource: name }, used);
      }
    },
  });
  new Gauge({
    ...common,
    name: 'occi_quota_limit',
    help: 'What it may use at most',
    collect() {
      this.reset();
      const now = quotas();
      for (const project of now.named) {
        for (const { resource, most } of now.limitsOf(project)) this.set({ project, resource }, most);
      }
    },
  });
}
