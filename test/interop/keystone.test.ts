import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { runOcci } from '../cli/occi-command.ts';
import { until } from '../http/until.ts';
import { type Environment, type RunningGateway, startGateway, temporaryDirectory } from '../server/command.ts';
import { type Keystone, keystonePackages, startKeystone, tokenOf } from './lab/keystone.ts';
import { describeWith } from './lab/shared.ts';
import { patiently } from './patience.ts';

const describeWithKeystone = await describeWith(...keystonePackages);

const annasPassword = 'the pass word of anna, 2c4d';
const ottosPassword = 'of otto, who has gone, 8e0b';
const gatewaysPassword = 'of the gateway, 51f7';

describeWithKeystone('a real Keystone', { timeout: 120_000 }, () => {
  let keystone: Keystone;
  let gateway: RunningGateway;
  let directory: ReturnType<typeof temporaryDirectory>;
  /** Ids. */
  let [anna, otto, lab, secondLab] = ['', '', '', ''];
  /** All tokens that tests have had: none may be in a log. */
  const tokens: string[] = [];

  beforeAll(async () => {
    keystone = await startKeystone();
    const make = (name: string, password: string) =>
      keystone.make('user', { name, password, domain_id: 'default', enabled: true });
    [anna, otto] = [await make('anna', annasPassword), await make('otto', ottosPassword)];
    [lab, secondLab] = [
      await keystone.make('project', { name: 'lab', domain_id: 'default' }),
      await keystone.make('project', { name: 'second-lab', domain_id: 'default' }),
    ];
    const { roles } = (await keystone.admin('GET', '/roles')) as { roles: readonly { id: string; name: string }[] };
    const role = async (name: string) =>
      roles.find((one) => one.name === name)?.id ?? (await keystone.make('role', { name }));
    await keystone.grant(anna, lab, await role('member'));
    await keystone.grant(anna, secondLab, await role('reader'));
    await keystone.grant(otto, lab, await role('member'));
    const service = await keystone.make('project', { name: 'service', domain_id: 'default' });
    await keystone.grant(await make('occi', gatewaysPassword), service, await role('service'));
  }, 300_000);
  afterAll(() => keystone?.remove());

  const withAccount = (): Environment => ({
    OCCI_KEYSTONE_USERNAME: 'occi',
    OCCI_KEYSTONE_PASSWORD: gatewaysPassword,
    OCCI_KEYSTONE_PROJECT: 'service',
  });
  const start = async (environment: Environment): Promise<void> => {
    gateway = await startGateway(directory.path, {
      OCCI_AUTH: 'keystone',
      OCCI_KEYSTONE_URL: keystone.url,
      OCCI_AUTH_CACHE_SECONDS: '1',
      OCCI_KEYSTONE_TIMEOUT_MS: '60000',
      OCCI_LOG_LEVEL: 'trace',
      ...environment,
    });
  };
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(async () => {
    const { stdout, stderr } = await gateway.stop();
    directory.remove();
    for (const secret of [...tokens, annasPassword, ottosPassword, gatewaysPassword]) {
      expect((stdout + stderr).includes(secret)).toBe(false);
    }
  });

  const passwordOf = (name: string, password: string, domain: object = { id: 'default' }) => ({
    methods: ['password'],
    password: { user: { name, domain, password } },
  });
  const tokenFor = async (name: string, password: string, project?: string): Promise<string> => {
    const scope = project === undefined ? 'unscoped' : { project: { id: project } };
    const token = await tokenOf(keystone.url, { identity: passwordOf(name, password), scope });
    tokens.push(token);
    return token;
  };
  const get = async (token: string | undefined, path = '/network/') => {
    const headers: Record<string, string> = token === undefined ? {} : { 'x-auth-token': token };
    const response = await fetch(gateway.url + path, { headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const create = (token: string) => {
    const category = 'network; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';
    const headers = { 'x-auth-token': token, 'content-type': 'text/occi', category };
    return fetch(`${gateway.url}/network/`, { method: 'POST', headers });
  };
  const statusOf = (token: string) => get(token).then(({ status }) => status);

  it('is where clients are sent, and who comes from there is let in with the roles of the project', async () => {
    await start(withAccount());
    const refused = await get(undefined);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe(`Keystone uri='${keystone.url}'`);
    const member = await tokenFor('anna', annasPassword, lab);
    expect((await create(member)).status).toBe(201);
    expect((await get(member)).text).toContain('/network/');
    const reader = await tokenFor('anna', annasPassword, secondLab);
    expect((await get(reader)).status).toBe(200);
    expect((await create(reader)).status).toBe(403);
  });

  it('refuses tokens that are none, are for no project, were revoked, or whose user is disabled', async () => {
    await start(withAccount());
    expect(await get('rubbish')).toMatchObject({ status: 401, text: expect.stringContaining('does not know') });
    const unscoped = await get(await tokenFor('anna', annasPassword));
    expect(unscoped).toMatchObject({ status: 401, text: expect.stringContaining('scoped to a project') });

    const revoked = await tokenFor('anna', annasPassword, lab);
    const kept = await tokenFor('otto', ottosPassword, lab);
    expect([await statusOf(revoked), await statusOf(kept)]).toEqual([200, 200]);
    const own = { 'x-auth-token': revoked, 'x-subject-token': revoked };
    expect((await fetch(`${keystone.url}/auth/tokens`, { method: 'DELETE', headers: own })).status).toBe(204);
    expect(
      await until(
        () => statusOf(revoked),
        (status) => status !== 200,
      ),
    ).toBe(401);
    expect(await statusOf(kept)).toBe(200);

    await keystone.admin('PATCH', `/users/${otto}`, { user: { enabled: false } });
    expect(
      await until(
        () => statusOf(kept),
        (status) => status !== 200,
      ),
    ).toBe(401);
    await keystone.admin('PATCH', `/users/${otto}`, { user: { enabled: true } });
    // Keystone counts in seconds, and a token of the second in which a user was disabled is taken for an earlier one.
    const again = async () => statusOf(await tokenFor('otto', ottosPassword, lab));
    expect(await until(again, (status) => status === 200)).toBe(200);
  });

  it('tells users of the same name in two domains apart', async () => {
    await start(withAccount());
    const domain = await keystone.make('domain', { name: 'elsewhere' });
    const other = await keystone.make('user', { name: 'anna', password: ottosPassword, domain_id: domain });
    const project = await keystone.make('project', { name: 'lab', domain_id: domain });
    const { roles } = (await keystone.admin('GET', '/roles?name=member')) as { roles: readonly { id: string }[] };
    await keystone.grant(other, project, roles[0]?.id ?? '');
    const token = await tokenOf(keystone.url, {
      identity: passwordOf('anna', ottosPassword, { name: 'elsewhere' }),
      scope: { project: { id: project } },
    });
    tokens.push(token);
    const mine = (await create(await tokenFor('anna', annasPassword, lab))).headers.get('location') ?? '';
    const theirs = (await create(token)).headers.get('location') ?? '';
    expect((await get(token)).text).toContain(theirs);
    expect((await get(token, new URL(mine).pathname)).status).toBe(404);

    const environment = { OCCI_ENDPOINT: gateway.url, OS_AUTH_URL: keystone.url, OS_PROJECT_NAME: 'lab' };
    const wrong = { ...environment, OS_USERNAME: 'anna', OS_PASSWORD: annasPassword, OS_USER_DOMAIN_NAME: 'elsewhere' };
    expect(await runOcci(['list', 'network'], { environment: wrong })).toMatchObject({ code: 4, stdout: '' });
  });

  it('can be asked with the token of the client', async () => {
    await start({ OCCI_KEYSTONE_VALIDATE_WITH: 'client' });
    expect(await statusOf(await tokenFor('anna', annasPassword, lab))).toBe(200);
    expect(await statusOf('rubbish')).toBe(401);
    expect(await get(await tokenFor('anna', annasPassword))).toMatchObject({
      status: 401,
      text: expect.stringContaining('scoped to a project'),
    });
  });

  it('can be asked with an application credential', async () => {
    const identity = passwordOf('occi', gatewaysPassword);
    const project = { name: 'service', domain: { id: 'default' } };
    const token = await tokenOf(keystone.url, { identity, scope: { project } });
    tokens.push(token);
    const headers = { 'x-auth-token': token, 'content-type': 'application/json' };
    const about = await fetch(`${keystone.url}/auth/tokens`, { headers: { ...headers, 'x-subject-token': token } });
    const { user } = ((await about.json()) as { token: { user: { id: string } } }).token;
    const made = await fetch(`${keystone.url}/users/${user.id}/application_credentials`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ application_credential: { name: 'gateway' } }),
    });
    const { id, secret } = ((await made.json()) as { application_credential: { id: string; secret: string } })
      .application_credential;
    tokens.push(secret);
    await start({ OCCI_KEYSTONE_APPLICATION_CREDENTIAL_ID: id, OCCI_KEYSTONE_APPLICATION_CREDENTIAL_SECRET: secret });
    expect(await statusOf(await tokenFor('anna', annasPassword, lab))).toBe(200);
    expect(await statusOf('rubbish')).toBe(401);
  });

  it('that refuses the gateway itself makes 503, not 401', async () => {
    await start({ ...withAccount(), OCCI_KEYSTONE_PASSWORD: 'wrong' });
    const { status, headers } = await get(await tokenFor('anna', annasPassword, lab));
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    await until(
      async () => gateway.log(),
      (lines) => lines.some(({ msg }) => msg === 'Keystone cannot be asked'),
    );
  });

  it('serves our own client from end to end', async () => {
    await start(withAccount());
    const environment = {
      OCCI_ENDPOINT: gateway.url,
      OCCI_AUTH_METHOD: 'keystone',
      OCCI_USERNAME: 'anna',
      OCCI_PASSWORD: annasPassword,
      OCCI_PROJECT: 'lab',
    };
    const made = await runOcci(['create', 'network', '--title', 'of anna'], { environment });
    expect(made, made.stderr).toMatchObject({ code: 0 });
    const listed = await runOcci(['list', 'network'], { environment });
    expect(listed.stdout).toContain(new URL(made.stdout.trim()).pathname);
    const wrong = { ...environment, OCCI_PASSWORD: 'wrong' };
    expect(await runOcci(['list', 'network'], { environment: wrong })).toMatchObject({ code: 4 });
  });

  it('may stop and start under load: nobody is refused for it', async () => {
    await start(withAccount());
    const token = await tokenFor('anna', annasPassword, lab);
    const seen = new Set<number>();
    let last = 0;
    const load = new AbortController();
    const worker = async () => {
      while (!load.signal.aborted) {
        last = await statusOf(token);
        seen.add(last);
      }
    };
    const come = (status: number) =>
      patiently(
        async () => last,
        (one) => one === status,
      );
    const workers = Promise.all(Array.from({ length: 8 }, worker));
    try {
      expect(await come(200)).toBe(200);
      await keystone.stop();
      expect(await come(503)).toBe(503);
      await keystone.start();
      expect(await come(200)).toBe(200);
    } finally {
      load.abort();
      await workers;
    }
    expect([...seen].toSorted()).toEqual([200, 503]);
  });

  it('gives tokens that end; that of the gateway is renewed meanwhile', async () => {
    await keystone.stop();
    await keystone.start(20);
    await start(withAccount());
    const first = await tokenFor('anna', annasPassword, lab);
    expect(await statusOf(first)).toBe(200);
    const status = await patiently(
      () => statusOf(first),
      (one) => one !== 200,
    );
    expect(status).toBe(401);
    expect(await statusOf(await tokenFor('anna', annasPassword, lab))).toBe(200);
  });
});
