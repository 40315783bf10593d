import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../http/until.ts';
import {
  type Environment,
  exchange,
  type RunningGateway,
  readRaw,
  startGateway,
  temporaryDirectory,
} from './command.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const network = `Category: network; scheme="${infrastructure}"; class="kind"`;

let directory: ReturnType<typeof temporaryDirectory>;
let gateway: RunningGateway;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  await gateway.stop('SIGKILL');
  directory.remove();
});
const start = async (environment: Environment) => {
  gateway = await startGateway(directory.path, environment);
};

const get = async (path = '/network/', fields: readonly string[] = []) => {
  const lines = [`GET ${path} HTTP/1.1`, 'Host: h', 'Connection: close', ...fields];
  return readRaw(await exchange(gateway.port, `${lines.join('\r\n')}\r\n\r\n`));
};

/** Begins a request whose body does not come, and waits until the gateway has seen it. */
async function beginRequest(): Promise<Socket> {
  const socket = connect(gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  const before = await inFlight();
  const type = 'Content-Type: text/plain\r\nConnection: close';
  socket.write(`POST /network/ HTTP/1.1\r\nHost: h\r\n${type}\r\nContent-Length: ${network.length}\r\n\r\n`);
  await until(inFlight, (now) => now > before);
  return socket;
}

const inFlight = async () => {
  const text = await (await fetch(gateway.metricsUrl)).text();
  return Number(/^occi_requests_in_flight ([0-9]+)$/m.exec(text)?.[1]);
};

async function endRequest(socket: Socket): Promise<number> {
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
  });
  socket.write(network);
  await once(socket, 'close');
  return readRaw(text).status;
}

describe('OCCI_RATE_PER_ADDRESS', () => {
  it('is kept: 429 with Retry-After and what is left, and operators are served all the same', async () => {
    await start({ OCCI_RATE_PER_ADDRESS: '1', OCCI_BURST_PER_ADDRESS: '3', OCCI_METRICS_PUBLIC: 'true' });
    for (const left of ['2', '1', '0']) {
      const { status, header } = await get();
      expect([status, header('ratelimit-remaining')]).toEqual([200, left]);
    }
    const { status, header, body } = await get();
    expect(status).toBe(429);
    expect(header('retry-after')).toMatch(/^[1-3]$/);
    expect(header('ratelimit')).toMatch(/^"address";r=0;t=[1-3]$/);
    expect(header('ratelimit-limit')).toBe('3');
    expect(header('server')).toMatch(/OCCI\/1\.2/);
    expect(body).toContain('no more than 1 requests a second');
    for (const path of ['/healthz', '/readyz', '/metrics', '/healthz', '/readyz', '/metrics']) {
      const operators = await get(path);
      expect([operators.status, operators.header('ratelimit')]).toEqual([200, undefined]);
    }
    await until(get, (answer) => answer.status === 200);
  });

  it('is not got round with X-Forwarded-For, unless a proxy is trusted', async () => {
    await start({ OCCI_RATE_PER_ADDRESS: '1', OCCI_BURST_PER_ADDRESS: '2' });
    const statuses: number[] = [];
    for (let number = 1; number <= 4; number++) {
      statuses.push((await get('/network/', [`X-Forwarded-For: 192.0.2.${number}`])).status);
    }
    expect(statuses).toEqual([200, 200, 429, 429]);
  });

  it('is for the client that a trusted proxy names, not for those the client names', async () => {
    await start({ OCCI_RATE_PER_ADDRESS: '1', OCCI_BURST_PER_ADDRESS: '2', OCCI_TRUST_PROXY: '127.0.0.1, 10.0.0.0/8' });
    const from = async (...forwarded: readonly string[]) =>
      (await get('/network/', [`X-Forwarded-For: ${forwarded.join(', ')}`])).status;
    expect([await from('6.6.6.1', '192.0.2.1'), await from('6.6.6.2', '192.0.2.1', '10.3.4.5')]).toEqual([200, 200]);
    expect(await from('6.6.6.3', '192.0.2.1')).toBe(429);
    expect(await from('192.0.2.1', '192.0.2.2')).toBe(200);
    // In fields of their own, too, which are one list (RFC 9110 §5.3).
    const fields = ['X-Forwarded-For: 6.6.6.4', 'X-Forwarded-For: 192.0.2.1'];
    expect((await get('/network/', fields)).status).toBe(429);
  });
});

describe('requests at the same time', () => {
  it('are as many as OCCI_MAX_CONCURRENT: 503 with Retry-After, for operators without', async () => {
    await start({ OCCI_MAX_CONCURRENT: '2' });
    const begun = [await beginRequest(), await beginRequest()];
    const { status, header } = await get();
    expect([status, header('retry-after')]).toEqual([503, '1']);
    expect((await get('/healthz')).status).toBe(200);
    expect(await Promise.all(begun.map(endRequest))).toEqual([201, 201]);
    await until(get, (answer) => answer.status === 200);
  });

  it('of one client are as many as OCCI_MAX_CONCURRENT_PER_IDENTITY: 429; one that goes away is not counted', async () => {
    await start({ OCCI_MAX_CONCURRENT_PER_IDENTITY: '1' });
    const begun = await beginRequest();
    const { status, header } = await get();
    expect([status, header('retry-after')]).toEqual([429, '1']);
    begun.destroy();
    await until(get, (answer) => answer.status === 200);
  });
});

describe('OCCI_MAX_CONNECTIONS_PER_ADDRESS', () => {
  const opened = async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };

  it('is kept: further connections are closed, until others are', async () => {
    await start({ OCCI_MAX_CONNECTIONS_PER_ADDRESS: '3' });
    const open = [await opened(), await opened(), await opened()];
    const [first] = open as [Socket];
    // An answer on the last one tells that the server has seen all of them.
    open[2]?.write('GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n');
    await once(open[2] as Socket, 'data');
    const refused = await opened();
    refused.resume();
    await once(refused, 'close');
    first.destroy();
    const answer = await until(
      () => get('/healthz').catch(() => undefined),
      (one) => one?.status === 200,
    );
    expect(answer?.body).toBe('alive');
    for (const socket of open) socket.destroy();
  });

  it('is not for trusted proxies, over whose connections all clients come', async () => {
    await start({ OCCI_MAX_CONNECTIONS_PER_ADDRESS: '1', OCCI_TRUST_PROXY: '127.0.0.0/8' });
    const open = [await opened(), await opened(), await opened()];
    expect((await get()).status).toBe(200);
    for (const socket of open) socket.destroy();
  });
});

describe('a client that is slow to take its answer', () => {
  /** More than a connection holds on its way: networks with a long summary each. */
  const count = 40;
  const summary = 'x'.repeat(1_000_000);
  const prepare = async (environment: Environment) => {
    await start({ OCCI_MAX_BODY_BYTES: '2000000', ...environment });
    for (let number = 0; number < count; number++) {
      const response = await fetch(`${gateway.url}/network/`, {
        method: 'POST',
        headers: { 'content-type': 'application/occi+json' },
        body: JSON.stringify({ kind: `${infrastructure}network`, summary }),
      });
      expect(response.status, await response.text()).toBe(201);
      await until(get, ({ status }) => status === 200);
    }
  };

  const ask = async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET /network/ HTTP/1.1\r\nHost: h\r\nAccept: application/occi+json\r\nConnection: close\r\n\r\n');
    return socket;
  };

  it('is cut off when it takes nothing, and what was read for it is given up', async () => {
    await prepare({ OCCI_SEND_TIMEOUT_MS: '700', OCCI_MAX_CONCURRENT_PER_IDENTITY: '1' });
    const socket = await ask();
    await until(get, ({ status }) => status === 429);
    await until(get, ({ status }) => status === 200);
    let size = 0;
    socket.on('data', (piece) => {
      size += piece.length;
    });
    await once(socket, 'close');
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(count * summary.length);
    expect(gateway.log().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  }, 30_000);

  it('gets all of it as long as it takes something', async () => {
    await prepare({ OCCI_SEND_TIMEOUT_MS: '700' });
    const socket = await ask();
    const started = performance.now();
    let size = 0;
    let pauses = 0;
    socket.on('data', (piece) => {
      size += piece.length;
      // Every four megabytes a rest that is shorter than the patience of the gateway.
      if (size < (pauses + 1) * 4_000_000) return;
      pauses += 1;
      socket.pause();
      setTimeout(() => socket.resume(), 250);
    });
    await once(socket, 'close');
    expect(performance.now() - started).toBeGreaterThan(700);
    expect(size).toBeGreaterThan(count * summary.length);
  }, 30_000);

  it('is cut off in a row of requests, too', async () => {
    await prepare({ OCCI_SEND_TIMEOUT_MS: '2000', OCCI_MAX_CONCURRENT_PER_IDENTITY: '2' });
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const small = 'GET /-/ HTTP/1.1\r\nHost: h\r\n\r\n';
    const large = 'GET /network/ HTTP/1.1\r\nHost: h\r\nAccept: application/occi+json\r\n\r\n';
    socket.write(small + large);
    // The small answer is out, the large one is not; another request is kept waiting beside it.
    await until(get, ({ status }) => status === 200);
    const other = await beginRequest();
    await until(get, ({ status }) => status === 429);
    await until(get, ({ status }) => status === 200);
    expect(await endRequest(other)).toBe(201);
    socket.destroy();
  }, 30_000);
});
