import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../until.ts';
import { type CdmiLab, startCdmiLab } from './cdmi-lab.ts';

let dataDir: string;
let lab: CdmiLab;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'occi-measured-'));
  lab = await startCdmiLab({ dataDir, cdmiMaxValueBytes: 100_000 });
});
afterEach(async () => {
  await lab.close();
  rmSync(dataDir, { recursive: true });
});

async function measured(series: string): Promise<number> {
  const { body } = await lab.gateway.metrics();
  const line = body.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? 0);
}

it('Bytes of values are counted in both directions, and those of ranges as what is read', async () => {
  expect((await fetch(`${lab.root}a`, { method: 'PUT', body: 'x'.repeat(70_000) })).status).toBe(201);
  await (await fetch(`${lab.root}a`)).arrayBuffer();
  await (await fetch(`${lab.root}a`, { headers: { range: 'bytes=10-19' } })).arrayBuffer();
  expect(await measured('occi_cdmi_received_bytes_total')).toBe(70_000);
  expect(await measured('occi_cdmi_sent_bytes_total')).toBe(70_010);
});

it('Values that nobody needs are counted until they are removed', async () => {
  await fetch(`${lab.root}a`, { method: 'PUT', body: 'one' });
  expect(await measured('occi_cdmi_values_waiting')).toBe(0);
  await fetch(`${lab.root}a`, { method: 'DELETE' });
  expect(await measured('occi_cdmi_values_waiting')).toBe(1);
  await until(
    () => measured('occi_cdmi_values_waiting'),
    (count) => count === 0,
  );
});

it('Failures of the store are counted, and not those of clients', async () => {
  const tooLarge = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(60_000));
    },
  });
  const init = { method: 'PUT', body: tooLarge, duplex: 'half' } as const;
  const refused = await fetch(`${lab.root}b`, init).catch(() => undefined);
  expect(refused?.status ?? 413).toBe(413);
  await fetch(`${lab.root}a`, { method: 'PUT', body: 'one' });
  const values = join(dataDir, 'cdmi', 'values');
  const [file] = readdirSync(values, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  truncateSync(join(file?.parentPath ?? '', file?.name ?? ''), 2);
  expect((await fetch(`${lab.root}a`)).status).toBe(500);
  expect(await measured('occi_cdmi_value_errors_total{operation="read",reason="lost"}')).toBe(1);
  expect(await measured('occi_cdmi_value_errors_total{operation="write",reason="failed"}')).toBe(0);
});
