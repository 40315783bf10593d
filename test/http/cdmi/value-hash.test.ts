import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab();
});
afterAll(() => lab.close());

const part = (bytes: string, from: number, isLast: boolean) =>
  fetch(new URL('k/parts', lab.root), {
    method: 'PUT',
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `bytes ${from}-${from + bytes.length - 1}/*`,
      ...(!isLast && { 'x-cdmi-partial': 'true' }),
    },
    body: bytes,
  });

const metadata = async () => {
  const response = await fetch(new URL('k/parts', lab.root), { headers: speaking('object') });
  return ((await response.json()) as { metadata: Record<string, string> }).metadata;
};

it('[CDMI-M8] [CDMI-H7] a value has its hash when all of its parts are there, and a new one when it has changed', async () => {
  const container = { metadata: { cdmi_value_hash: 'SHA256' } };
  const made = await fetch(new URL('k/', lab.root), {
    method: 'PUT',
    headers: speaking('container'),
    body: JSON.stringify(container),
  });
  expect(made.status).toBe(201);
  expect((await part('one ', 0, false)).status).toBe(201);
  expect(await metadata()).not.toHaveProperty('cdmi_hash');
  expect((await part('two ', 4, false)).status).toBe(204);
  expect(await metadata()).not.toHaveProperty('cdmi_hash');
  expect((await part('three', 8, true)).status).toBe(204);
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').toUpperCase();
  expect((await metadata())['cdmi_hash']).toBe(hash('one two three'));
  expect((await part('TWO', 4, false)).status).toBe(204);
  expect(await metadata()).not.toHaveProperty('cdmi_hash');
  expect((await part('THREE', 8, true)).status).toBe(204);
  expect((await metadata())['cdmi_hash']).toBe(hash('one TWO THREE'));
});
