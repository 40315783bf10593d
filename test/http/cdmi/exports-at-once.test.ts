import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../home-lab.ts';
import { bothSides, type Client, client, iscsi, linkBetween, numbersFrom, storageOf, unrest } from './export-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ cdmi: true });
});
afterAll(() => lab.close());

describe('exports that many change at once', () => {
  /** What is done with something deep in a container while that is deleted: now a little earlier, now a little later. */
  it.each([
    ['is exported', (who: Client) => who.cdmi('PUT', 'top/in/', { exports: iscsi })],
    ['is made, and exported', (who: Client) => who.cdmi('PUT', 'top/in/new/', { exports: iscsi })],
    [
      'was exported elsewhere, and is moved,',
      (who: Client) => who.cdmi('PUT', 'top/in/new/', { move: '/cdmi/other/' }),
    ],
  ])(
    'nothing is left of what %s in a container that goes',
    async (_, does) => {
      const who = client(lab);
      for (let wait = 0; wait < 25; wait++) {
        await who.cdmi('PUT', 'top/', {});
        await who.cdmi('PUT', 'top/in/', {});
        await who.cdmi('PUT', 'other/', { exports: iscsi });
        const [before, after] = wait % 2 === 0 ? [wait, 0] : [0, wait];
        const answers = await Promise.all([
          turns(before).then(() => does(who)),
          turns(after).then(() => who.cdmi('DELETE', 'top/')),
        ]);
        for (const { status } of answers) expect([201, 204, 400, 404]).toContain(status);
        const { cdmi, occi } = await bothSides(who);
        expect(occi).toEqual(cdmi);
      }
    },
    60_000,
  );

  it('a link and the end of an export: one of them is refused', async () => {
    const who = client(lab);
    const machine = await who.compute();
    for (let wait = 0; wait < 25; wait++) {
      await who.cdmi('PUT', 'top/', { exports: iscsi });
      const storage = storageOf(await who.container('top/'));
      const [linked, ended] = await Promise.all([
        who.occi('POST', '/storagelink/', linkBetween(machine, storage)),
        turns(wait).then(() => who.cdmi('PUT', 'top/', { exports: {} })),
      ]);
      expect([
        [201, 409],
        [400, 204],
      ]).toContainEqual([linked.status, ended.status]);
      const { cdmi, occi } = await bothSides(who);
      expect(occi).toEqual(cdmi);
      if (linked.status === 201) await who.occi('DELETE', new URL(linked.headers.get('location') as string).pathname);
    }
  }, 60_000);

  it.each([1, 2])(
    '[CDMI-X3] both sides say the same of them afterwards (%i)',
    async (seed) => {
      const who = client(lab);
      const machine = await who.compute();
      const steps = [1, 2, 3, 4, 5, 6].map((one) => {
        let left = 60;
        return unrest(who, machine, numbersFrom(seed * 100 + one), () => left-- > 0);
      });
      const done = (await Promise.all(steps)).reduce((sum, one) => sum + one, 0);
      expect(done).toBeGreaterThan(50);
      const { cdmi, occi } = await bothSides(who);
      expect(occi).toEqual(cdmi);
    },
    60_000,
  );
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}
