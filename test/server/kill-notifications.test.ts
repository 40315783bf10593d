import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { filledQueues, type Json, notification, query } from '../http/cdmi/filled-queues.ts';
import type { Answer, Send } from '../http/home-lab.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from './command.ts';

const lanes = 4;

describe('queues that the server fills, while it is killed', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let gateway: RunningGateway;
  beforeEach(async () => {
    directory = temporaryDirectory();
    gateway = await start();
  });
  afterEach(async () => {
    await gateway.stop('SIGKILL');
    directory.remove();
  });

  const start = () => startGateway(directory.path, { OCCI_CDMI: 'on' });

  async function request(method: string, path: string, { headers = {}, body }: Send = {}): Promise<Answer> {
    const response = await fetch(gateway.url + path, {
      method,
      headers: headers as Record<string, string>,
      ...(body !== undefined && { body: body as string }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  }

  const queues = filledQueues({ request });

  /** Writes objects, one after the other, until the gateway is gone. @returns the names of those that were acknowledged */
  async function write(prefix: string, told: () => void): Promise<readonly string[]> {
    const acknowledged: string[] = [];
    for (let number = 0; ; number++) {
      const name = `${prefix}-${number}`;
      try {
        const { status } = await request('PUT', `/cdmi/${name}`, {
          headers: { 'content-type': 'text/plain' },
          body: name,
        });
        expect(status).toBe(201);
        acknowledged.push(name);
        told();
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return acknowledged;
      }
    }
  }

  it('[CDMI-S12] tell each change that was answered, once, and none that was not made', {
    timeout: 120_000,
  }, async () => {
    const made = await queues.put('/cdmi/events', notification(['cdmi_create_complete'], [], { objectName: '' }));
    expect(made.status, made.text).toBe(201);
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round++) {
      let left = 5 + round * 10;
      const killed = gateway;
      const all = await Promise.all(
        Array.from({ length: lanes }, (_, lane) =>
          write(`r${round}l${lane}`, () => {
            left -= 1;
            // The answer to the last one has just come.
            if (left === 0) killed.process.kill('SIGKILL');
          }),
        ),
      );
      await killed.ended;
      acknowledged.push(...all.flat());
      gateway = await start();
    }
    const root = (await request('GET', '/cdmi/?children', { headers: speaking('container') })).json() as Json;
    const objects = root.children.filter((name: string) => name !== 'events');
    expect(objects).toEqual(expect.arrayContaining(acknowledged));
    const heard = (await queues.values('/cdmi/events', objects.length)).map(({ objectName }) => objectName);
    expect(heard.toSorted()).toEqual(objects.toSorted());
    for (const own of Map.groupBy(heard, (name) => name.split('-')[0]).values()) {
      const numbers = own.map((name) => Number(name.split('-')[1]));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  it('[CDMI-S10] a query puts each object into the queue, once', { timeout: 120_000 }, async () => {
    await request('PUT', '/cdmi/k/', { headers: speaking('container'), body: '{}' });
    for (let i = 0; i < 50; i++) await queues.write(`/cdmi/k/o${i}`);
    for (let copy = 0; copy < 30; copy++) {
      const body = JSON.stringify({ copy: '/cdmi/k/' });
      expect((await request('PUT', `/cdmi/c${copy}/`, { headers: speaking('container'), body })).status).toBe(201);
    }
    const scope = [{ objectName: 'starts o' }];
    expect((await queues.put('/cdmi/found', query(scope, { objectID: '' }))).status).toBe(201);
    let count = 0;
    while ((await queues.metadata('/cdmi/found')).cdmi_query_status === 'Processing') {
      gateway.process.kill('SIGKILL');
      await gateway.ended;
      gateway = await start();
      count += 1;
      if (count > 3) break;
    }
    expect(await queues.status('/cdmi/found')).toBe('Current');
    const answer = await request('GET', '/cdmi/found?queueValues', { headers: speaking('queue') });
    expect((answer.json() as Json).queueValues).toBe(`0-${31 * 50 - 1}`);
    const ids = new Set<string>();
    for (let first = 0; first < 31 * 50; first += 500) {
      const path = `/cdmi/found?values:${first}-${first + 499}`;
      const page = (await request('GET', path, { headers: speaking('queue') })).json() as Json;
      for (const text of page.value) ids.add(text);
    }
    expect(ids.size).toBe(31 * 50);
  });
});
