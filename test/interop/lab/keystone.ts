import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { secret } from '../../secrecy/keep.ts';
import { freePort } from './free-port.ts';
import { ensurePackages } from './packages.ts';
import { startProcess } from './server-process.ts';

/** A private Keystone on the loopback interface, with an administrator and what its administrator makes. */
export interface Keystone {
  /** `http://127.0.0.1:…/v3`, the same after every start. */
  readonly url: string;
  /** A request of the administrator. @throws Error with what Keystone says, unless it is 2xx */
  admin(method: string, path: string, body?: object): Promise<unknown>;
  /** Makes a project, a domain, a user with a password, and so on. @returns its id */
  make(what: 'project' | 'domain' | 'user' | 'role', properties: object): Promise<string>;
  /** Gives a user a role in a project, all by their ids. */
  grant(user: string, project: string, role: string): Promise<void>;
  /** SIGTERM, and wait for its end. What it knows stays. */
  stop(): Promise<void>;
  /** Starts it again after `stop`. @param tokenSeconds how long its tokens live from then on; an hour */
  start(tokenSeconds?: number): Promise<void>;
  /** Ends it and removes all it has kept. */
  remove(): Promise<void>;
}

/** What a token is asked for with: the member `auth` of the request. */
export type Auth = object;

export const keystonePackages = ['python3-keystone', 'uwsgi-plugin-python3'] as const;

const run = promisify(execFile);
const password = secret('of-the-administrator-6b1e');
const administrator = {
  identity: {
    methods: ['password'],
    password: { user: { name: 'admin', domain: { id: 'default' }, password } },
  },
  scope: { project: { name: 'admin', domain: { id: 'default' } } },
};

/**
 * Starts a Keystone of its own: port, database (SQLite) and keys are shared with nobody, so there can be several.
 *
 * @throws LabUnavailable where Keystone cannot be installed
 */
export async function startKeystone(): Promise<Keystone> {
  await ensurePackages(keystonePackages);
  const directory = await mkdtemp(join(tmpdir(), 'occi-keystone-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/v3`;
  // Only the Python of Debian has what Debian has installed.
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    PYTHONWARNINGS: 'ignore',
    OS_KEYSTONE_CONFIG_FILES: join(directory, 'keystone.conf'),
    OS_KEYSTONE_CONFIG_DIR: directory,
  };
  const launch = () =>
    startProcess(
      [
        'uwsgi_python3',
        ...['--http-socket', `127.0.0.1:${port}`, '--wsgi-file', '/usr/bin/keystone-wsgi-public', '--need-app'],
        ...['--master', '--die-on-term', '--lazy-apps', '--processes', '1', '--threads', '4', '--buffer-size', '65535'],
        ...['--add-header', 'Connection: close'],
      ],
      { env, cwd: directory, ready: /WSGI app 0 .* ready in/ },
    );
  const removeAll = () => rm(directory, { recursive: true, force: true });
  let server: Awaited<ReturnType<typeof launch>>;
  try {
    await prepare(directory, url, env);
    server = await launch();
  } catch (error) {
    await removeAll();
    throw error;
  }

  const admin = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-auth-token': await tokenOf(url, administrator), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    url,
    admin,
    async make(what, properties) {
      if ('password' in properties) secret(String(properties.password));
      const made = (await admin('POST', `/${what}s`, { [what]: properties })) as Record<string, { id: string }>;
      return made[what]?.id ?? '';
    },
    grant: async (user, project, role) => {
      await admin('PUT', `/projects/${project}/users/${user}/roles/${role}`);
    },
    stop: () => server.stop(),
    start: async (tokenSeconds) => {
      await configure(directory, tokenSeconds);
      server = await launch();
    },
    remove: async () => {
      await server.stop();
      await removeAll();
    },
  };
}

/** Gets a token. @throws Error with what Keystone says */
export async function tokenOf(url: string, auth: Auth): Promise<string> {
  const response = await fetch(`${url}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth }),
  });
  const text = await response.text();
  const token = response.headers.get('x-subject-token');
  if (token === null) throw new Error(`${response.status} ${text}`);
  return token;
}

async function configure(directory: string, tokenSeconds = 3600): Promise<void> {
  const file = (name: string) => join(directory, name);
  const configuration = `[DEFAULT]
use_stderr = true
[database]
connection = sqlite:///${file('keystone.sqlite')}
[identity]
password_hash_rounds = 4
[token]
provider = fernet
expiration = ${tokenSeconds}
[fernet_tokens]
key_repository = ${file('fernet')}
[fernet_receipts]
key_repository = ${file('fernet')}
[credential]
key_repository = ${file('credential')}
[cache]
enabled = false
`;
  await writeFile(file('keystone.conf'), configuration);
}

async function prepare(directory: string, url: string, env: NodeJS.ProcessEnv): Promise<void> {
  const file = (name: string) => join(directory, name);
  await configure(directory);
  for (const name of ['fernet', 'credential']) await mkdir(file(name), { mode: 0o700 });
  const manage = (...args: readonly string[]) =>
    run('keystone-manage', ['--config-file', file('keystone.conf'), ...args], { env });
  const { username } = userInfo();
  const { stdout: group } = await run('id', ['--group', '--name']);
  const owner = ['--keystone-user', username, '--keystone-group', group.trim()];
  await manage('db_sync');
  // Keystone leaves connections idle that have read; writers are not to wait for them.
  const database = new DatabaseSync(file('keystone.sqlite'));
  database.exec('PRAGMA journal_mode = WAL');
  database.close();
  await manage('fernet_setup', ...owner);
  await manage('credential_setup', ...owner);
  await manage('bootstrap', '--bootstrap-password', password, '--bootstrap-public-url', url);
}
