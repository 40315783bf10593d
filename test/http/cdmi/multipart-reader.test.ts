import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParts } from '../../../src/http/cdmi/multipart-reader.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, size = 7) {
  const parts: { headers: Record<string, string>; body: string }[] = [];
  for await (const { headers, body } of readParts(inPieces(Buffer.from(text), size), 'b')) {
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    parts.push({ headers: Object.fromEntries(headers), body: Buffer.concat(pieces).toString('latin1') });
  }
  return parts;
}

describe('RFC 2046 §5.1 bodies in parts', () => {
  it('[CDMI-B5] are taken apart', async () => {
    const body = 'before\r\n--b  \r\nContent-Type: a/b\r\nX: y: z\r\n\r\none\r\n--b\r\n\r\ntwo\r\n\r\n--b--\r\nafter';
    expect(await read(body)).toEqual([
      { headers: { 'content-type': 'a/b', x: 'y: z' }, body: 'one' },
      { headers: {}, body: 'two\r\n' },
    ]);
  });

  it('[CDMI-B5] however they arrive, and whatever is in them', async () => {
    const bytes = fc.array(fc.constantFrom(0x0d, 0x0a, 0x2d, 0x62, 0x61), { maxLength: 40 });
    const isPart = (body: string) => !`\r\n${body}\r\n--b`.slice(0, -1).includes('\r\n--b');
    const body = bytes.map((list) => Buffer.from(list).toString('latin1')).filter(isPart);
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        async (bodies, size) => {
          const text = `${bodies.map((one) => `--b\r\nA: 1\r\n\r\n${one}\r\n`).join('')}--b--`;
          expect((await read(text, size)).map((part) => part.body)).toEqual(bodies);
        },
      ),
    );
  });

  it('[CDMI-B5] what is not read of a part is passed over', async () => {
    const text = '--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--';
    let count = 0;
    for await (const _ of readParts(inPieces(Buffer.from(text), 3), 'b')) count += 1;
    expect(count).toBe(2);
  });

  it.each([
    ['no boundary', 'nothing'],
    ['no end', '--b\r\n\r\none\r\n'],
    ['a header without a name', '--b\r\n: x\r\n\r\none\r\n--b--'],
    ['headers without end', `--b\r\n${'A: b\r\n'.repeat(4000)}\r\n--b--`],
    ['something behind a boundary', '--bc\r\n\r\none\r\n--b--'],
    ['too many', `${'--b\r\n\r\n\r\n'.repeat(1001)}--b--`],
  ])('[CDMI-B5] %s is refused', async (_, text) => {
    await expect(read(text)).rejects.toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });
});
