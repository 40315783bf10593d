import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';
import { homeLabBackend } from '../home-lab.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'occi-opening-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

it('A gateway that cannot keep values leaves nothing open', async () => {
  let closings = 0;
  const backend = { ...homeLabBackend(), close: async () => void closings++ };
  const options = { dataDir, cdmi: true, backend: [backend] };
  writeFileSync(join(dataDir, 'cdmi'), 'in the way');
  await expect(createGateway(options)).rejects.toThrow('cdmi');
  expect(closings).toBe(1);
  rmSync(join(dataDir, 'cdmi'));
  // The record is locked by whoever has it open.
  const gateway = await createGateway(options);
  await gateway.close();
  expect(closings).toBe(2);
});
