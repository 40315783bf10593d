import { expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { type FilledQueues, filledQueues, type Json, notification, query } from '../http/cdmi/filled-queues.ts';
import type { Answer, Send } from '../http/home-lab.ts';
import { until } from '../http/until.ts';
import { describeWith } from './lab/shared.ts';
import { twoCdmiGateways } from './two-cdmi-gateways.ts';

const describeWithPostgreSql = await describeWith('postgresql');

const lanes = 6;
const each = 20;

describeWithPostgreSql('queues that two gateways on one database fill', () => {
  const pair = twoCdmiGateways();

  async function request(number: number, method: string, path: string, { headers = {}, body }: Send): Promise<Answer> {
    const response = await fetch(pair.gateway(number).url + path, {
      method,
      headers: headers as Record<string, string>,
      ...(body !== undefined && { body: body as string }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  }

  const through = (number: number): FilledQueues => {
    return filledQueues({ request: (method, path, send = {}) => request(number, method, path, send) });
  };

  it('[CDMI-S12] each event comes once, and those of one object in their order, whoever made them', {
    timeout: 120_000,
  }, async () => {
    const results = { cdmi_event: '', objectName: '', metadata: { cdmi_size: '' } };
    const made = await through(0).put('/cdmi/events', notification([], [{ objectName: 'starts o' }], results));
    expect(made.status, made.text).toBe(201);
    await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        for (let number = 0; number < each; number++) {
          // The next one goes through the other gateway.
          const written = await through(number % 2).write(`/cdmi/o${lane}`, { value: 'x'.repeat(number) });
          expect([201, 204]).toContain(written.status);
        }
      }),
    );
    const heard = await through(1).values('/cdmi/events', lanes * each);
    expect(heard).toHaveLength(lanes * each);
    for (let lane = 0; lane < lanes; lane++) {
      const own = heard.filter(({ objectName }) => objectName === `o${lane}`);
      const events = own.map(({ cdmi_event, metadata }) => `${cdmi_event} ${metadata.cdmi_size}`);
      expect(events).toEqual(
        Array.from({ length: each }, (_one, number) => {
          return `cdmi_${number === 0 ? 'create' : 'modify'}_complete ${number}`;
        }),
      );
    }
  });

  it('[CDMI-S10] a query that one begins and the other goes on with comes to the same', {
    timeout: 120_000,
  }, async () => {
    await request(0, 'PUT', '/cdmi/k/', { headers: speaking('container'), body: '{}' });
    for (let i = 0; i < 30; i++) await through(i % 2).write(`/cdmi/k/q${i}`);
    for (let copy = 0; copy < 20; copy++) {
      const body = JSON.stringify({ copy: '/cdmi/k/' });
      await request(0, 'PUT', `/cdmi/c${copy}/`, { headers: speaking('container'), body });
    }
    const expected = 21 * 30;
    expect((await through(0).put('/cdmi/found', query([{ objectName: 'starts q' }], { objectID: '' }))).status).toBe(
      201,
    );
    // Whatever it has not done, the other finds when it looks next.
    pair.gateway(0).process.kill('SIGKILL');
    await pair.gateway(0).ended;
    const read = async () => (await through(1).metadata('/cdmi/found')).cdmi_query_status;
    await until(read, (status) => status === 'Current');
    const answer = await request(1, 'GET', '/cdmi/found?values:900', { headers: speaking('queue') });
    const { value } = answer.json() as Json;
    expect(value).toHaveLength(expected);
    expect(new Set(value).size).toBe(expected);
  });
});
