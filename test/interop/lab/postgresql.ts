import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { ensurePackages } from './packages.ts';
import { type ServerProcess, startProcess } from './server-process.ts';

/** A private PostgreSQL on the loopback interface; what is durable is kept until {@link stop}. */
export interface PostgreSql {
  /** `postgres://…` of the maintenance database. The same after every start. */
  readonly url: string;
  /** Makes a database with nothing in it; resolves with its URL. */
  database(): Promise<string>;
  /** SIGKILL, as if the power had failed. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}. */
  start(): Promise<void>;
  /** Ends it in good order, whoever is connected, and starts it again. */
  restart(): Promise<void>;
  /** Ends it and removes all it has kept. */
  stop(): Promise<void>;
}

const run = promisify(execFile);

/**
 * Starts a database server of its own, with `fsync` on: port and data are shared with nobody, so there can be several.
 *
 * @throws LabUnavailable where PostgreSQL cannot be installed
 */
export async function startPostgreSql(): Promise<PostgreSql> {
  await ensurePackages(['postgresql']);
  const bin = await newestBin();
  const user = await serverUser();
  const directory = await mkdtemp(join(tmpdir(), 'occi-postgresql-'));
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  const access = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  await run(`${bin}/initdb`, ['--pgdata', data, '--no-sync', ...access], { ...user, cwd: directory });

  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=32MB'];
  const command = [`${bin}/postgres`, '-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const launch = () =>
    startProcess(command, { ...user, cwd: directory, ready: /ready to accept connections/, stopSignal: 'SIGINT' });
  let server: ServerProcess = await launch();

  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  let databases = 0;
  return {
    url: url('postgres'),
    async database() {
      const name = `lab_${++databases}`;
      const client = new Client(url('postgres'));
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return url(name);
    },
    async kill() {
      // A power cut ends them all at once; left alone, those who serve connections would answer for a moment still.
      const children = await childrenOf(server.pid);
      await server.kill();
      for (const pid of children) endNow(pid);
    },
    async start() {
      server = await whenAlone(launch);
    },
    async restart() {
      await server.stop();
      server = await launch();
    },
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** Where Debian has the programs of the newest version that is installed. */
async function newestBin(): Promise<string> {
  const versions = (await readdir('/usr/lib/postgresql')).map(Number).sort((a, b) => b - a);
  return `/usr/lib/postgresql/${versions[0]}/bin`;
}

/** PostgreSQL refuses to run as root; its package has brought a user. */
async function serverUser(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (option: string) => Number((await run('id', [option, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const listed = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return listed.split(' ').filter(Boolean).map(Number);
}

/** Some have ended by themselves. */
function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The processes of a server that was killed notice it a moment later, and hold its memory until then. */
async function whenAlone(launch: () => Promise<ServerProcess>): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch();
    } catch (error) {
      if (attempt === 100 || !(error as Error).message.includes('is still in use')) throw error;
      await delay(100);
    }
  }
}
