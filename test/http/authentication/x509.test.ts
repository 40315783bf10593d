import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificates, makeCertificates } from '../../interop/lab/certificates.ts';
import { type RunningGateway, startGateway, temporaryDirectory } from '../../server/command.ts';
import { until } from '../until.ts';

const run = promisify(execFile);

describe('client certificates', { timeout: 60_000 }, () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let files: Certificates;
  let gateway: RunningGateway;
  const subjects = () => join(directory.path, 'subjects');

  /** Makes a certificate, signed by the authority that the gateway trusts unless said otherwise. */
  const make = async (name: string, subject: string, ...extra: readonly string[]) => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}-key.pem`];
    const signed = extra.includes('self') ? [] : ['-CA', 'authority.pem', '-CAkey', 'authority-key.pem'];
    const args = ['req', '-x509', '-utf8', '-days', '1', '-subj', subject, '-out', `${name}.pem`];
    const others = extra.filter((one) => one !== 'self');
    await run('openssl', [...args, ...key, ...signed, ...others], { cwd: directory.path });
  };
  const get = (name?: string, headers: Readonly<Record<string, string>> = {}) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const read = (file: string) => readFileSync(join(directory.path, file));
      const own = name === undefined ? {} : { cert: read(`${name}.pem`), key: read(`${name}-key.pem`) };
      const sent = request(
        `${gateway.url}/-/`,
        { ca: readFileSync(files.ca), agent: false, headers, ...own },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (piece: string) => {
            text += piece;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        },
      );
      sent.on('error', reject);
      sent.end();
    });

  beforeAll(async () => {
    directory = temporaryDirectory();
    files = await makeCertificates(directory.path);
    await make('anna', '/DC=test/DC=lab/O=People, and others/CN=Änna \\+ Otto/CN=robot');
    await make('stranger', '/CN=stranger');
    await make('self', '/DC=test/DC=lab/O=People, and others/CN=Änna \\+ Otto/CN=robot', 'self');
    await make('voms', '/CN=voms', '-addext', '1.3.6.1.4.1.8005.100.100.5=DER:3000');
    await writeFile(
      subjects(),
      `"CN=robot,CN=Änna \\+ Otto,O=People\\, and others,DC=lab,DC=test" anna lab member\n"/CN=voms" vera lab reader\n`,
    );
    gateway = await startGateway(join(directory.path, 'data'), {
      OCCI_AUTH: 'x509,basic',
      OCCI_AUTH_SUBJECTS_FILE: subjects(),
      OCCI_AUTH_USERS_FILE: '/dev/null',
      OCCI_TLS_CERT: files.cert,
      OCCI_TLS_KEY: files.key,
      OCCI_TLS_CLIENT_CA: files.ca,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    directory.remove();
  });

  it('stand for the users of the subjects file, whatever is in their names', async () => {
    expect(await get('anna')).toMatchObject({ status: 200 });
  });

  it('are not needed where there is another way, which is then tried', async () => {
    expect(await get()).toMatchObject({ status: 401, text: expect.stringContaining('say who you are') });
    const wrong = { authorization: `Basic ${btoa('anna:x')}` };
    expect(await get(undefined, wrong)).toMatchObject({ status: 401, text: expect.stringContaining('is wrong') });
  });

  it('are refused when nobody here has them, with the name to put into the file', async () => {
    expect(await get('stranger')).toMatchObject({ status: 401, text: expect.stringContaining('/CN=stranger') });
  });

  it('are refused when no trusted authority has signed them, whatever name they have', async () => {
    expect(await get('self')).toMatchObject({ status: 401, text: expect.stringContaining('is not good') });
  });

  it('may have attribute certificates of VOMS, which are reported and not read', async () => {
    expect((await get('voms')).status).toBe(200);
    expect((await get('anna')).status).toBe(200);
    const reports = await until(
      async () => gateway.log().filter(({ msg }) => String(msg).includes('VOMS')),
      ({ length }) => length > 0,
    );
    expect(reports).toMatchObject([{ level: 40, subject: '/CN=voms' }]);
  });

  it('are of others as soon as the file says so', async () => {
    await writeFile(subjects(), `${readFileSync(subjects(), 'utf8')}"/CN=stranger" strange lab reader\n`);
    await until(
      () => get('stranger').then(({ status }) => status),
      (status) => status === 200,
    );
  });
});
