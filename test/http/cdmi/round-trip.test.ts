import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, startLab } from '../home-lab.ts';
import { makeRoundTrips } from './round-trips.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ cdmi: true });
});
afterAll(() => lab.close());

it('[CDMI-Z3] [CDMI-Z4] whatever has been done since, a container becomes what was written, under the IDs that there were', async () => {
  await expect(makeRoundTrips(lab, 40)).resolves.toBeUndefined();
}, 120_000);
