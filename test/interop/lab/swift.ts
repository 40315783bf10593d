import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { ensurePackages } from './packages.ts';
import { type ServerProcess, startProcess } from './server-process.ts';

/** What Swift consists of, as Debian packages. */
export const swiftPackages = ['swift-proxy', 'swift-account', 'swift-container', 'swift-object'];

/** A private OpenStack Swift on the loopback interface, which speaks S3; what it keeps is kept until {@link stop}. */
export interface Swift {
  /** `http://…` of its S3 interface. The same after every start. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** SIGKILL of the server that clients speak to. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}. */
  start(): Promise<void>;
  /** Ends it and removes all it has kept. */
  stop(): Promise<void>;
}

/** A section of a configuration. */
type Section = Readonly<Record<string, string | number>>;

const run = promisify(execFile);
const region = 'us-east-1';
const accessKeyId = 'occi:values';
const secretAccessKey = 'secret';
const filters = ['catch_errors', 'memcache', 's3api', 'tempauth', 'bulk', 'slo', 'dlo'];
const filterSettings: Readonly<Record<string, Section>> = {
  // It can do without, and asks nobody.
  memcache: { memcache_servers: '127.0.0.1:1' },
  s3api: { location: region },
  tempauth: { [`user_${accessKeyId.replace(':', '_')}`]: `${secretAccessKey} .admin` },
};

/**
 * Starts one of each of its servers, with one disk and one copy of everything.
 *
 * @throws LabUnavailable where Swift cannot be installed
 */
export async function startSwift(): Promise<Swift> {
  await ensurePackages(swiftPackages);
  const directory = await mkdtemp(join(tmpdir(), 'occi-swift-'));
  await mkdir(join(directory, 'disks', 'disk'), { recursive: true });
  const servers: ServerProcess[] = [];
  const tidyUp = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(directory, { recursive: true });
  };
  try {
    for (const name of ['account', 'container', 'object']) {
      const port = await freePort();
      await makeRing(directory, name, port);
      await configure(directory, name, port, []);
      servers.push(await startServer(directory, name));
    }
    const port = await freePort();
    await configure(directory, 'proxy', port, filters);
    let proxy = await startServer(directory, 'proxy');
    return {
      endpoint: `http://127.0.0.1:${port}`,
      region,
      credentials: { accessKeyId, secretAccessKey },
      kill: () => proxy.kill(),
      start: async () => {
        proxy = await startServer(directory, 'proxy');
      },
      stop: async () => {
        await proxy.stop();
        await tidyUp();
      },
    };
  } catch (error) {
    await tidyUp();
    throw error;
  }
}

/** Says where everything is: in one place. */
async function makeRing(directory: string, name: string, port: number): Promise<void> {
  const builder = join(directory, `${name}.builder`);
  const ring = (...args: readonly string[]) => run('swift-ring-builder', [builder, ...args]);
  await ring('create', '4', '1', '0');
  await ring('add', `r1z1-127.0.0.1:${port}/disk`, '1');
  await ring('rebalance');
}

async function configure(directory: string, name: string, port: number, filters: readonly string[]): Promise<void> {
  const app = `${name}-server`;
  const sections: Readonly<Record<string, Section>> = {
    DEFAULT: {
      bind_ip: '127.0.0.1',
      bind_port: port,
      workers: 0,
      user: userInfo().username,
      swift_dir: directory,
      devices: join(directory, 'disks'),
      mount_check: 'false',
      log_level: 'DEBUG',
    },
    'pipeline:main': { pipeline: [...filters, app].join(' ') },
    [`app:${app}`]: { use: `egg:swift#${name}`, account_autocreate: 'true' },
    ...Object.fromEntries(
      filters.map((filter) => [`filter:${filter}`, { use: `egg:swift#${filter}`, ...filterSettings[filter] }]),
    ),
  };
  const lines = Object.entries(sections).flatMap(([section, settings]) => [
    `[${section}]`,
    ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`),
  ]);
  await writeFile(join(directory, `${name}.conf`), `${lines.join('\n')}\n`);
}

/** It tells systemd when it is ready, and us that systemd is not there. */
function startServer(directory: string, name: string): Promise<ServerProcess> {
  const env = { ...process.env, NOTIFY_SOCKET: join(directory, 'nobody') };
  const command = [`swift-${name}-server`, join(directory, `${name}.conf`), '--verbose'];
  return startProcess(command, { env, cwd: directory, ready: /Systemd notification failed/ });
}
