import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab();
});
afterAll(() => lab.close());

const consumers = 8;
const producers = 4;
const each = 25;

async function send(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  return fetch(new URL(path, lab.root), {
    method,
    headers: { ...speaking('queue'), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** Puts values into a queue from several sides at once; each side's are in order. */
async function produce(queue: string): Promise<void> {
  await Promise.all(
    Array.from({ length: producers }, async (_, producer) => {
      for (let number = 0; number < each; number++) {
        const response = await send('POST', queue, { value: [`${producer}-${number}`] });
        expect(response.status).toBe(204);
      }
    }),
  );
}

const all = Array.from({ length: producers }, (_, producer) =>
  Array.from({ length: each }, (_none, number) => `${producer}-${number}`),
).flat();

function expectInOrder(values: readonly string[]): void {
  for (let producer = 0; producer < producers; producer++) {
    const own = values.filter((value) => value.startsWith(`${producer}-`)).map((value) => Number(value.split('-')[1]));
    expect(own).toEqual([...own].sort((a, b) => a - b));
  }
}

it('[CDMI-Q9] [CDMI-G21] eight consumers that move values away get each exactly once', async () => {
  await send('PUT', 'moved', {});
  let isOver = false;
  const consume = async (_: unknown, consumer: number) => {
    const own = `moved-${consumer}`;
    await send('PUT', own, {});
    for (;;) {
      const wasOver = isOver;
      const response = await send('POST', own, { move: '/cdmi/moved' });
      expect(response.status).toBe(204);
      const left = await (await send('GET', 'moved?queueValues')).json();
      if (wasOver && left.queueValues === '') break;
    }
    const { value = [] } = await (await send('GET', `${own}?values:1000`)).json();
    return value as string[];
  };
  const consuming = Promise.all(Array.from({ length: consumers }, consume));
  await produce('moved');
  isOver = true;
  const taken = await consuming;
  expect(taken.flat().sort()).toEqual([...all].sort());
  for (const values of taken) expectInOrder(values);
});

it('[CDMI-Q10] [CDMI-G24] eight consumers that delete what they have read get each exactly once', async () => {
  await send('PUT', 'read', {});
  let isOver = false;
  const consume = async () => {
    const own: string[] = [];
    for (;;) {
      const wasOver = isOver;
      const response = await send('GET', 'read?value');
      const tag = response.headers.get('etag') ?? '';
      const { value } = await response.json();
      if (value === undefined && wasOver) return own;
      if (value === undefined) continue;
      const { status } = await send('DELETE', 'read?value', undefined, { 'if-match': tag });
      expect([204, 412]).toContain(status);
      if (status === 204) own.push(value[0]);
    }
  };
  const consuming = Promise.all(Array.from({ length: consumers }, consume));
  await produce('read');
  isOver = true;
  const taken = await consuming;
  expect(taken.flat().sort()).toEqual([...all].sort());
  for (const values of taken) expectInOrder(values);
});

it('[CDMI-Q9] [CDMI-D17] eight consumers that make objects of values get each exactly once', async () => {
  await send('PUT', 'made', {});
  let isOver = false;
  const consume = async (_: unknown, consumer: number) => {
    const own: string[] = [];
    for (;;) {
      const wasOver = isOver;
      const name = `made-${consumer}-${own.length}`;
      const response = await send('PUT', name, { move: '/cdmi/made?value' }, speaking('object'));
      expect([201, 400]).toContain(response.status);
      if (response.status === 201) own.push(await (await fetch(new URL(name, lab.root))).text());
      else if (wasOver) return own;
    }
  };
  const consuming = Promise.all(Array.from({ length: consumers }, consume));
  await produce('made');
  isOver = true;
  const taken = await consuming;
  expect(taken.flat().sort()).toEqual([...all].sort());
  for (const values of taken) expectInOrder(values);
});
