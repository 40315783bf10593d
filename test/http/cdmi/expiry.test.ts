import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeTime } from '../../../src/cdmi/metadata/time.ts';
import { until } from '../until.ts';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';
import { valueFiles } from './value-files.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'occi-expiry-'));
let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab({ dataDir });
});
afterAll(async () => {
  await lab.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const send = (method: string, path: string, body?: object) =>
  fetch(new URL(path, lab.root), {
    method,
    headers: speaking(path.endsWith('/') ? 'container' : 'object'),
    ...(body && { body: JSON.stringify(body) }),
  });

const status = async (path: string) => (await send('GET', path)).status;

it('[CDMI-T9] what is to be deleted after its retention goes by itself, with its value, unless it is on hold', async () => {
  const now = Date.now() * 1000;
  const period = `${writeTime(now - 1_000_000)}/${writeTime(now + 1_500_000)}`;
  const metadata = { cdmi_retention_period: period, cdmi_retention_autodelete: 'true' };
  await send('PUT', 'k/', {});
  expect((await send('PUT', 'k/goes', { value: 'v', metadata })).status).toBe(201);
  expect((await send('PUT', 'k/held', { value: 'w', metadata: { ...metadata, cdmi_hold_id: ['h'] } })).status).toBe(
    201,
  );
  expect((await send('PUT', 'k/stays', { value: 'x', metadata: { cdmi_retention_period: period } })).status).toBe(201);
  expect((await send('DELETE', 'k/goes')).status).toBe(403);

  await until(
    () => status('k/goes'),
    (code) => code === 404,
  );
  expect(await status('k/held')).toBe(200);
  expect(await status('k/stays')).toBe(200);
  const files = await until(
    async () => valueFiles(dataDir),
    (all) => all.length <= 2,
  );
  expect(files).toHaveLength(2);
  expect((await send('DELETE', 'k/stays')).status).toBe(204);
});
