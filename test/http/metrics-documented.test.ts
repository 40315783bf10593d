import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Quotas } from '../../src/gateway/quota/quotas.ts';
import { Metrics } from '../../src/http/metrics/metrics.ts';
import { InProcessTransport } from '../../src/messaging/in-process.ts';
import { Model } from '../../src/occi/model.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

interface Panel {
  readonly targets?: readonly { readonly expr: string }[];
}
interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

/** Everything that a gateway can be asked to measure, at once. */
async function allNames(): Promise<ReadonlySet<string>> {
  const metrics = new Metrics();
  const store = {} as Parameters<Metrics['store']>[0];
  metrics.store(store);
  metrics.values({} as Parameters<Metrics['values']>[0], { objects: { unusedValues: async () => [] } as never });
  metrics.transport(new InProcessTransport(() => {}));
  metrics.onPublished(false);
  metrics.quotas(() => new Quotas(new Model([])), { usage: async () => new Map() });
  metrics.gateway({ inFlight: () => 0, hosts: () => [], outboxDepth: () => 0 });
  const { body } = await metrics.exposition();
  return new Set(
    [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

const names = (expression: string) => expression.match(/\b(?:occi|nodejs|process)_[a-z0-9_]+/g) ?? [];

describe('what is watched with', () => {
  const { panels } = JSON.parse(read('dashboards/occi-gateway.json')) as { panels: readonly Panel[] };
  const { groups } = parse(read('alerts.yml')) as Rules;
  const operation = read('operation.md');

  it.each([
    ['the dashboard', panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)), 20],
    ['the alerts', groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)), 10],
    [
      'the documentation',
      [...operation.matchAll(/^\| (`(?:occi|nodejs|process)_.*?) \|/gm)].map(([, cell = '']) => cell),
      10,
    ],
  ])('%s asks for nothing that is not measured', async (_, expressions, least) => {
    const all = await allNames();
    const wanted = expressions.flatMap(names);
    expect(expressions.length).toBeGreaterThanOrEqual(least);
    expect(wanted.filter((name) => !all.has(name))).toEqual([]);
  });

  it.each([
    ['the dashboard', 'dashboards/occi-gateway.json'],
    ['the alerts', 'alerts.yml'],
  ])('%s tells of agents that are away, and of machines that are in no record', (_, file) => {
    expect(names(read(file))).toEqual(expect.arrayContaining(['occi_agent_up', 'occi_agent_unknown_instances']));
  });

  it('the documentation has everything of ours', async () => {
    const own = [...(await allNames())].filter((name) => /^occi_/.test(name) && !/_(?:bucket|sum|count)$/.test(name));
    expect(own.length).toBeGreaterThan(15);
    expect(own.filter((name) => !operation.includes(`\`${name}`))).toEqual([]);
  });
});
