import { afterAll, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

describe('summaries of domains', () => {
  const directory = temporaryDirectory();
  const started: RunningGateway[] = [];
  afterAll(async () => {
    for (const gateway of started) await gateway.stop('SIGKILL');
    directory.remove();
  });
  const start = async () => {
    const gateway = await startGateway(directory.path, { OCCI_CDMI: 'on', OCCI_CDMI_DOMAINS: 'on' });
    started.push(gateway);
    return gateway;
  };

  it('[CDMI-O6] have all when the gateway ends, and what there is when it is killed', { timeout: 60_000 }, async () => {
    const first = await start();
    for (let i = 0; i < 5; i++) await put(first, `a${i}`);
    expect((await fetch(`${first.url}/cdmi/a0`)).status).toBe(200);
    expect((await first.stop()).code).toBe(0);

    const second = await start();
    expect(await summary(second)).toMatchObject({
      cdmi_summary_puts: '5',
      cdmi_summary_gets: '1',
      cdmi_summary_writes: '20',
      cdmi_summary_reads: '4',
      cdmi_summary_bytesmax: '20',
    });
    for (let i = 0; i < 5; i++) await put(second, `b${i}`);
    await second.stop('SIGKILL');

    const all = await summary(await start());
    // What was counted since the last look is lost with it, which is less than an interval; what is there, is not.
    expect(Number(all['cdmi_summary_puts'])).toBeGreaterThanOrEqual(5);
    expect(Number(all['cdmi_summary_puts'])).toBeLessThanOrEqual(10);
    expect(all).toMatchObject({
      cdmi_summary_writes: String(Number(all['cdmi_summary_puts']) * 4),
      cdmi_summary_bytesmax: '40',
    });
    for (let i = 0; i < 3; i++) await put(started.at(-1) as RunningGateway, `c${i}`);
    const later = await summary(started.at(-1) as RunningGateway);
    expect(Number(later['cdmi_summary_puts']) - Number(all['cdmi_summary_puts'])).toBe(3);
  });
});

async function put({ url }: RunningGateway, path: string): Promise<void> {
  const answer = await fetch(`${url}/cdmi/${path}`, {
    method: 'PUT',
    headers: speaking('object'),
    body: JSON.stringify({ value: 'four' }),
  });
  expect(answer.status).toBe(201);
}

/** What the summary at the top says. */
async function summary({ url }: RunningGateway): Promise<Record<string, string>> {
  const answer = await fetch(`${url}/cdmi/cdmi_domains/cdmi_domain_summary/cumulative`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, string>;
}
