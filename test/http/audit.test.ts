import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashPassword } from '../../src/http/authentication/basic/password-hash.ts';
import { withUser } from '../../src/http/authentication/basic/users-file.ts';
import { type Authenticator, type Backend, type GatewayOptions, OcciError, Refusal } from '../../src/index.ts';
import { commonProject } from '../../src/occi/entity.ts';
import { basic } from './authentication/request-with.ts';
import { homeLabBackend, L1, L2, type Lab, P1, startHomeLab, startLab } from './home-lab.ts';

const home = 'http://lab.test/occi/home#';
const json = { 'content-type': 'application/occi+json', accept: 'application/occi+json' };
const secrets = ['right-token-5d1f', 'wrong-token-77aa', 'a-password-91c3'];

/** Knows a token, whatever header it comes in, and the roles that another header asks for. */
const tokens: Authenticator = {
  challenge: 'Test',
  async authenticate(incoming) {
    const sent = `${incoming.header('x-auth-token') ?? ''} ${incoming.header('authorization') ?? ''}`.trim();
    if (sent === '') return { user: 'setup', project: commonProject, roles: ['admin'], proof: 'x509' };
    if (!sent.includes('right-token')) throw new OcciError('unauthenticated', 'the token is not valid');
    const roles = (incoming.header('x-roles') ?? 'member').split(',');
    return { user: 'anna', project: commonProject, roles, proof: 'keystone' };
  },
};

let directory: string;
let file: string;
let lab: Lab;
const logged: unknown[] = [];
const log = {
  info: (...line: readonly unknown[]) => logged.push(line),
  warn: (...line: readonly unknown[]) => logged.push(line),
  error: (...line: readonly unknown[]) => logged.push(line),
};

async function start(options: GatewayOptions = {}): Promise<void> {
  lab = await startHomeLab({ authenticators: [tokens], auditLog: file, log, ...options });
}

beforeEach(() => {
  logged.length = 0;
  directory = mkdtempSync(join(tmpdir(), 'occi-audit-'));
  file = join(directory, 'audit.log');
});
afterEach(async () => {
  await lab.close();
  rmSync(directory, { recursive: true, force: true });
});

type Line = Readonly<Record<string, unknown>>;
const lines = (path = file): readonly Line[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

/** Sends a request as anna, and tells the lines it has left. */
async function send(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
  const before = lines().length;
  const { status } = await lab.request(method, path, {
    headers: { ...json, 'x-auth-token': 'right-token-5d1f', 'x-request-id': 'r-1', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status, left: lines().slice(before) };
}

describe('the record of who did what', () => {
  beforeEach(() => start());

  it('has a line for a creation: who, how it is known, what, which entity, result', async () => {
    const id = '0b0a2c4e-0000-4000-8000-00000000000a';
    const { left } = await send('POST', '/lamp/', {
      kind: `${home}lamp`,
      id: `urn:uuid:${id}`,
      attributes: { 'test.lab.watts': 5 },
    });
    expect(left).toEqual([
      {
        time: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        requestId: 'r-1',
        outcome: 'done',
        status: 201,
        user: 'anna',
        project: commonProject,
        roles: ['member'],
        proof: 'keystone',
        token: createHash('sha256').update('right-token-5d1f').digest('hex'),
        method: 'POST',
        target: 'kind',
        path: '/lamp/',
        operations: ['lamp:create'],
        created: [`/lamp/${id}`],
      },
    ]);
  });

  it('names the action, and the entity it changes', async () => {
    const action = { action: 'http://lab.test/occi/home/lamp/action#on' };
    const { status, left } = await send('POST', `${L1}?action=on`, action);
    expect(status).toBe(200);
    expect(left).toMatchObject([{ target: 'entity', path: L1, operations: ['lamp:on'], changed: [L1] }]);
  });

  it('names the links that go with an entity', async () => {
    const { left } = await send('DELETE', L1);
    expect(left).toMatchObject([{ operations: ['lamp:delete'], deleted: [P1, L1] }]);
  });

  it('names mixins, and all entities that are put on one', async () => {
    const mixin = { term: 'best', scheme: 'http://lab.test/occi/tags/anna#', location: '/tag/best/' };
    const made = await send('POST', '/-/', { mixins: [mixin] });
    expect(made.left).toMatchObject([
      { target: 'query', operations: ['mixin:create'], mixinsAdded: [`${mixin.scheme}best`] },
    ]);
    const resources = [L1, L2].map((path) => ({ id: path.replace(/^.*\//, 'urn:uuid:') }));
    const tagged = await send('POST', '/tag/best/', { resources });
    expect(tagged.left).toMatchObject([{ target: 'mixin', operations: ['lamp:tag'], changed: [L1, L2] }]);
    const gone = await send('DELETE', '/-/', { mixins: [mixin] });
    expect(gone.left).toMatchObject([
      { operations: ['mixin:delete'], changed: [L1, L2], mixinsRemoved: [`${mixin.scheme}best`] },
    ]);
  });

  it('has what was not allowed, also for reading, and the rule that decided', async () => {
    for (const [method, path, operation] of [
      ['GET', L1, 'lamp:show'],
      ['DELETE', L1, 'lamp:delete'],
    ] as const) {
      const { status, left } = await send(method, path, undefined, { 'x-roles': 'nobody' });
      expect(status).toBe(403);
      expect(left).toMatchObject([
        { outcome: 'refused', status: 403, code: 'forbidden', user: 'anna', operations: [operation] },
      ]);
      expect(left[0]?.['rule']).toEqual(expect.any(String));
      expect(left[0]).not.toHaveProperty('deleted');
    }
  });

  it('has who could not prove who he is', async () => {
    const { left } = await send('GET', L1, undefined, { 'x-auth-token': 'wrong-token-77aa' });
    expect(left).toMatchObject([{ outcome: 'refused', status: 401, code: 'unauthenticated', path: L1 }]);
    expect(left[0]).not.toHaveProperty('user');
  });

  it('tells the project that was worked in, and the own one of who named it in X-OCCI-Project', async () => {
    const lamp = { kind: `${home}lamp`, attributes: { 'test.lab.watts': 5 } };
    const across = { 'x-roles': 'admin', 'x-occi-project': 'elsewhere' };
    const { status, left } = await send('POST', '/lamp/', lamp, across);
    expect(status).toBe(201);
    expect(left).toMatchObject([{ outcome: 'done', user: 'anna', project: 'elsewhere', ownProject: commonProject }]);
    const own = await send('POST', '/lamp/', lamp, { ...across, 'x-occi-project': commonProject });
    expect(own.left).toMatchObject([{ outcome: 'done', project: commonProject }]);
    expect(own.left[0]).not.toHaveProperty('ownProject');
    const refused = await send('GET', L1, undefined, { 'x-occi-project': 'elsewhere' });
    expect(refused.left).toMatchObject([{ outcome: 'refused', status: 403, rule: 'admin', project: commonProject }]);
  });

  it('has nothing of what was only read, and nothing of what made no sense', async () => {
    const nowhere = { kind: `${home}plug`, source: { location: L1 }, target: { location: '/socket/none' } };
    expect(await send('POST', '/plug/', nowhere)).toEqual({ status: 400, left: [] });
    expect(await send('DELETE', L1, undefined, { 'if-match': '"stale"' })).toEqual({ status: 412, left: [] });
    for (const path of [L1, '/lamp/', '/-/', '/nothing', '/healthz']) {
      expect((await send('GET', path)).left).toEqual([]);
    }
  });

  it('goes on in a new file when the old one was moved away; both are for their owner alone', async () => {
    await send('DELETE', L1);
    renameSync(file, `${file}.1`);
    await lab.request('DELETE', L2);
    expect(lines()).toMatchObject([{ user: 'setup', deleted: [L2] }]);
    expect(lines(`${file}.1`).at(-1)).toMatchObject({ user: 'anna', deleted: [P1, L1] });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

it('has what was tried and has failed', async () => {
  const sulking: Backend = {
    ...homeLabBackend(),
    async deliver({ location }) {
      if (isSulking) throw new Refusal('conflict', `not ${location}`);
      return [];
    },
  };
  let isSulking = false;
  await start({ backend: [sulking] });
  isSulking = true;
  const { status, left } = await send('POST', '/lamp/', { kind: `${home}lamp`, attributes: { 'test.lab.watts': 5 } });
  expect(status).toBe(409);
  expect(left).toMatchObject([{ outcome: 'failed', code: 'conflict', operations: ['lamp:create'] }]);
  expect(left[0]?.['created']).toEqual([expect.stringMatching(/^\/lamp\//)]);
});

it('has who guesses passwords, until they are not looked at any more, and whose; unknown names are not told', async () => {
  const users = join(directory, 'users');
  const hash = await hashPassword('right', { ln: 4, r: 8, p: 1 });
  writeFileSync(users, withUser('', { name: 'anna', hash, project: commonProject, roles: ['member'] }));
  lab = await startLab({ auth: ['basic'], authUsersFile: users, auditLog: file });
  const statusOf = async (pair: string) => (await lab.request('GET', '/-/', { headers: basic(pair) })).status;
  for (const name of ['anna', 'my-password']) {
    const before = lines().length;
    const statuses: number[] = [];
    for (let tries = 0; tries < 5; tries += 1) statuses.push(await statusOf(`${name}:wrong`));
    // Not even the right one is looked at now.
    expect([...statuses, await statusOf(`${name}:right`)]).toEqual([401, 401, 401, 401, 401, 429]);
    const left = lines().slice(before);
    expect(left.map(({ outcome }) => outcome)).toEqual(Array(6).fill('refused'));
    expect(left.at(-1)).toMatchObject({ status: 429, code: 'too-many-requests', path: '/-/' });
    expect(left.map(({ triedUser }) => triedUser)).toEqual(Array(6).fill(name === 'anna' ? 'anna' : undefined));
  }
  expect(readFileSync(file, 'utf8')).not.toMatch(/my-password|wrong|right/);
});

it("tells a way of the application's own by the name that it has there", async () => {
  const badge: Authenticator = {
    authenticate: async () => ({ user: 'james', project: commonProject, roles: ['member'], proof: 'own:badge' }),
  };
  await start({ authenticators: [badge] });
  const { left } = await send('DELETE', L1);
  expect(left).toMatchObject([{ user: 'james', proof: 'own:badge' }]);
});

it('never has a credential in it, and neither has the log', async () => {
  await start();
  const basic = `Basic ${Buffer.from(`anna:${secrets[2]}`).toString('base64')}`;
  const sent: readonly Readonly<Record<string, string>>[] = [
    { 'x-auth-token': 'right-token-5d1f' },
    { authorization: 'Bearer right-token-5d1f' },
    { 'x-auth-token': 'wrong-token-77aa' },
    { authorization: 'bearer  wrong-token-77aa' },
    { authorization: basic },
    { authorization: `Bearer wrong-token-77aa ${secrets[2]}` },
  ];
  for (const headers of sent) {
    for (const [method, path] of [
      ['GET', `/lamp/?token=${secrets[0]}`],
      ['POST', '/lamp/'],
      ['DELETE', '/lamp/none'],
      ['PUT', L1],
      ['BREW', L1],
    ] as const) {
      const body = JSON.stringify({ kind: `${home}lamp`, attributes: { 'test.lab.watts': 5, secret: secrets[1] } });
      await lab.request(method, path, {
        headers: { ...json, ...headers },
        ...(method === 'POST' || method === 'PUT' ? { body } : {}),
      });
    }
  }
  const everything = readFileSync(file, 'utf8') + JSON.stringify(logged);
  expect(lines().filter(({ status }) => status === 401).length).toBeGreaterThan(10);
  for (const secret of [...secrets, basic.slice(6)]) expect(everything).not.toContain(secret);
  expect(everything).toContain(createHash('sha256').update('wrong-token-77aa').digest('hex'));
  expect(everything).not.toContain(createHash('sha256').update(basic).digest('hex'));
});

it('can be in the log, on a channel of its own', async () => {
  await start({ auditLog: 'log' });
  file = join(directory, 'none');
  await lab.request('DELETE', L2);
  expect(logged).toContainEqual([expect.objectContaining({ channel: 'audit', user: 'setup', deleted: [L2] }), 'audit']);
});

it('is not begun where it cannot be written', async () => {
  await start();
  await expect(startHomeLab({ auditLog: join(directory, 'none', 'audit.log') })).rejects.toThrow('ENOENT');
});
