import { expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { until } from '../http/until.ts';
import { describeWith } from './lab/shared.ts';
import { twoCdmiGateways } from './two-cdmi-gateways.ts';

const describeWithPostgreSql = await describeWith('postgresql');

describeWithPostgreSql('summaries of domains through two gateways on one database', () => {
  const pair = twoCdmiGateways({ OCCI_CDMI_DOMAINS: 'on', OCCI_CDMI_SUMMARY_SECONDS: '1' });

  async function put(number: number, path: string): Promise<void> {
    const answer = await fetch(`${pair.gateway(number).url}/cdmi/${path}`, {
      method: 'PUT',
      headers: speaking('object'),
      body: JSON.stringify({ value: 'four' }),
    });
    expect(answer.status).toBe(201);
  }

  async function summary(number: number, place = 'cumulative'): Promise<Record<string, string>> {
    const answer = await fetch(`${pair.gateway(number).url}/cdmi/cdmi_domains/cdmi_domain_summary/${place}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Record<string, string>;
  }

  it('[CDMI-O6] add what each of them has counted, without being asked for it', { timeout: 60_000 }, async () => {
    const each = 60;
    const puts = [0, 1].flatMap((number) => Array.from({ length: each }, (_, i) => put(number, `${number}-${i}`)));
    // Somebody looks all the while.
    const looks = Array.from({ length: 20 }, (_, i) => summary(i % 2));
    await Promise.all([...puts, ...looks]);
    for (const number of [0, 1]) {
      for (const place of ['cumulative', `yearly/${new Date().getUTCFullYear()}`]) {
        const all = await until(
          () => summary(number, place),
          ({ cdmi_summary_puts }) => Number(cdmi_summary_puts) >= 2 * each,
        );
        expect(all).toMatchObject({
          cdmi_summary_puts: String(2 * each),
          cdmi_summary_writes: String(8 * each),
          cdmi_summary_bytesmax: String(8 * each),
        });
      }
    }
  });

  it('[CDMI-O6] lose no more than the last interval of one that is killed', { timeout: 60_000 }, async () => {
    const before = Number((await summary(1))['cdmi_summary_puts']);
    await put(0, 'written');
    await until(
      () => summary(1),
      ({ cdmi_summary_puts }) => Number(cdmi_summary_puts) === before + 1,
    );
    await put(0, 'lost');
    await pair.gateway(0).stop('SIGKILL');
    await put(1, 'after');
    const all = await summary(1);
    expect([before + 2, before + 3]).toContain(Number(all['cdmi_summary_puts']));
    expect(Number(all['cdmi_summary_bytesmax'])).toBe(4 * (before + 3));
  });
});
