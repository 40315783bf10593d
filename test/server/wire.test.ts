import { request as httpRequest, type IncomingMessage } from 'node:http';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, type RunningGateway, readRaw, startGateway, temporaryDirectory } from './command.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const compute = `compute; scheme="${infrastructure}"; class="kind"`;
const tag = 'mine; scheme="http://lab.test/tags#"; class="mixin"';

describe('the server on a real socket', () => {
  const directory = temporaryDirectory();
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway(directory.path, { OCCI_MAX_BODY_BYTES: '65536' });
    await supertest(gateway.url).post('/-/').set('Category', `${tag}; location="/mine/"`).expect(200);
  });
  afterAll(async () => {
    await gateway.stop();
    directory.remove();
  });

  const raw = async (lines: readonly string[], body = '') =>
    readRaw(await exchange(gateway.port, Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1')));

  it('reads repeated header fields as one list [TEXT-7-d]', async () => {
    const { status, header } = await raw([
      'POST /compute/ HTTP/1.1',
      `Host: 127.0.0.1:${gateway.port}`,
      'Content-Type: text/occi',
      `Category: ${compute}`,
      `Category: ${tag}`,
      'X-OCCI-Attribute: occi.compute.cores=2',
      'X-OCCI-Attribute: occi.compute.hostname="web", occi.compute.memory=4.0',
      'Connection: close',
    ]);
    expect(status).toBe(201);
    const { text } = await supertest(gateway.url)
      .get(new URL(header('location') ?? '').pathname)
      .expect(200);
    expect(text).toContain('Category: mine;');
    expect(text).toContain('occi.compute.cores=2');
    expect(text).toContain('occi.compute.hostname="web"');
    expect(text).toContain('occi.compute.memory=4');
  });

  it.each([
    ['UTF-8', Buffer.from('größer 灯', 'utf8'), 'größer 灯'],
    ['Latin-1', Buffer.from('größer', 'latin1'), 'größer'],
  ])('reads header bytes as %s, and writes UTF-8 [X-7]', async (_, bytes, title) => {
    const head = `POST /network/ HTTP/1.1\r\nHost: h\r\nContent-Type: text/occi\r\nAccept: text/occi\r\nConnection: close\r\n`;
    const category = `Category: network; scheme="${infrastructure}"\r\n`;
    const sent = Buffer.concat([
      Buffer.from(`${head}${category}X-OCCI-Attribute: occi.core.title="`),
      bytes,
      Buffer.from('"\r\n\r\n'),
    ]);
    const made = readRaw(await exchange(gateway.port, sent));
    expect([made.status, made.body]).toEqual([201, 'OK']);
    const path = new URL(made.header('location') ?? '').pathname;
    const shown = await raw([`GET ${path} HTTP/1.1`, 'Host: h', 'Accept: text/occi', 'Connection: close']);
    expect(Buffer.from(shown.header('x-occi-attribute') ?? '', 'latin1').toString('utf8')).toContain(`"${title}"`);
    expect(shown.header('content-length')).toBe('2');
  });

  it('counts bytes in Content-Length and has the standard reason phrases [TEXT-7-c]', async () => {
    const entity = `{"kind":"${infrastructure}network","title":"größer"}`;
    const json = 'Content-Type: application/json\r\nAccept: application/json\r\nConnection: close';
    const head = `POST /network/ HTTP/1.1\r\nHost: h\r\n${json}\r\nContent-Length: ${Buffer.byteLength(entity)}\r\n\r\n`;
    const text = await exchange(gateway.port, head + entity);
    expect(text).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    const { header, body } = readRaw(text);
    expect(Number(header('content-length'))).toBe(body.length);
    expect(Buffer.from(body, 'latin1').toString()).toContain('"größer"');
    expect(await exchange(gateway.port, 'GET /none HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 404 Not Found\r\n/,
    );
  });

  it('reads the filter in the body of a GET [D7] [H11-3.4.3-d]', async () => {
    const { header } = await raw([
      'POST /compute/ HTTP/1.1',
      'Host: h',
      `Category: ${compute}`,
      'X-OCCI-Attribute: occi.compute.hostname="only me"',
      'Connection: close',
    ]);
    const filter = 'X-OCCI-Attribute: occi.compute.hostname="only me"';
    const send = (framing: string, body: string) =>
      raw(['GET /compute/ HTTP/1.1', 'Host: h', 'Content-Type: text/plain', framing, 'Connection: close'], body);
    const expected = [200, `X-OCCI-Location: ${header('location')}`];
    const sized = await send(`Content-Length: ${filter.length}`, filter);
    expect([sized.status, sized.body]).toEqual(expected);
    const chunked = await send('Transfer-Encoding: chunked', `${filter.length.toString(16)}\r\n${filter}\r\n0\r\n\r\n`);
    expect([chunked.status, chunked.body]).toEqual(expected);
  });

  it('reads the list in the body of a DELETE [H11-3.4.3-h]', async () => {
    const client = supertest(gateway.url);
    const locations = await Promise.all(
      [1, 2].map(
        async () => (await client.post('/compute/').set('Category', `${compute}, ${tag}`)).headers['location'],
      ),
    );
    await client.delete('/mine/').type('text/plain').send(`X-OCCI-Location: ${locations[0]}`).expect(200);
    const { text } = await client.get('/mine/').set('Accept', 'text/uri-list').expect(200);
    expect(text.split('\n')).toContain(locations[1]);
    expect(text.split('\n')).not.toContain(locations[0]);
  });

  it('answers HEAD like GET without a body, even when the request has one [X-9]', async () => {
    const body = '{"auth":{"voms":true}}';
    const {
      status,
      body: none,
      header,
    } = await raw(
      [
        'HEAD /-/ HTTP/1.1',
        'Host: h',
        'Content-Type: text/plain',
        `Content-Length: ${body.length}`,
        'Connection: close',
      ],
      body,
    );
    expect([status, none]).toEqual([200, '']);
    expect(header('content-type')).toMatch(/^text\/plain/);
  });

  it('tells the methods in OPTIONS, and refuses others [X-9]', async () => {
    const options = await supertest(gateway.url).options('/compute/').expect(200);
    expect(options.headers['allow']).toBe('GET, HEAD, POST, DELETE, OPTIONS');
    const patch = await supertest(gateway.url).patch('/compute/').expect(405);
    expect(patch.headers['server']).toMatch(/OCCI\/1\.2 OCCI\/1\.1/);
  });

  it.each([
    ['headers that are too large', 431, ['GET /-/ HTTP/1.1', 'Host: h', `X-Long: ${'a'.repeat(70_000)}`]],
    ['another protocol', 400, ['this is not HTTP']],
    ['an unknown method', 501, ['BREW /-/ HTTP/1.1', 'Host: h', 'Connection: close']],
    ['a tunnel', 501, ['CONNECT elsewhere.example:443 HTTP/1.1', 'Host: h']],
    ['no Host', 400, ['GET /-/ HTTP/1.1', 'Connection: close']],
    ['a bad Host', 400, ['GET /-/ HTTP/1.1', 'Host: bad host/', 'Connection: close']],
    ['a bad target', 400, ['GET http:// HTTP/1.1', 'Host: h', 'Connection: close']],
    ['two lengths', 400, ['POST /compute/ HTTP/1.1', 'Host: h', 'Content-Length: 5', 'Content-Length: 6']],
    ['length and chunks', 400, ['POST / HTTP/1.1', 'Host: h', 'Content-Length: 3', 'Transfer-Encoding: chunked']],
  ])('answers %s with %i, in its own form', async (_, expected, lines) => {
    const { status, header, body } = await raw(lines);
    expect(status).toBe(expected);
    expect(header('server')).toMatch(/OCCI\/1\.2 OCCI\/1\.1/);
    expect(header('content-type')).toBe('text/plain; charset=utf-8');
    expect(body).toMatch(/^[^\n]{10,}$/);
  });

  it('takes the absolute form of a request target [X-5]', async () => {
    const { status, body } = await raw([
      'GET http://clouds.test/compute/ HTTP/1.1',
      'Host: clouds.test',
      'Connection: close',
    ]);
    expect(status).toBe(200);
    for (const line of body.split('\n')) expect(line).toMatch('X-OCCI-Location: http://clouds.test/compute/');
  });

  it.each([
    ['sized', { 'content-length': '200000' }],
    ['chunked', {}],
  ])('refuses a %s body that is too large with 413', async (_, framing) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { 'content-type': 'text/plain', ...framing };
      const request = httpRequest(`${gateway.url}/compute/`, { method: 'POST', headers, agent: false }, resolve);
      request.on('error', reject);
      request.end('a'.repeat(200_000));
    });
    response.resume();
    expect(response.statusCode).toBe(413);
    expect(response.headers['server']).toMatch(/OCCI\/1\.2/);
  });

  it('takes five hundred fields of one name, and headers of thirty kilobytes', async () => {
    const { header } = await raw(['POST /compute/ HTTP/1.1', 'Host: h', `Category: ${compute}`, 'Connection: close']);
    const fields = Array.from({ length: 500 }, () => `X-OCCI-Location: ${header('location')}`);
    const { status, body } = await raw(['PUT /mine/ HTTP/1.1', 'Host: h', ...fields, 'Connection: close']);
    expect([status, body]).toEqual([200, `X-OCCI-Location: ${header('location')}`]);
  });
});
