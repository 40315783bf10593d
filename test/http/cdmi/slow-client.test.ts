import { createHash } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleBytes } from '../../cdmi/values/samples.ts';
import { type CdmiLab, startCdmiLab } from './cdmi-lab.ts';

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab();
});
afterAll(() => lab.close());

it('[CDMI-H10] a client that takes its time gets the bytes that were written', async () => {
  const bytes = sampleBytes(24 * 2 ** 20);
  const body = new Uint8Array(bytes);
  expect((await fetch(`${lab.root}big`, { method: 'PUT', body })).status).toBe(201);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${lab.root}big`, resolve).on('error', reject);
  });
  const received = createHash('sha256');
  let count = 0;
  for await (const piece of answer) {
    received.update(piece as Uint8Array);
    // The server runs ahead as far as it is let.
    if (count++ % 4 === 0) for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  }
  expect(received.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
});

it('[CDMI-H10] and so does one without a server of ours between', async () => {
  const bytes = sampleBytes(12 * 2 ** 20, 7);
  const body = new Uint8Array(bytes);
  expect((await fetch(`${lab.root}other`, { method: 'PUT', body })).status).toBe(201);
  const answer = await lab.gateway.fetch(new Request('http://occi.lab.test/cdmi/other'));
  // All pieces are kept until the end.
  const pieces: Uint8Array[] = [];
  for await (const piece of answer.body ?? []) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});
