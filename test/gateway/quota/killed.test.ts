import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type RunningGateway, startGateway, temporaryDirectory } from '../../server/command.ts';
import { churn, expectUsageIsTrue, networkLimit, ofNetworks } from './churn.ts';

const directory = temporaryDirectory();
const started: RunningGateway[] = [];
afterAll(async () => {
  // One that a failed assertion has left behind.
  for (const gateway of started) await gateway.stop('SIGKILL');
  directory.remove();
});

it('what is used is what is there, whenever the gateway is killed', { timeout: 60_000 }, async () => {
  const file = join(directory.path, 'quota.yaml');
  writeFileSync(file, `default: { network: ${networkLimit} }`);
  const start = async () => {
    const gateway = await startGateway(join(directory.path, 'data'), { OCCI_QUOTA_FILE: file });
    started.push(gateway);
    return gateway;
  };
  for (let round = 0; round < 3; round++) {
    const gateway = await start();
    let done = 0;
    const step = () => {
      done += 1;
      if (done === 150) gateway.process.kill('SIGKILL');
    };
    await churn([gateway], step);
    expect(await gateway.ended).toMatchObject({ signal: 'SIGKILL' });
    const again = await start();
    await expectUsageIsTrue(again);
    expect(await ofNetworks(again)).toMatchObject({ limit: networkLimit });
    await again.stop('SIGKILL');
  }
});
