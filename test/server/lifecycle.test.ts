import { connect, type Socket } from 'node:net';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchange, type RunningGateway, readRaw, startGateway, temporaryDirectory } from './command.ts';

const compute = 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';

describe('the life of the process', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let gateway: RunningGateway;
  beforeEach(async () => {
    directory = temporaryDirectory();
    gateway = await startGateway(directory.path, { OCCI_REQUEST_TIMEOUT_MS: '300' });
  });
  afterEach(async () => {
    await gateway.stop('SIGKILL');
    directory.remove();
  });

  it('is alive and ready', async () => {
    for (const [path, body] of [
      ['/healthz', 'alive'],
      ['/readyz', 'ready'],
    ] as const) {
      const response = await supertest(gateway.url).get(path).expect(200);
      expect(response.text).toEqual(body);
      expect(response.headers['server']).toMatch(/OCCI\/1\.2/);
      await supertest(gateway.url).head(path).expect(200);
      await supertest(gateway.url).post(path).expect(405);
    }
  });

  it.each([
    ['headers', 'GET /-/ HTTP/1.1\r\nHost: h\r\nX-Slow: '],
    [
      'a body',
      `POST /compute/ HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\n${compute}`,
    ],
  ])('does not wait for ever for %s: 408', async (_, start) => {
    const { status, header } = readRaw(await exchange(gateway.port, start));
    expect(status).toBe(408);
    expect(header('server')).toMatch(/OCCI\/1\.2/);
    await supertest(gateway.url).get('/compute/').expect(200, '');
  });

  it('finishes what is in flight after SIGTERM, answers 503 to what comes later, and ends with 0', async () => {
    const body = compute;
    const socket = connect(gateway.port, '127.0.0.1');
    const head = `POST /compute/ HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(head + body.slice(0, 20));
    // An answer on another connection tells that the server has seen the first request.
    await supertest(gateway.url).get('/healthz').expect(200);
    gateway.process.kill('SIGTERM');
    await logged(gateway, 'stopping');
    socket.write(`${body.slice(20)}GET /compute/ HTTP/1.1\r\nHost: h\r\n\r\n`);
    const text = await untilClosed(socket);
    const second = text.indexOf('HTTP/1.1', 10);
    expect(readRaw(text.slice(0, second)).status).toBe(201);
    const refused = readRaw(text.slice(second));
    expect(refused.status).toBe(503);
    expect(refused.header('retry-after')).toMatch(/^[0-9]+$/);
    expect(await gateway.ended).toMatchObject({ code: 0, signal: null });
    expect(gateway.log().at(-1)).toMatchObject({ msg: 'stopped' });

    const again = await startGateway(directory.path);
    const { text: list } = await supertest(again.url).get('/compute/').expect(200);
    expect(list.split('\n')).toHaveLength(1);
    expect(await again.stop('SIGINT')).toMatchObject({ code: 0 });
  });

  it('waits for clients no longer than OCCI_SHUTDOWN_MS', async () => {
    await gateway.stop();
    gateway = await startGateway(directory.path, { OCCI_SHUTDOWN_MS: '50', OCCI_REQUEST_TIMEOUT_MS: '3600000' });
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /compute/ HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\nCat');
    await supertest(gateway.url).get('/healthz').expect(200);
    expect(await gateway.stop()).toMatchObject({ code: 0, signal: null });
    socket.destroy();
  });

  it('keeps machines and their state across restarts', async () => {
    const client = supertest(gateway.url);
    const { headers } = await client.post('/compute/').type('text/plain').send(compute).expect(201);
    const path = new URL(headers['location'] ?? '').pathname;
    const state = async (url: string) =>
      /occi\.compute\.state="([a-z]+)"/.exec((await supertest(url).get(path)).text)?.[1];
    await expect.poll(() => state(gateway.url)).toBe('active');
    const suspend = 'suspend; scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#"; class="action"';
    await client.post(`${path}?action=suspend`).set('Category', suspend).expect(200);
    await expect.poll(() => state(gateway.url)).toBe('suspended');
    await gateway.stop();
    gateway = await startGateway(directory.path);
    expect(await state(gateway.url)).toBe('suspended');
    const start = suspend.replace('suspend;', 'start;');
    await supertest(gateway.url).post(`${path}?action=start`).set('Category', start).expect(200);
    await expect.poll(() => state(gateway.url)).toBe('active');
  });
});

function logged(gateway: RunningGateway, message: string): Promise<void> {
  return expect.poll(() => gateway.log().some(({ msg }) => msg === message)).toBe(true) as Promise<void>;
}

function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}
