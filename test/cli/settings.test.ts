import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startKeystone } from '../client/fake-keystone.ts';
import { reply, type ScriptedServer } from '../client/scripted-server.ts';
import { until } from '../http/until.ts';
import { type Circumstances, runOcci, startOcci } from './occi-command.ts';
import { startOcciServer } from './occi-server.ts';

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('what occi is told about the server', { timeout: 60_000 }, () => {
  let server: ScriptedServer;
  let directory: string;
  beforeEach(async () => {
    server = await startOcciServer(() => 'active');
    directory = mkdtempSync(join(tmpdir(), 'occi-cli-'));
    mkdirSync(join(directory, 'occi'));
  });
  afterEach(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const configure = (text: string, mode = 0o600) => {
    const file = join(directory, 'occi', 'config');
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  const occi = (args: readonly string[], environment: Circumstances['environment'] = {}) =>
    runOcci(['describe', 'compute/1', '-o', 'uri', ...args], {
      environment: { XDG_CONFIG_HOME: directory, ...environment },
    });
  const sent = (name: string) => server.requests.at(-1)?.header(name);

  it('takes the command line before the environment, and that before the configuration file', async () => {
    configure(`endpoint = ${server.url}\nusername = cleo\npassword = c c\n`);
    expect(await occi([])).toMatchObject({ code: 0, stdout: `${server.url}/compute/1\n`, stderr: '' });
    expect(sent('authorization')).toBe(basic('cleo:c c'));
    const environment = { OCCI_USERNAME: 'ben', OCCI_PASSWORD: 'b' };
    await occi([], environment);
    expect(sent('authorization')).toBe(basic('ben:b'));
    const file = join(directory, 'secret');
    writeFileSync(file, 'a\n');
    await occi(['--username', 'anna', '--password-file', file], environment);
    expect(sent('authorization')).toBe(basic('anna:a'));
    await occi(['--token', 't-2'], environment);
    expect([sent('authorization'), sent('x-auth-token')]).toEqual([undefined, 't-2']);
    // Nobody's password is sent as that of somebody else.
    expect(await occi(['--username', 'anna'], environment)).toMatchObject({ code: 2 });
    await occi(['--auth', 'none'], environment);
    expect(sent('authorization')).toBeUndefined();
  });

  it('reads profiles, and comments, and says where nonsense stands without showing it', async () => {
    const file = configure(
      `# mine\n[lab]\nendpoint = ${server.url}\nrendering = headers\ntoken = t-1\n\n[home]\n; none\n`,
    );
    expect(await occi(['--profile', 'lab'])).toMatchObject({ code: 0 });
    expect(sent('accept')).toBe('text/occi');
    expect(sent('x-auth-token')).toBe('t-1');
    expect(await occi(['--profile', 'work'])).toMatchObject({
      code: 2,
      stderr: `occi: ${file} has no profile work\n      it has lab, home\n`,
    });
    configure('geheim');
    expect(await occi([])).toMatchObject({ code: 2, stderr: expect.stringMatching(/line 1 makes no sense/) });
    expect((await occi([])).stderr).not.toContain('geheim');
    configure('pasword = geheim');
    expect((await occi([])).stderr).toMatch(/there is no setting "pasword"\n {6}there are endpoint, auth/);
  });

  it('keeps what the file says from servers that the file does not name', async () => {
    configure('endpoint = https://cloud.example.org\nusername = cleo\npassword = geheim\n');
    expect(await occi(['--endpoint', server.url])).toMatchObject({ code: 0 });
    expect(server.requests.map(({ header }) => header('authorization'))).toEqual([undefined, undefined]);
  });

  it('keeps what the environment says from servers that it does not name', async () => {
    const environment = { OCCI_ENDPOINT: 'https://cloud.example.org', OCCI_USERNAME: 'cleo', OCCI_PASSWORD: 'geheim' };
    expect(await occi(['--endpoint', server.url], environment)).toMatchObject({ code: 0 });
    expect(server.requests.map(({ header }) => header('authorization'))).toEqual([undefined, undefined]);
    await occi(['--endpoint', `${server.url}/`], { ...environment, OCCI_ENDPOINT: server.url });
    expect(sent('authorization')).toBe(basic('cleo:geheim'));
  });

  it('says what is wrong with files of certificates', async () => {
    const file = configure('no PEM');
    const said = async (option: string) => {
      const { code, stderr } = await runOcci(['list', '-e', 'https://127.0.0.1:1', option, file]);
      return `${code} ${stderr}`;
    };
    expect(await said('--user-cred')).toMatch(
      /^2 occi: \S+ cannot be used: .*\n {6}it has to have a certificate and its key/,
    );
    expect(await said('--ca')).toMatch(/^2 occi: \S+ cannot be used: .*\n {6}it has to have certificates in PEM/);
  });

  it('hides a password that stands on the command line from the list of processes', async () => {
    const asked = startOcci([
      'watch',
      'compute/1',
      '--until',
      'inactive',
      '-u',
      'anna',
      '-p',
      'geheim',
      '-e',
      server.url,
    ]);
    await until(
      async () => asked.output(),
      (text) => text.includes('is active'),
    );
    const shown = readFileSync(`/proc/${asked.pid}/cmdline`, 'latin1');
    asked.interrupt();
    await asked.ended;
    expect(shown).toMatch(/^occi\0*$/);
  });

  it('warns of secrets that others can read', async () => {
    const file = configure(`endpoint = ${server.url}\nusername = cleo\npassword = geheim\n`, 0o644);
    const { code, stderr } = await occi([]);
    expect(code).toBe(0);
    expect(stderr).toBe(`occi: others can read ${file}, and there is a secret in it; chmod 600 ${file}\n`);
    configure(`endpoint = ${server.url}\n`, 0o644);
    expect((await occi([])).stderr).toBe('');
  });

  it.each([
    ['basic', ['-n', 'basic', '-u', 'anna', '-p', 'geheim'], { authorization: basic('anna:geheim') }],
    ['token', ['--token', 'geheim'], { 'x-auth-token': 'geheim' }],
    ['bearer', ['--auth', 'bearer', '--token', 'geheim'], { authorization: 'Bearer geheim' }],
  ])('sends credentials (%s), and shows them nowhere', async (_, args, fields) => {
    const { stdout, stderr } = await occi([...args, '--dump', '-e', server.url]);
    for (const [name, value] of Object.entries(fields)) expect(sent(name)).toBe(value);
    expect(stderr).toMatch(/^GET \/-\/ HTTP\/1\.1\n[\s\S]*\*\*\*[\s\S]*\n\nHTTP\/1\.1 200 OK\n/);
    for (const secret of ['geheim', Buffer.from('anna:geheim').toString('base64')]) {
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  it('gets a token from the Keystone that the server names, as who OS_… says', async () => {
    const keystone = await startKeystone({ versions: ['v3'] });
    const challenge = reply('401 Unauthorized', [`WWW-Authenticate: Keystone uri='${keystone.url}'`]);
    const guarded = await startOcciServer(
      () => 'active',
      ({ header }) => (keystone.tokens.includes(header('x-auth-token') ?? '') ? undefined : challenge),
    );
    const environment = {
      OCCI_ENDPOINT: guarded.url,
      OS_AUTH_URL: `${keystone.url}/v3`,
      OS_USERNAME: 'anna',
      OS_PASSWORD: 'pass word',
      OS_PROJECT_NAME: 'lab',
    };
    const { code, stdout, stderr } = await occi(['--dump'], environment);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${guarded.url}/compute/1\n` });
    expect(stderr).toContain('POST /v3/auth/tokens');
    expect(stderr).not.toContain('pass word');
    for (const token of keystone.tokens) expect(stderr).not.toContain(token);
    expect(await occi([], { ...environment, OS_PASSWORD: 'wrong' })).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/^occi: POST .*401.*\n {6}check name, password, domain and project/),
    });
    // The password of OpenStack is for its Keystone alone.
    await occi(['--auth', 'basic', '--username', 'anna', '-e', server.url], environment);
    expect(server.requests).toEqual([]);
    await guarded.close();
    await keystone.close();
  });
});
