import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type RequestListener, request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JsonReport, jsonReportSchema } from '../../src/conformance/report/json-schema.ts';
import { startKeystone } from '../client/fake-keystone.ts';
import { startServer } from '../client/scripted-server.ts';
import { type ServedGateway, serveGateway } from '../client/served-gateway.ts';
import { makeCertificates } from '../interop/lab/certificates.ts';
import type { Environment } from '../server/command.ts';
import { runConformance } from './conformance-command.ts';

/** Some checks that ask, create and delete. */
const some = ['--id', 'query-interface/is-there,identity/created', '--report', 'json'];

/** Stands in front of a server, and lets through whom it knows. */
function guard(upstream: string, knows: (incoming: IncomingMessage) => boolean, challenge: string): RequestListener {
  return (incoming, response) => {
    if (!knows(incoming)) {
      response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
      return;
    }
    const { method = 'GET', url = '/', rawHeaders } = incoming;
    const outgoing = request(new URL(url, upstream), { method, headers: rawHeaders }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
  };
}

describe('occi-conformance at a server that wants to know who it is', { timeout: 60_000 }, () => {
  let gateway: ServedGateway;
  beforeAll(async () => {
    gateway = await serveGateway();
  });
  afterAll(() => gateway.close());

  /** Runs the command to a good end. What it has written is in `text`. */
  async function passed(
    args: readonly string[],
    environment: Environment = {},
  ): Promise<JsonReport & { text: string }> {
    const { code, stdout, stderr } = await runConformance([...args, ...some], { environment });
    expect([code, stderr]).toEqual([0, '']);
    const report = jsonReportSchema.parse(JSON.parse(stdout));
    expect(new Set(report.results.map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
    expect(report.left).toEqual([]);
    return { ...report, text: stdout };
  }

  it('says name and password with every request', async () => {
    const pair = Buffer.from('anna:open sesame').toString('base64');
    const knows = ({ headers }: IncomingMessage) => headers.authorization === `Basic ${pair}`;
    const server = await startServer(guard(gateway.url, knows, 'Basic realm="cloud"'));
    const { text } = await passed([server.url], { OCCI_USERNAME: 'anna', OCCI_PASSWORD: 'open sesame' });
    expect(text).not.toMatch(new RegExp(`open sesame|${pair}`));

    const environment = { OCCI_USERNAME: 'anna', OCCI_PASSWORD: 'open says me' };
    const { code, stdout, stderr } = await runConformance([server.url, ...some], { environment });
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain('is refused with 401 Unauthorized');
    expect(stderr).not.toContain('says me');
    await server.close();
  });

  it.each(['v3', 'v2.0'] as const)(
    'gets one token for all of the run from a Keystone %s that the server names',
    async (version) => {
      const keystone = await startKeystone({ versions: [version], projects: ['geheim'] });
      const knows = ({ headers }: IncomingMessage) => String(headers['x-auth-token']).startsWith('geheim-');
      const server = await startServer(guard(gateway.url, knows, `Keystone uri='${keystone.url}'`));
      const environment = { OCCI_AUTH_METHOD: 'keystone', OCCI_USERNAME: 'anna', OCCI_PASSWORD: 'pass word' };
      const { text } = await passed([server.url, '--project', 'geheim'], environment);
      expect(keystone.tokens).toEqual(['geheim-1']);
      expect(text).toContain('["X-Auth-Token","***"]');
      expect(text).not.toMatch(/geheim-1|pass word/);

      const wrong = await runConformance([server.url, ...some], {
        environment: { ...environment, OCCI_PASSWORD: 'x' },
      });
      expect(wrong).toMatchObject({
        code: 4,
        stdout: '',
        stderr: expect.stringContaining('check name, password, domain'),
      });
      await server.close();
      await keystone.close();
    },
  );

  it('shows its certificate', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'occi-conformance-'));
    const files = await makeCertificates(directory);
    const pem = (file: string) => readFileSync(file, 'utf8');
    const userCred = join(directory, 'usercred.pem');
    writeFileSync(userCred, pem(files.clientCert) + pem(files.clientKey));
    const tls = { ca: pem(files.ca), cert: pem(files.cert), key: pem(files.key), requestCert: true };
    const knows = ({ socket }: IncomingMessage) => (socket as TLSSocket).authorized;
    const server = createServer({ ...tls, rejectUnauthorized: false }, guard(gateway.url, knows, 'x509'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

    await passed([url, '--user-cred', userCred, '--ca', files.ca]);
    expect(await runConformance([url, '--ca', files.ca, ...some])).toMatchObject({ code: 4, stdout: '' });
    expect(await runConformance([url, '--user-cred', userCred, ...some])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('name the authority as ca'),
    });
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true });
  });
});
