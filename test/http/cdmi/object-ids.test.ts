import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';

const enterprise = 0x01_02_03;

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab({ cdmiEnterpriseNumber: enterprise, cdmiDomains: true });
});
afterAll(() => lab.close());

it('[CDMI-I1] [CDMI-I2] [CDMI-I4] every object has an ID of its own, which says who made it, and is not misread', async () => {
  const ids: string[] = [];
  for (const [method, path, kind, body] of [
    ['PUT', 'o', 'object', { value: 'x' }],
    ['PUT', 'k/', 'container', {}],
    ['PUT', 'q', 'queue', {}],
    ['PUT', 'r', 'object', { reference: '/cdmi/o' }],
    ['PUT', 'copy', 'object', { copy: '/cdmi/o' }],
    ['PUT', 'cdmi_domains/d/', 'domain', {}],
    ['POST', 'k/', 'object', { value: 'x' }],
    ['POST', 'cdmi_objectid/', 'object', { value: 'x' }],
  ] as const) {
    const { status, objectID } = await exchange(method, path, kind, body);
    expect([path, status]).toEqual([path, 201]);
    ids.push(objectID);
  }
  for (const [path, kind] of [
    ['', 'container'],
    ['cdmi_domains/', 'domain'],
    ['cdmi_capabilities/', 'capability'],
    ['cdmi_capabilities/queue/', 'capability'],
  ] as const) {
    ids.push((await exchange('GET', path, kind)).objectID);
  }
  const plain = await fetch(new URL('plain', lab.root), { method: 'PUT', body: 'x' });
  expect(plain.status).toBe(201);
  ids.push((await exchange('GET', 'plain', 'object')).objectID);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^(?:[0-9A-F]{2}){9,40}$/);
    const bytes = Buffer.from(id, 'hex');
    expect(bytes.readUInt32BE(0)).toBe(enterprise);
    expect(bytes[4]).toBe(0);
    expect(bytes[5]).toBe(bytes.length);
    expect(bytes.readUInt16BE(6)).toBe(checksum(bytes));
  }
});

/** CRC-16 with the polynomial 0x8005, bit by bit as ISO/IEC 17826 §5.11 has it: input and output are reflected. */
function checksum(bytes: Buffer): number {
  const reflected = (value: number, width: number) =>
    Number.parseInt([...value.toString(2).padStart(width, '0')].reverse().join(''), 2);
  let rest = 0;
  for (const [index, byte] of bytes.entries()) {
    rest ^= reflected(index === 6 || index === 7 ? 0 : byte, 8) << 8;
    for (let bit = 0; bit < 8; bit++) rest = rest & 0x8000 ? ((rest << 1) ^ 0x8005) & 0xffff : rest << 1;
  }
  return reflected(rest, 16);
}

async function exchange(method: string, path: string, kind: string, body?: object) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(new URL(path, lab.root), { method, headers: speaking(kind), ...sent });
  const { objectID } = (await response.json()) as { objectID: string };
  return { status: response.status, objectID };
}
