import { afterAll, describe, expect, it } from 'vitest';
import { bothSides, type Client, clientOf, numbersFrom, unrest } from '../http/cdmi/export-lab.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

describe('SIGKILL while containers are exported', () => {
  const directory = temporaryDirectory();
  const started: RunningGateway[] = [];
  afterAll(async () => {
    // One that a failed assertion has left behind.
    for (const gateway of started) await gateway.stop('SIGKILL');
    directory.remove();
  });

  const start = async (): Promise<readonly [RunningGateway, Client]> => {
    const gateway = await startGateway(directory.path, { OCCI_CDMI: 'on', OCCI_RECONCILE_SECONDS: '2' });
    started.push(gateway);
    return [gateway, clientOf(speaking(gateway))];
  };

  it('[CDMI-X3] leaves CDMI and OCCI as one, whatever was under way', async () => {
    for (let round = 1; round <= 4; round++) {
      const [gateway, who] = await start();
      const { cdmi, occi } = await bothSides(who);
      expect(occi).toEqual(cdmi);
      await disturb(gateway, who, round);
      expect(await gateway.ended).toMatchObject({ signal: 'SIGKILL' });
    }
    // What is left by chance may be nothing.
    const [last, who] = await start();
    await who.exported('last/');
    await last.stop('SIGKILL');
    const { cdmi, occi } = await bothSides((await start())[1]);
    expect(occi).toEqual(cdmi);
    expect(occi.length).toBeGreaterThan(0);
  }, 60_000);
});

/** Has several work with a gateway, and kills it in the middle of that. */
async function disturb(gateway: RunningGateway, who: Client, round: number): Promise<void> {
  const machine = await who.compute();
  let left = 150;
  const goesOn = () => {
    if (left-- === 0) gateway.process.kill('SIGKILL');
    return true;
  };
  const ends = [1, 2, 3, 4, 5].map((one) => unrest(who, machine, numbersFrom(round * 100 + one), goesOn));
  for (const end of await Promise.allSettled(ends)) {
    // What fetch throws when nobody is there any more.
    if (end.status === 'rejected' && !(end.reason instanceof TypeError)) throw end.reason;
  }
}

function speaking({ url }: RunningGateway): Parameters<typeof clientOf>[0] {
  return async (method, path, { headers, body } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: headers as Record<string, string>,
      ...(body !== undefined && { body: body as string }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  };
}
