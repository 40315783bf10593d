import { afterEach, describe, expect, it } from 'vitest';
import { startKeystone } from '../client/fake-keystone.ts';
import { reply, type ScriptedServer } from '../client/scripted-server.ts';
import { runOcci } from './occi-command.ts';
import { startOcciServer } from './occi-server.ts';

const plain = 'Content-Type: text/plain';

describe('how occi ends', { timeout: 60_000 }, () => {
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const problem = (status: string, body = '') =>
    startOcciServer(
      () => 'active',
      ({ method }) => (method === 'POST' ? reply(status, [plain], body) : undefined),
    );
  const start = (url: string) => runOcci(['trigger', 'compute/1', 'http://lab.test/a#start', '--endpoint', url]);

  it('0: done', async () => {
    server = await startOcciServer(() => 'active');
    const { code, stderr } = await runOcci(['describe', 'compute/1', '-e', server.url]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await runOcci(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9.]+\n$/) });
  });

  it.each([
    ['409 Conflict', 1],
    ['500 Internal Server Error', 1],
    ['401 Unauthorized', 4],
    ['403 Forbidden', 4],
    ['404 Not Found', 3],
  ])('%s: %i', async (status, expected) => {
    server = await problem(status, 'not \u001b[31mthis way\u001b[0m');
    const { code, stdout, stderr } = await runOcci(['create', 'compute', '-e', server.url]);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    const [what = '', advice = '', ...others] = stderr.split('\n');
    expect(what).toContain(`POST ${server.url}/compute/ is refused with ${status}: not`);
    expect(advice).toMatch(/^ {6}\S/);
    expect(others).toEqual(['']);
    // What a server says is no business of the terminal.
    expect(stderr).not.toContain('\u001b');
  });

  it('1: what the server says makes no sense', async () => {
    server = await startOcciServer(
      () => 'active',
      () => reply('200 OK', ['Content-Type: text/html'], '<title>Welcome</title>'),
    );
    const { code, stderr } = await runOcci(['list', '--endpoint', server.url]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^occi: .* shows nothing OCCI in place of categories\n {6}is the endpoint right\?\n$/);
  });

  it.each([
    [['lst'], /unknown command 'lst'/],
    [['list', '--nope'], /unknown option '--nope'/],
    [['list', '--output', 'xml'], /'xml' is invalid. Allowed choices are table, json, text, uri/],
    [['list'], /it is not clear which server is meant\n {6}use --endpoint/],
    [['list', '-e', 'localhost'], /the endpoint is no URL/],
    [['list', '-e', 'http://anna:geheim@127.0.0.1:1'], /the endpoint has credentials in it/],
    [['list', '-e', 'http://127.0.0.1:1', '--rendering', 'xml'], /there is no rendering "xml"\n {6}use json, text/],
    [['list', '-e', 'http://127.0.0.1:1', '--ca', '/nonexistent'], /\/nonexistent cannot be read/],
    [['list', '-e', 'http://127.0.0.1:1', '--auth', 'basic'], /a user name is missing/],
    [['list', '-e', 'http://127.0.0.1:1', '-u', 'anna'], /a password is missing\n {6}use --password-file/],
    [['list', '-e', 'http://127.0.0.1:1', '--profile', 'lab'], /has no profile lab/],
  ])('2: %j', async (args, message) => {
    const { code, stdout, stderr } = await runOcci(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('geheim');
    expect(stderr.split('\n')).toHaveLength(3);
  });

  it('2: a command line that does not suit the server', async () => {
    server = await startOcciServer(() => 'active');
    const { url } = server;
    const said = async (...args: readonly string[]) => {
      const { code, stderr } = await runOcci([...args, '-e', url]);
      return `${code} ${stderr}`;
    };
    expect(await said('create', 'compute', '-t', 'occi.compute.cores=many')).toMatch(/^2 .*must be of type number/);
    expect(await said('create', 'compute', '-T', 'public_key=x')).toMatch(/^2 .*no way to give public_key/);
    expect(await said('create')).toMatch(/^2 .*not clear what to create/);
    expect(await said('update', 'compute/1')).toMatch(/^2 .*nothing to change/);
    expect(await said('delete', 'compute')).toMatch(/^2 .*compute means all of them\n {6}add --all/);
    expect(await said('watch', 'compute/1', '--wait-timeout', 'long')).toMatch(/^2 .*no number of seconds/);
    expect(server.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it.each(['', '{}', '[1]', '[{"url":"http://a","kind":"k","mixins":[],"attributes":{},"links":[null]}]'])(
    '2: a document that is none: %s',
    async (input) => {
      server = await startOcciServer(() => 'active');
      expect(await runOcci(['create', '--from', '-', '-e', server.url], { input })).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^occi: this is no document of entities\n {6}use what occi export/),
      });
    },
  );

  it('3: there is no such entity, or no such category', async () => {
    server = await startOcciServer(() => 'active');
    expect(await runOcci(['describe', 'compute/2', '-e', server.url])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/404 Not Found: nothing there\n {6}occi list shows what there is\n$/),
    });
    expect(await runOcci(['create', 'lamp', '-e', server.url])).toMatchObject({
      code: 3,
      stderr: 'occi: the server has no kind "lamp"\n      it has compute\n',
    });
    expect(await start(server.url)).toMatchObject({ code: 3 });
  });

  it('4: says whether nothing was said about who it is, or something wrong', async () => {
    server = await startOcciServer(
      () => 'active',
      () => reply('401 Unauthorized', ['WWW-Authenticate: Basic realm="cloud"']),
    );
    const list = ['list', '-e', server.url];
    expect(await runOcci(list)).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/\n {6}say who you are: --auth/),
    });
    const environment = { OCCI_USERNAME: 'anna', OCCI_PASSWORD: 'geheim' };
    const { code, stderr } = await runOcci(list, { environment });
    expect(code).toBe(4);
    expect(stderr).toMatch(/\n {6}these credentials are not taken; check user name and password/);
    expect(stderr).not.toContain('geheim');
  });

  it('4: says that it is Keystone that does not know the password', async () => {
    const keystone = await startKeystone({ versions: ['v3'] });
    server = await startOcciServer(
      () => 'active',
      () => reply('401 Unauthorized', [`WWW-Authenticate: Keystone uri='${keystone.url}'`]),
    );
    const environment = { OCCI_AUTH_METHOD: 'keystone', OCCI_USERNAME: 'anna', OCCI_PASSWORD: 'geheim' };
    const { code, stderr } = await runOcci(['list', '--dump', '-e', server.url], { environment });
    await keystone.close();
    expect(code).toBe(4);
    expect(stderr).toMatch(
      /\nocci: POST \S+\/v3\/auth\/tokens is refused with 401 .*\n {6}check name, password, domain/,
    );
    expect(stderr).not.toContain('geheim');
  });

  it('5: nobody is there, or nobody answers', async () => {
    const gone = await startOcciServer(() => 'active');
    await gone.close();
    expect(await runOcci(['list', '--endpoint', gone.url])).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/cannot be reached: nothing listens there\n {6}check host and port/),
    });
    server = await startOcciServer(
      () => 'active',
      () => 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nCat',
    );
    expect(await runOcci(['list', '--endpoint', server.url])).toMatchObject({ code: 5 });
  });

  it('6: what is deleted does not go, and is named all the same', async () => {
    server = await startOcciServer(
      () => 'active',
      ({ method }) => (method === 'DELETE' ? reply('200 OK', [plain], 'OK') : undefined),
    );
    const args = ['delete', 'compute/1', '--wait', '--wait-timeout', '0.2', '-e', server.url];
    expect(await runOcci(args)).toMatchObject({
      code: 6,
      stdout: `${server.url}/compute/1\n`,
      stderr: expect.stringMatching(/is still there after 0.2 s\n/),
    });
  });

  it('6: what was waited for does not come, or an error does', async () => {
    let state = 'inactive';
    server = await startOcciServer(() => state);
    const watch = ['watch', 'compute/1', '--until', 'active', '--wait-timeout', '0.2', '-e', server.url];
    expect(await runOcci(watch)).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringMatching(/is still inactive after 0.2 s\n {6}occi watch http\S+ goes on waiting\n$/),
    });
    state = 'error';
    expect(await runOcci(watch)).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/\/compute\/1 has ended: error/),
    });
  });
});
