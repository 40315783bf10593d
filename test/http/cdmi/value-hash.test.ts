import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashOf } from '../../../src/cdmi/examined.ts';
import type { Session } from '../../../src/cdmi/session.ts';
import { zeros } from '../../../src/cdmi/values/value.ts';
import { ValueReader } from '../../../src/cdmi/values/value-reader.ts';
import type { ValueStore } from '../../../src/cdmi/values/value-store.ts';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab({ cdmiMaxHashedBytes: 1000 });
});
afterAll(() => lab.close());

const part = (bytes: string, from: number, isLast: boolean, name = 'k/parts') =>
  fetch(new URL(name, lab.root), {
    method: 'PUT',
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `bytes ${from}-${from + bytes.length - 1}/*`,
      ...(!isLast && { 'x-cdmi-partial': 'true' }),
    },
    body: bytes,
  });

const put = (name: string, kind: string, body: object) =>
  fetch(new URL(name, lab.root), { method: 'PUT', headers: speaking(kind), body: JSON.stringify(body) });

const hash = (text: string) => createHash('sha256').update(text).digest('hex').toUpperCase();

const metadata = async (name = 'k/parts') => {
  const response = await fetch(new URL(name, lab.root), { headers: speaking('object') });
  return ((await response.json()) as { metadata: Record<string, string> }).metadata;
};

it('[CDMI-M8] [CDMI-H7] a value has its hash when all of its parts are there, and a new one when it has changed', async () => {
  expect((await put('k/', 'container', { metadata: { cdmi_value_hash: 'SHA256' } })).status).toBe(201);
  expect((await part('one ', 0, false)).status).toBe(201);
  expect(await metadata()).not.toHaveProperty('cdmi_hash');
  expect((await part('two ', 4, false)).status).toBe(204);
  expect(await metadata()).not.toHaveProperty('cdmi_hash');
  expect((await part('three', 8, true)).status).toBe(204);
  expect((await metadata())['cdmi_hash']).toBe(hash('one two three'));
  expect((await part('TWO', 4, false)).status).toBe(204);
  expect(await metadata()).not.toHaveProperty('cdmi_hash');
  expect((await part('THREE', 8, true)).status).toBe(204);
  expect((await metadata())['cdmi_hash']).toBe(hash('one TWO THREE'));
});

it('[CDMI-M8] a hash that would take long is refused, with nothing changed; one that is known is kept', async () => {
  expect((await put('l/', 'container', { metadata: { cdmi_value_hash: 'SHA256' } })).status).toBe(201);
  const refused = await part('!', 1e12, true, 'l/sparse');
  expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('more than 1000 bytes')]);
  expect((await part('!', 1000, false, 'l/sparse')).status).toBe(413);
  expect((await fetch(new URL('l/sparse', lab.root))).status).toBe(404);
  expect((await part('!', 999, true, 'l/sparse')).status).toBe(201);
  expect((await metadata('l/sparse'))['cdmi_hash']).toBe(hash(`${'\0'.repeat(999)}!`));

  const long = 'x'.repeat(1001);
  expect((await put('l/long', 'object', { value: long })).status).toBe(201);
  expect((await put('l/copy', 'object', { copy: '/cdmi/l/long' })).status).toBe(201);
  expect((await put('l/copy?metadata:a', 'object', { metadata: { a: '1' } })).status).toBe(204);
  expect(await metadata('l/copy')).toMatchObject({ a: '1', cdmi_hash: hash(long) });
  expect((await part('y', 0, true, 'l/copy')).status).toBe(413);
  const other = { metadata: { cdmi_value_hash: 'SHA160' } };
  expect((await put('l/copy?metadata:cdmi_value_hash', 'object', other)).status).toBe(413);
  expect((await metadata('l/copy'))['cdmi_hash']).toBe(hash(long));
  expect((await put('l/copy', 'object', { value: 'short' })).status).toBe(204);
  expect((await metadata('l/copy'))['cdmi_hash']).toBe(hash('short'));
});

it('[CDMI-M8] zeros that are hashed let others have their turn', async () => {
  const values = {} as ValueStore;
  const session = { reader: new ValueReader(values), limits: { readBytes: 2 ** 40 } } as unknown as Session;
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  const { digest } = await hashOf(session, zeros(64 * 1_048_576), 'sha256');
  clearInterval(count);
  expect(digest).toBe(
    createHash('sha256')
      .update(Buffer.alloc(64 * 1_048_576))
      .digest('hex')
      .toUpperCase(),
  );
  expect(turns).toBeGreaterThan(2);
});
