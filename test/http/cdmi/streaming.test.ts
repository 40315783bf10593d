import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';
import { valueFiles } from './value-files.ts';

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab({ cdmiMaxValueBytes: 200 * mebibyte });
});
afterAll(() => lab.close());

const mebibyte = 1_048_576;

describe('values on their way', () => {
  it('[CDMI-H10] many bytes come back as they were', async () => {
    const block = randomBytes(mebibyte);
    const count = 24;
    const sent = createHash('sha256');
    const blocks = function* () {
      for (let i = 0; i < count; i++) {
        sent.update(block);
        yield block;
      }
    };
    expect(await upload('big', blocks())).toBe(201);
    const received = createHash('sha256');
    let size = 0;
    const answer = await download('big');
    for await (const piece of answer) {
      received.update(piece as Uint8Array);
      size += (piece as Uint8Array).length;
    }
    expect(answer.headers['content-length']).toBe(String(count * mebibyte));
    expect(size).toBe(count * mebibyte);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  });

  it('[CDMI-D10] in JSON, too, in either encoding', async () => {
    const text = 'grüße "und" \\ \u0001 😀 '.repeat(20_000);
    expect(await upload('text', [Buffer.from(text)], { 'content-type': 'text/plain;charset=utf-8' })).toBe(201);
    expect(await json('text')).toMatchObject({ value: text, valuetransferencoding: 'utf-8' });
    const bytes = randomBytes(mebibyte + 1);
    expect(await upload('bytes', [bytes])).toBe(201);
    const { value } = await json('bytes');
    expect(Buffer.from(String(value), 'base64').equals(bytes)).toBe(true);
  });

  it('[CDMI-H8] [CDMI-B5] as files in forms, and beside what is said of them', async () => {
    const bytes = Buffer.concat([randomBytes(3 * mebibyte), Buffer.from('\r\n--\r\n--bb'), randomBytes(17)]);
    const form = new FormData();
    form.append('file', new Blob([bytes]), 'from a form');
    expect((await fetch(lab.root, { method: 'POST', body: form })).status).toBe(201);
    const stored = await (await fetch(new URL('from%20a%20form', lab.root))).arrayBuffer();
    expect(Buffer.from(stored).equals(bytes)).toBe(true);

    const queue = new URL('queue', lab.root);
    expect((await fetch(queue, { method: 'PUT', headers: speaking('queue'), body: '{}' })).status).toBe(201);
    const head = '--b\r\nContent-Type: application/cdmi-queue\r\n\r\n{}\r\n--b\r\n\r\none\r\n--b\r\n\r\n';
    const body = Buffer.concat([
      Buffer.from(head),
      Buffer.from(stored).subarray(20, 2 * mebibyte),
      Buffer.from('\r\n--b--'),
    ]);
    const mixed = { ...speaking('queue'), 'content-type': 'multipart/mixed; boundary=b' };
    expect((await fetch(queue, { method: 'POST', headers: mixed, body })).status).toBe(204);
    const taken = await fetch(new URL('queue?values:2', lab.root), {
      headers: { ...mixed, accept: 'multipart/mixed' },
    });
    const answer = Buffer.from(await taken.arrayBuffer());
    expect(answer.includes(bytes.subarray(20, 2 * mebibyte))).toBe(true);
  });

  it('[CDMI-H2] characters that are cut in two are text all the same', async () => {
    const bytes = Buffer.from('😀ü');
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    expect(await upload('cut', pieces, { 'content-type': 'text/plain;charset=utf-8' })).toBe(201);
    expect(await json('cut')).toMatchObject({ value: '😀ü', valuetransferencoding: 'utf-8' });
    expect(await upload('half', pieces.slice(0, 3), { 'content-type': 'text/plain;charset=utf-8' })).toBe(201);
    expect(await json('half')).toMatchObject({ valuetransferencoding: 'base64' });
  });

  it('[CDMI-G26] several ranges come in parts', async () => {
    expect(await upload('parts', [Buffer.from('0123456789')], { 'content-type': 'text/plain' })).toBe(201);
    const answer = await fetch(new URL('parts', lab.root), { headers: { range: 'bytes=0-1,5-5,-2' } });
    const boundary = /boundary=(.+)$/.exec(answer.headers.get('content-type') ?? '')?.[1];
    const part = (range: string, body: string) =>
      `--${boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes ${range}/10\r\n\r\n${body}\r\n`;
    const text = await answer.text();
    expect(answer.status).toBe(206);
    expect(text).toBe(`${part('0-1', '01')}${part('5-5', '5')}${part('8-9', '89')}--${boundary}--\r\n`);
    expect(answer.headers.get('content-length')).toBe(String(text.length));
  });

  it('[CDMI-B5] JSON and ranges of the value side by side', async () => {
    const url = new URL('parts?objectName;value:0-1;value:8-99', lab.root);
    const headers = { accept: 'multipart/mixed', 'x-cdmi-specification-version': '1.1.1' };
    const text = await (await fetch(url, { headers })).text();
    const [boundary] = text.split('\r\n');
    const raw = (range: string, body: string) =>
      `${boundary}\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\nContent-Range: bytes ${range}/10\r\n\r\n${body}\r\n`;
    const first = `${boundary}\r\nContent-Type: application/cdmi-object\r\n\r\n{"objectName":"parts"}\r\n`;
    expect(text).toBe(`${first}${raw('0-1', '01')}${raw('8-9', '89')}${boundary}--\r\n`);
  });

  it('types of values, which are as many as clients like, are not told apart in measurements', async () => {
    const { body } = await lab.gateway.metrics();
    expect(body).toContain('rendering="value"');
    expect(body).toContain('rendering="application/cdmi-object"');
    expect(body).not.toMatch(/boundary=|octet-stream/);
  });

  it('a value that is too large is refused, before it comes and while it does', async () => {
    const announced = await refusal('large', { 'content-length': String(201 * mebibyte) });
    expect(announced).toBe(413);
    const block = Buffer.alloc(mebibyte);
    expect(
      await upload(
        'large',
        Array.from({ length: 201 }, () => block),
      ),
    ).toBe(413);
    expect((await fetch(new URL('large', lab.root))).status).toBe(404);
  });

  it('[CDMI-H1] what is refused for other reasons is refused before the body comes', async () => {
    expect(await refusal('nope/x', { 'content-length': '1000' })).toBe(404);
  });

  it('[CDMI-G21] a body that ends too early leaves what was there', async () => {
    expect(await upload('kept', [Buffer.from('old')])).toBe(201);
    const { hostname, port } = new URL(lab.root);
    const socket = createConnection(Number(port), hostname);
    const head = `PUT /cdmi/kept HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 1000\r\nContent-Type: text/plain\r\n\r\n`;
    await new Promise((resolve) => socket.write(`${head}new`, resolve));
    socket.destroy();
    await idle();
    expect(await (await fetch(new URL('kept', lab.root))).text()).toBe('old');
  });

  it('who goes away in the middle of a value holds nobody up', async () => {
    expect(
      await upload(
        'left',
        Array.from({ length: 32 }, () => Buffer.alloc(mebibyte)),
      ),
    ).toBe(201);
    const answer = await download('left');
    answer.destroy();
    await idle();
    expect((await fetch(new URL('left', lab.root), { method: 'DELETE' })).status).toBe(204);
  });
});

describe('a value that grows', () => {
  let directory: string;
  let own: CdmiLab;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'occi-cdmi-'));
    own = await startCdmiLab({ dataDir: directory });
  });
  afterAll(async () => {
    await own.close();
    rmSync(directory, { recursive: true });
  });

  it('[CDMI-H4] byte by byte is written anew when it is in too many pieces', async () => {
    const count = 260;
    const url = new URL('grown', own.root);
    for (let at = 0; at < count; at++) {
      const headers = { 'content-range': `bytes ${at}-${at}/*`, 'content-type': 'text/plain' };
      const { status } = await fetch(url, { method: 'PUT', headers, body: new Uint8Array([at % 251]) });
      expect(status).toBe(at === 0 ? 201 : 204);
    }
    const grown = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(grown.equals(Buffer.from(Array.from({ length: count }, (_, at) => at % 251)))).toBe(true);
    const files = await until(
      async () => valueFiles(directory).length,
      (left) => left < 10,
    );
    expect(files).toBeGreaterThan(0);
  });
});

/** Sends a body in pieces. @returns the status */
function upload(name: string, pieces: Iterable<Uint8Array>, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(new URL(name, lab.root), {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', ...headers },
    });
    outgoing.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    pipeline(pieces, outgoing).catch(reject);
  });
}

/** Sends headers and waits for the answer before it would send the body. */
function refusal(name: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(new URL(name, lab.root), {
      method: 'PUT',
      headers: { 'content-type': 'text/plain', ...headers },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (answer) => {
      resolve(answer.statusCode ?? 0);
      outgoing
        .off('error', reject)
        .on('error', () => {})
        .destroy();
    });
    outgoing.flushHeaders();
  });
}

/** Resolves when no request is being answered. */
async function idle(): Promise<void> {
  await until(
    async () => (await lab.gateway.metrics()).body,
    (body) => body.includes('occi_requests_in_flight 0'),
  );
}

function download(name: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(new URL(name, lab.root), resolve).on('error', reject).end();
  });
}

async function json(name: string): Promise<Record<string, unknown>> {
  const { accept, ...version } = speaking('object');
  const answer = await fetch(new URL(name, lab.root), { headers: { accept: String(accept), ...version } });
  return (await answer.json()) as Record<string, unknown>;
}
