import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectSecurely } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../http/until.ts';
import { type Certificates, makeCertificates } from '../interop/lab/certificates.ts';
import {
  type Environment,
  exchange,
  type RunningGateway,
  readRaw,
  runToEnd,
  startGateway,
  temporaryDirectory,
} from './command.ts';
import { certify, replaceFile, secureExchange, securely, serialOf, shakeHands } from './secure-connections.ts';

const network = 'Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';

const directory = temporaryDirectory();
let files: Certificates;
let trusted: ConnectionOptions;
/** The files that the gateway shows; they are replaced. */
const cert = join(directory.path, 'shown.pem');
const key = join(directory.path, 'shown-key.pem');
beforeAll(async () => {
  files = await makeCertificates(directory.path);
  trusted = { ca: readFileSync(files.ca) };
});
afterAll(() => directory.remove());

let data: ReturnType<typeof temporaryDirectory>;
let gateway: RunningGateway;
async function start(environment: Environment = {}): Promise<RunningGateway> {
  copyFileSync(files.cert, cert);
  copyFileSync(files.key, key);
  data = temporaryDirectory();
  gateway = await startGateway(data.path, { OCCI_TLS_CERT: cert, OCCI_TLS_KEY: key, ...environment });
  return gateway;
}
afterEach(async () => {
  await gateway?.stop();
  data?.remove();
});

const logged = (message: string) => gateway.log().filter(({ msg }) => msg === message);

describe('GFD.223 §12 HTTPS', () => {
  it('is enough for passwords from other machines: nobody is warned', async () => {
    const users = join(directory.path, 'users');
    writeFileSync(users, '');
    await start({ OCCI_AUTH: 'basic', OCCI_AUTH_USERS_FILE: users, OCCI_HOST: '0.0.0.0' });
    await gateway.stop();
    expect(gateway.log().filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  it('serves what plain HTTP serves, names itself with https, and has browsers stay [HTTP-12-a] [H11-5-a]', async () => {
    const { url, port } = await start();
    expect(url).toBe(`https://127.0.0.1:${port}`);
    const headers = { 'content-type': 'text/plain' };
    const made = await securely(`${url}/network/`, { ...trusted, method: 'POST', headers, body: network });
    expect(made.status).toBe(201);
    expect(made.headers.location).toMatch(`${url}/network/`);
    const shown = await securely(`${url}/network/`, trusted);
    expect(shown.text).toBe(`X-OCCI-Location: ${made.headers.location}`);
    const wrong = await securely(`${url}/nothing/here`, trusted);
    expect(wrong.status).toBe(404);
    for (const answer of [made, shown, wrong]) {
      expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    }
    for (const bytes of [
      'rubbish\r\n\r\n',
      'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
      'CONNECT a:1 HTTP/1.1\r\n\r\n',
    ]) {
      const { header } = readRaw(await secureExchange(port, bytes, trusted));
      expect(header('strict-transport-security')).toBe('max-age=31536000');
    }
  });

  it('has browsers come back to plain HTTP with OCCI_HSTS_MAX_AGE=0, and says nothing of it without TLS', async () => {
    const { url } = await start({ OCCI_HSTS_MAX_AGE: '0' });
    expect((await securely(`${url}/-/`, trusted)).headers['strict-transport-security']).toBe('max-age=0');
    const other = temporaryDirectory();
    const plain = await startGateway(other.path);
    expect((await fetch(`${plain.url}/-/`)).headers.get('strict-transport-security')).toBeNull();
    await plain.stop();
    other.remove();
  });

  it('takes TLS 1.2 and 1.3 with forward secrecy and authenticated encryption, and HTTP/1.1 only', async () => {
    const { port } = await start();
    const hands = (options: ConnectionOptions) => shakeHands(port, { ...trusted, ...options });
    expect((await hands({})).protocol).toBe('TLSv1.3');
    const older = await hands({ maxVersion: 'TLSv1.2' });
    expect(older.protocol).toBe('TLSv1.2');
    expect(older.cipher).toMatch(/^ECDHE-.*(?:GCM|CHACHA20)/);
    // A client that would take anything, so that it is the server that refuses.
    const lax = 'ALL:@SECLEVEL=0';
    await expect(hands({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: lax })).rejects.toThrow(
      /protocol version/,
    );
    const blocks = 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:AES128-GCM-SHA256:@SECLEVEL=0';
    await expect(hands({ maxVersion: 'TLSv1.2', ciphers: blocks })).rejects.toThrow(/handshake failure/);
    expect((await hands({ ALPNProtocols: ['h2', 'http/1.1'] })).alpn).toBe('http/1.1');
    await expect(hands({ ALPNProtocols: ['h2'] })).rejects.toThrow(/application protocol/);
  });

  it('survives those who speak plain HTTP to it, and waits for no handshake for ever', async () => {
    const { url, port } = await start({ OCCI_REQUEST_TIMEOUT_MS: '300' });
    const answer = await exchange(port, 'GET /-/ HTTP/1.1\r\nHost: h\r\n\r\n').catch(({ code }) => code);
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    const silent = connect(port, '127.0.0.1');
    await new Promise((resolve) => silent.once('close', resolve));
    const half = secureExchange(port, 'GET /-/ HTTP/1.1\r\nHost: h\r\nX-Slow: ', trusted);
    expect(readRaw(await half).status).toBe(408);
    expect((await securely(`${url}/healthz`, trusted)).status).toBe(200);
  });
});

describe('a client that is slow to take its answer over TLS', () => {
  const count = 30;
  const summary = 'x'.repeat(1_000_000);
  const kind = 'http://schemas.ogf.org/occi/infrastructure#network';
  const listing = 'GET /network/ HTTP/1.1\r\nHost: h\r\nAccept: application/occi+json\r\nConnection: close\r\n\r\n';
  const fill = async (environment: Environment) => {
    const { url, port } = await start({ OCCI_SEND_TIMEOUT_MS: '700', OCCI_MAX_BODY_BYTES: '2000000', ...environment });
    const headers = { 'content-type': 'application/occi+json' };
    const body = JSON.stringify({ kind, summary });
    for (let number = 0; number < count; number++) {
      const send = () => securely(`${url}/network/`, { ...trusted, method: 'POST', headers, body });
      await until(send, ({ status }) => status === 201);
    }
    return { url, socket: connectSecurely({ port, host: '127.0.0.1', ...trusted }) };
  };

  it('is cut off when it takes nothing', async () => {
    const { url, socket } = await fill({ OCCI_MAX_CONCURRENT_PER_IDENTITY: '1' });
    socket.on('error', () => undefined);
    socket.write(listing);
    const status = async () => (await securely(`${url}/-/`, trusted)).status;
    await until(status, (one) => one === 429);
    await until(status, (one) => one === 200);
    let size = 0;
    socket.on('data', (piece) => {
      size += piece.length;
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(size).toBeLessThan(count * summary.length);
  }, 30_000);

  it('gets all of it as long as it takes something', async () => {
    const { socket } = await fill({});
    socket.write(listing);
    let size = 0;
    let pauses = 0;
    socket.on('data', (piece) => {
      size += piece.length;
      if (size < (pauses + 1) * 4_000_000) return;
      pauses += 1;
      socket.pause();
      setTimeout(() => socket.resume(), 250);
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(size).toBeGreaterThan(count * summary.length);
  }, 30_000);
});

describe('client certificates', () => {
  const own = () => ({ ...trusted, cert: readFileSync(files.clientCert), key: readFileSync(files.clientKey) });

  it('are asked for, and not needed', async () => {
    const { url } = await start({ OCCI_TLS_CLIENT_CA: files.ca });
    for (const options of [trusted, own()]) expect((await securely(`${url}/-/`, options)).status).toBe(200);
  });

  it('are needed with OCCI_TLS_CLIENT_AUTH=required, from an authority that is trusted', async () => {
    const { url } = await start({ OCCI_TLS_CLIENT_CA: files.ca, OCCI_TLS_CLIENT_AUTH: 'required' });
    expect((await securely(`${url}/-/`, own())).status).toBe(200);
    const elsewhere = temporaryDirectory();
    const strange = await makeCertificates(elsewhere.path);
    const stranger = { cert: readFileSync(strange.clientCert), key: readFileSync(strange.clientKey) };
    for (const options of [trusted, { ...trusted, ...stranger }]) {
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        await expect(securely(`${url}/-/`, { ...options, maxVersion })).rejects.toThrow();
      }
    }
    elsewhere.remove();
  });
});

describe('new certificates', () => {
  it('are shown to new connections when their files change, and open ones stay', async () => {
    const { url } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = await securely(`${url}/-/`, { ...trusted, agent });
    expect(before.serial).toBe(serialOf(files.cert));
    const next = await certify(directory.path, 'next');
    await replaceFile(key, next.key);
    await replaceFile(cert, next.cert);
    const wanted = serialOf(next.cert);
    await until(
      () => securely(`${url}/-/`, trusted),
      ({ serial }) => serial === wanted,
    );
    const after = await securely(`${url}/-/`, { ...trusted, agent });
    expect([after.status, after.serial]).toEqual([200, before.serial]);
    agent.destroy();
  });

  it('that are no good are logged, and the old ones are shown on, until good ones come', async () => {
    const { url, process } = await start();
    const serial = serialOf(files.cert);
    const other = await certify(directory.path, 'other');
    for (const [spoil, reason] of [
      [() => writeFileSync(cert, 'no certificate'), `${cert} is no certificate`],
      [() => copyFileSync(other.cert, cert), `the key in ${key} is not that of`],
      [() => writeFileSync(key, readFileSync(files.key, 'utf8').slice(0, 80)), `${key} is no private key`],
    ] as const) {
      const before = logged('new certificates are no good; the old ones are shown on').length;
      spoil();
      process.kill('SIGHUP');
      const failures = await until(
        async () => logged('new certificates are no good; the old ones are shown on').slice(before),
        (all) => all.length > 0,
      );
      expect(failures[0]?.['reason']).toContain(reason);
      expect((await securely(`${url}/-/`, trusted)).serial).toBe(serial);
    }
    copyFileSync(other.key, key);
    const wanted = serialOf(other.cert);
    await until(
      () => securely(`${url}/-/`, trusted),
      (answer) => answer.serial === wanted,
    );
    expect(gateway.log().every((line) => !JSON.stringify(line).includes('PRIVATE KEY'))).toBe(true);
  });

  it('ten times under load: no request fails', async () => {
    const { url, process } = await start();
    const chosen = [await certify(directory.path, 'even'), await certify(directory.path, 'odd')];
    const serials = chosen.map((one) => serialOf(one.cert));
    const kept = new Agent({ keepAlive: true, maxSockets: 4 });
    const seen = new Set<string>();
    let isOver = false;
    let answered = 0;
    const client = async (agent: Agent | undefined) => {
      while (!isOver) {
        const options = agent === undefined ? trusted : { ...trusted, agent };
        const { status, serial } = await securely(`${url}/network/`, options);
        expect(status).toBe(200);
        seen.add(serial);
        answered += 1;
      }
    };
    const clients = [kept, kept, kept, kept, undefined, undefined].map(client);
    const changes = (async () => {
      for (let change = 0; change < 10; change++) {
        const { cert: nextCert, key: nextKey } = chosen[change % 2] as (typeof chosen)[number];
        await replaceFile(key, nextKey);
        await replaceFile(cert, nextCert);
        process.kill('SIGHUP');
        await until(
          () => securely(`${url}/-/`, trusted),
          ({ serial }) => serial === serials[change % 2],
        );
      }
    })();
    await Promise.race([changes, Promise.all(clients)]);
    isOver = true;
    await Promise.all(clients);
    kept.destroy();
    await until(
      async () => logged('new certificates').length,
      (times) => times >= 10,
    );
    expect(answered).toBeGreaterThan(50);
    for (const serial of serials) expect(seen).toContain(serial);
  }, 60_000);
});

describe('plain HTTP beside HTTPS', () => {
  const portOf = () => Number(new URL(String(logged('listening')[0]?.['httpUrl'])).port);

  it('is refused, with the place where to go [HTTP-12-a]', async () => {
    const { port } = await start({ OCCI_HTTP_PORT: '0' });
    const request = 'POST /compute/?x=1 HTTP/1.1\r\nHost: cloud.test:80\r\nContent-Length: 0\r\n\r\n';
    const { status, header, body } = readRaw(await exchange(portOf(), request));
    expect(status).toBe(403);
    expect(header('location')).toBeUndefined();
    expect(header('server')).toMatch(/OCCI\/1\.2/);
    expect(body).toContain(`https://cloud.test:${port}/compute/?x=1`);
  });

  it('is redirected where that is configured, to the same path and nowhere else', async () => {
    const { port } = await start({ OCCI_HTTP_PORT: '0', OCCI_HTTP_REDIRECT: 'true' });
    const ask = async (target: string, host: string) =>
      readRaw(await exchange(portOf(), `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
    const origin = `https://cloud.test:${port}`;
    for (const [target, location] of [
      ['/compute/?a=b', `${origin}/compute/?a=b`],
      ['//evil.test/', `${origin}//evil.test/`],
      ['http://evil.test/compute/', `${origin}/`],
    ] as const) {
      const { status, header } = await ask(target, 'cloud.test');
      expect([status, header('location')]).toEqual([308, location]);
    }
    expect((await ask('/', '[::1]:8080')).header('location')).toBe(`https://[::1]:${port}/`);
    for (const host of ['', 'evil.test/x', 'a b', 'user@evil.test']) expect((await ask('/', host)).status).toBe(400);
  });

  it('is sent to OCCI_PUBLIC_URL where there is one', async () => {
    const url = 'https://cloud.test/occi';
    await start({ OCCI_HTTP_PORT: '0', OCCI_HTTP_REDIRECT: 'true', OCCI_PUBLIC_URL: url });
    const text = await exchange(portOf(), 'GET /occi/-/ HTTP/1.1\r\nHost: other.test\r\n\r\n');
    expect(readRaw(text).header('location')).toBe('https://cloud.test/occi/-/');
  });

  it('ends with the process', async () => {
    await start({ OCCI_HTTP_PORT: '0' });
    const idle = connect(portOf(), '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    expect(await gateway.stop()).toMatchObject({ code: 0, signal: null });
    idle.destroy();
  });
});

describe('the start', () => {
  const attempt = (environment: Environment) => {
    return runToEnd([], { OCCI_PORT: '0', OCCI_DATA_DIR: join(directory.path, 'never'), ...environment });
  };

  it('is refused where settings of TLS lack what they need, with a line for each', async () => {
    const { code, stderr } = await attempt({
      OCCI_TLS_KEY: files.key,
      OCCI_TLS_CLIENT_AUTH: 'required',
      OCCI_HTTP_PORT: '0',
    });
    expect(code).toBe(1);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const name of ['OCCI_TLS_KEY: needs OCCI_TLS_CERT', 'OCCI_TLS_CLIENT_AUTH: needs', 'OCCI_HTTP_PORT: needs']) {
      expect(stderr).toContain(name);
    }
  });

  it.each([
    [
      'a certificate that is not there',
      () => ({ OCCI_TLS_CERT: '/nowhere.pem', OCCI_TLS_KEY: files.key }),
      /ENOENT.*\/nowhere\.pem/,
    ],
    [
      'a key of another',
      () => ({ OCCI_TLS_CERT: files.cert, OCCI_TLS_KEY: files.clientKey }),
      /is not that of the cert/,
    ],
    [
      'no authorities',
      () => ({ OCCI_TLS_CERT: files.cert, OCCI_TLS_KEY: files.key, OCCI_TLS_CLIENT_CA: files.key }),
      /is no certificate/,
    ],
  ])('is refused with %s', async (_, environment, reason) => {
    const { code, stderr } = await attempt(environment());
    expect(code).toBe(1);
    expect(stderr.trimEnd()).toMatch(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
