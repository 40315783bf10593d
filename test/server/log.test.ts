import { once } from 'node:events';
import { connect } from 'node:net';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { homeLabBackend, startHomeLab } from '../http/home-lab.ts';
import { startGateway, temporaryDirectory } from './command.ts';

describe('the log', () => {
  it('has one line a request, with its id, and never a credential', async () => {
    const directory = temporaryDirectory();
    const gateway = await startGateway(directory.path, { OCCI_LOG_LEVEL: 'trace' });
    const client = supertest(gateway.url);
    const secret = 'c0ffee-and-more';
    const requests = [
      client.get('/-/').set('Authorization', `Bearer ${secret}`).set('X-Request-Id', 'mine-1'),
      client.get('/compute/').set('X-Auth-Token', secret).set('Cookie', `session=${secret}`),
      client.get(`/network/?token=${secret}`).auth('anna', secret),
      client.post('/compute/').set('X-Auth-Token', secret).type('text/plain').send(`Category: ${secret}`),
      client.get('/storage/').set('X-Request-Id', 'not an id!'),
      client.get(`/nothing/here`).set('Authorization', secret),
    ];
    const ids: (string | undefined)[] = [];
    for (const request of requests) ids.push((await request).headers['x-request-id']);
    expect(ids[0]).toBe('mine-1');
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9._-]+$/);
    const { code, stdout, stderr } = await gateway.stop();
    expect(code).toBe(0);
    const lines = gateway.log().filter(({ msg }) => msg === 'request');
    expect(lines.map(({ requestId }) => requestId)).toEqual(ids);
    expect(lines.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      ...['GET /-/ 200', 'GET /compute/ 200', 'GET /network/ 200'],
      ...['POST /compute/ 400', 'GET /storage/ 200', 'GET /nothing/here 404'],
    ]);
    for (const { time, ms } of lines) {
      expect(Number(time)).toBeGreaterThan(1_700_000_000_000);
      expect(ms).toBeGreaterThanOrEqual(0);
    }
    expect(stdout + stderr).not.toContain(secret);
    expect(stdout + stderr).not.toContain(btoa(`anna:${secret}`));
    directory.remove();
  });

  it('does not blame the gateway for a client that goes away in the middle of a request', async () => {
    const directory = temporaryDirectory();
    const gateway = await startGateway(directory.path);
    const socket = connect(gateway.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /compute/ HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\nCat');
    // Whatever was sent before is being read when a later request is answered.
    await supertest(gateway.url).get('/-/').expect(200);
    socket.destroy();
    await once(socket, 'close');
    await supertest(gateway.url).get('/compute/').expect(200, '');
    expect((await gateway.stop()).code).toBe(0);
    const [line] = gateway.log().filter(({ method }) => method === 'POST');
    expect(line).toMatchObject({ level: 30, status: 400, code: 'invalid-request' });
    directory.remove();
  });

  it('has all about an exception that nobody expected; the client has the request id, and life goes on [X-3] [D38]', async () => {
    const failures: { requestId?: string; err?: Error }[] = [];
    let broken = false;
    const backend = homeLabBackend();
    const lab = await startHomeLab({
      backend: [
        {
          ...backend,
          plan(intent, lookup) {
            if (broken) throw new TypeError('the fuse is blown');
            return backend.plan(intent, lookup);
          },
        },
      ],
      log: { info() {}, warn() {}, error: (details) => void failures.push(details) },
    });
    const lamp = 'Category: lamp; scheme="http://lab.test/occi/home#"\nX-OCCI-Attribute: test.lab.watts=1';
    const create = () => lab.request('POST', '/lamp/', { headers: { 'content-type': 'text/plain' }, body: lamp });
    broken = true;
    const { status, text, headers } = await create();
    expect(status).toBe(500);
    expect(text).toContain(headers.get('x-request-id'));
    expect(text).not.toMatch(/fuse|TypeError|\.ts/);
    expect(headers.get('server')).toMatch(/OCCI\/1\.2/);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ requestId: headers.get('x-request-id'), method: 'POST', path: '/lamp/' });
    expect(failures[0]?.err?.stack).toContain('the fuse is blown');
    broken = false;
    expect((await lab.request('GET', '/lamp/')).text.split('\n')).toHaveLength(2);
    expect((await create()).status).toBe(201);
    await lab.close();
  });
});
