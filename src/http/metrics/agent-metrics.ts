import { Gauge, type Registry } from 'prom-client';
import type { HostShare, HostStatus } from '../../backends/backend.ts';

/** Measures the hosts of agents and what is on them, as they are when it is asked for. */
export function agentMetrics(registry: Registry, hosts: () => readonly HostStatus[]): void {
  const gauge = (name: string, help: string, labels: readonly string[], collect: (gauge: Gauge) => void) =>
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect() {
        this.reset();
        collect(this);
      },
    });
  gauge('occi_agent_up', 'Whether the agent of a host takes work', ['host', 'state'], (one) => {
    for (const { host, state } of hosts()) one.set({ host, state }, state === 'up' ? 1 : 0);
  });
  gauge('occi_agent_last_seen_timestamp_seconds', 'Last sign of life of an agent', ['host'], (one) => {
    for (const { host, lastSeen } of hosts()) if (lastSeen !== undefined) one.set({ host }, lastSeen.getTime() / 1000);
  });
  gauge('occi_agent_instances', 'Machines on a host', ['host'], (one) => {
    for (const { host, load } of hosts()) if (load?.instances !== undefined) one.set({ host }, load.instances);
  });
  const unknown = 'Machines on a host that are in no record, when they were compared last';
  gauge('occi_agent_unknown_instances', unknown, ['host'], (one) => {
    for (const { host, unknown } of hosts()) if (unknown !== undefined) one.set({ host }, unknown);
  });
  for (const side of ['capacity', 'used'] as const) {
    const help = `What ${side === 'used' ? 'is taken of a host' : 'a host has, where there is a limit'}, in base units`;
    gauge(`occi_agent_${side}`, help, ['host', 'resource'], (one) => {
      for (const { host, load } of hosts()) {
        for (const [resource, value] of Object.entries(baseUnits(load?.[side]))) one.set({ host, resource }, value);
      }
    });
  }
}

/** Cores and bytes. */
function baseUnits(share: HostShare | undefined): Readonly<Record<string, number>> {
  const { vcpus = null, memory_mb = null, disk_gb = null } = share ?? {};
  return {
    ...(vcpus === null ? {} : { vcpus }),
    ...(memory_mb === null ? {} : { memory_bytes: memory_mb * 2 ** 20 }),
    ...(disk_gb === null ? {} : { disk_bytes: disk_gb * 2 ** 30 }),
  };
}
