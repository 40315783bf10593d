import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type CdmiClient, FileSink, fileSource, openCdmi, StreamSink, streamSource } from '../../src/client/index.ts';
import { reply, type Script, startScripted, startServer } from './scripted-server.ts';

const type = (kind: string) => `Content-Type: application/cdmi-${kind}`;
const version = 'x-cdmi-specification-version';

describe('a client of CDMI servers of any make', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'occi-cdmi-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const opened = (endpoint: string, root?: string): CdmiClient => {
    const client = openCdmi({ endpoint, pauseMs: 1, retries: 2, ...(root === undefined ? {} : { root }) });
    onTestFinished(() => client.close());
    return client;
  };
  const scripted = async (script: Script, root?: string) => {
    const server = await startScripted(script);
    onTestFinished(() => server.close());
    return { server, client: opened(server.url, root) };
  };
  const served = async (listener: (request: IncomingMessage, response: ServerResponse) => void) => {
    const server = await startServer(listener);
    onTestFinished(() => server.close());
    return opened(server.url);
  };
  const described = (fields: object = {}) =>
    reply(
      '200 OK',
      [type('object')],
      JSON.stringify({ objectType: 'application/cdmi-object', metadata: {}, ...fields }),
    );
  const file = (name: string) => join(directory, name);

  it('names its versions in the style of CDMI only, and escapes every name', async () => {
    const { server, client } = await scripted(
      ({ path }) => (path.includes('?') ? described() : reply('200 OK', [], 'x')),
      '/',
    );
    const object = await client.look('/a b/100%/ü;?#.txt');
    await client.download(object, new StreamSink(async () => {}));
    expect(server.requests.map(({ path }) => path.split('?')[0])).toEqual(
      Array(2).fill('/a%20b/100%25/%C3%BC%3B%3F%23.txt'),
    );
    expect(server.requests.map((request) => request.header(version))).toEqual(['1.1.1, 1.1, 1.0.2', undefined]);
    expect(server.requests[1]?.header('accept')).toBe('*/*');
  });

  it.each([
    ['has no summaries', '404 Not Found', {}],
    ['lets not everybody read them', '403 Forbidden', {}],
    ['tells what the standard has, and no more', '200 OK', { value: '{"cdmi_summary_objectsmax":"4"}' }],
    ['says something else', '200 OK', { value: 'much' }],
  ])('knows nothing of what a domain has where the server %s', async (_, status, body) => {
    const { server, client } = await scripted(() => reply(status, [type('object')], JSON.stringify(body)));
    expect(await client.domainLoad('cdmi_domains/lab')).toBeUndefined();
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/cdmi/cdmi_domains/lab/cdmi_domain_summary/cumulative?value',
    ]);
  });

  it('lists all at once where the server knows no ranges of children', async () => {
    const { server, client } = await scripted(({ path }) => {
      if (path.includes(':')) return reply('400 Bad Request');
      return reply('200 OK', [type('container')], '{"children":["a","b/"]}');
    });
    expect(await named(client.children('box'))).toEqual(['a', 'b/']);
    expect(server.requests.map(({ path }) => path)).toEqual(['/cdmi/box/?children:0-999', '/cdmi/box/?children']);
  });

  it('finds the slash of containers where a redirection leads to another host', async () => {
    const { client } = await scripted(({ path }) => {
      if (!path.startsWith('/cdmi/box/')) return reply('301 Moved', ['Location: http://inside.test/cdmi/box/']);
      return reply('200 OK', [type('container')], '{"objectType":"application/cdmi-container","objectID":"00AB"}');
    });
    expect(await client.look('box')).toMatchObject({ path: 'box/', type: 'container', id: '00AB', isComplete: true });
  });

  it.each([
    ['nothing that tells versions apart', {}],
    ['a weak tag', { etag: 'W/"1"' }],
    ['a tag, and no ranges', { etag: '"1"' }],
  ])('begins anew after a loss where the server has %s', async (_, headers) => {
    const value = Buffer.from('0123456789'.repeat(10_000));
    const asked: (string | undefined)[] = [];
    let cut = () => {};
    const client = await served((request, response) => {
      if (request.url?.includes('?')) {
        response.end('{"objectType":"application/cdmi-object"}');
        return;
      }
      asked.push(request.headers.range);
      response.writeHead(200, { ...headers, 'content-length': value.length });
      if (asked.length > 1) response.end(value);
      else {
        response.write(value.subarray(0, 50_000));
        cut = () => void response.destroy();
      }
    });
    const onProgress = (done: number) => {
      if (done === 50_000) cut();
    };
    await client.download(await client.look('x'), new FileSink(file('x')), { onProgress });
    expect(readFileSync(file('x')).equals(value)).toBe(true);
    expect(asked[0]).toBe(undefined);
    expect(asked[1]).toBe('etag' in headers && headers.etag === '"1"' ? 'bytes=50000-' : undefined);
    expect(readdirSync(directory)).toEqual(['x']);
  });

  it('gives up after some losses without anything having come, and keeps what has', async () => {
    let count = 0;
    let cut = () => {};
    const client = await served((request, response) => {
      if (request.url?.includes('?')) {
        response.end('{"objectType":"application/cdmi-object"}');
        return;
      }
      count += 1;
      const first = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
      const range = first === 0 ? {} : { 'content-range': `bytes ${first}-999/1000` };
      response.writeHead(first === 0 ? 200 : 206, { etag: '"1"', 'content-length': 1000 - first, ...range });
      if (first === 0) response.write('0'.repeat(100));
      else response.flushHeaders();
      cut = () => void response.destroy();
      if (first > 0) setImmediate(cut);
    });
    const onProgress = (done: number) => {
      if (done === 100) cut();
    };
    const reading = client.download(await client.look('x'), new FileSink(file('x')), { onProgress });
    await expect(reading).rejects.toMatchObject({ kind: 'lost' });
    // Once, after the loss, and twice more.
    expect(count).toBe(4);
    expect(existsSync(file('x'))).toBe(false);
    expect(readdirSync(directory)).toEqual([expect.stringMatching(/^x\.[0-9a-f]{8}\.part$/)]);
  });

  it('takes no value whose hash is another one than the server shows', async () => {
    const metadata = { cdmi_value_hash: 'SHA256', cdmi_hash: 'AB'.repeat(32) };
    const { client } = await scripted(({ path }) => {
      return path.includes('?') ? described({ metadata }) : reply('200 OK', ['ETag: "1"'], 'value');
    });
    const object = await client.look('x');
    await expect(client.download(object, new FileSink(file('x')))).rejects.toMatchObject({
      kind: 'unreadable',
      problem: expect.stringContaining('does not have the hash that it shows'),
    });
    expect(readdirSync(directory)).toEqual([]);
    writeFileSync(file('mine'), 'value');
    for (const source of [await fileSource(file('mine')), streamSource(pieces('val', 'ue'))]) {
      await expect(client.upload('x', source)).rejects.toMatchObject({ kind: 'unreadable' });
    }
  });

  it('sends a stream in parts, each with its place, and the last without the word that more is to come', async () => {
    const { server, client } = await scripted(({ method }) => {
      return method === 'PUT' ? reply('204 No Content') : described({ metadata: { cdmi_size: '10' } });
    });
    await client.upload('x', streamSource(pieces('01', '234567', '89')), { partBytes: 4, mimetype: 'text/plain' });
    const parts = server.requests.filter(({ method }) => method === 'PUT');
    const told = parts.map((part) => [part.body, part.header('content-range'), part.header('x-cdmi-partial')]);
    expect(told).toEqual([
      ['0123', undefined, 'true'],
      ['4567', 'bytes 4-7/*', 'true'],
      ['89', 'bytes 8-9/10', undefined],
    ]);
    for (const part of parts) expect(part.header('content-type')).toBe('text/plain');
  });

  it('says when the server has less than was sent, and repeats what a busy one has not taken', async () => {
    let count = 0;
    const { server, client } = await scripted(({ method }) => {
      if (method === 'GET') return described({ metadata: { cdmi_size: '4' } });
      count += 1;
      return count === 1 ? reply('503 Service Unavailable') : reply('201 Created');
    });
    const lost = client.upload('x', streamSource(pieces('value')));
    await expect(lost).rejects.toMatchObject({ problem: expect.stringContaining('the server has 4 bytes of 5') });
    expect(server.requests.filter(({ method }) => method === 'PUT').map(({ body }) => body)).toEqual([
      'value',
      'value',
    ]);
  });

  it('hears a refusal that comes before all is sent', async () => {
    const client = await served((_, response) => {
      response.writeHead(413, { connection: 'close' }).end('too much');
    });
    writeFileSync(file('large'), Buffer.alloc(4 * 2 ** 20));
    const refused = client.upload('large', await fileSource(file('large')));
    await expect(refused).rejects.toMatchObject({ kind: 'refused', details: { status: 413, said: 'too much' } });
  });

  it('says when a file becomes shorter while it is sent', async () => {
    const client = await served((request, response) => {
      request.resume().on('end', () => response.writeHead(201).end());
    });
    writeFileSync(file('shrinking'), 'value');
    const source = await fileSource(file('shrinking'));
    writeFileSync(file('shrinking'), 'v');
    await expect(client.upload('x', source)).rejects.toThrow('has become shorter while it was read');
  });

  it('waits for a copy that takes its time, and says when it comes to nothing', async () => {
    const states = ['Complete', 'Processing', 'Complete', 'Complete', 'Error: no room'];
    const { server, client } = await scripted(({ method }) => {
      if (method === 'PUT') return reply('202 Accepted', ['Location: /cdmi/b']);
      return described({ completionStatus: states.shift() });
    });
    await client.copy(await client.look('ä'), 'b');
    expect(server.requests.find(({ method }) => method === 'PUT')?.body).toBe('{"copy":"/cdmi/ä"}');
    await expect(client.move(await client.look('a'), 'b')).rejects.toMatchObject({
      problem: expect.stringContaining('Error: no room'),
    });
    expect(states).toEqual([]);
  });

  it('leads to nothing that is not below the root', async () => {
    const { server, client } = await scripted(() => described());
    for (const path of ['../compute/1', 'a/../../b', './a']) {
      await expect(client.look(path)).rejects.toMatchObject({ kind: 'not-offered' });
    }
    expect(server.requests).toEqual([]);
  });
});

async function named(names: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const name of names) all.push(name);
  return all;
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
