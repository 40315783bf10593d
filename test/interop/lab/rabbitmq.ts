import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificates } from './certificates.ts';
import { freePort } from './free-port.ts';
import { ensurePackages } from './packages.ts';
import { startProcess } from './server-process.ts';

/** A private broker on the loopback interface, with one user (`guest`) and what is durable kept until it is stopped. */
export interface RabbitMq {
  /** `amqp://…`, or `amqps://…` when it was started with certificates. The same after every start. */
  readonly url: string;
  /** The URL of a new virtual host: exchanges and queues of its own, as on a broker of its own. */
  virtualHost(): Promise<string>;
  /** Runs `rabbitmqctl`; resolves with its standard output. @throws Error when it fails */
  ctl(...args: readonly string[]): Promise<string>;
  /** Closes every client's connection from the broker's side, as an operator would. */
  closeAllConnections(): Promise<void>;
  /**
   * SIGKILL, as if the power had failed. What is durable survives, except queues that were declared in the last two
   * seconds or so, with all that is in them (`ctl('eval', 'mnesia:sync_log().')` writes them down), and except that
   * RabbitMQ 3.10 alone does not find a leader again for its quorum queues (rabbitmq-server issue 10070).
   */
  kill(): Promise<void>;
  /** Starts it again after `kill`. */
  start(): Promise<void>;
  /** Ends it in good order and starts it again. */
  restart(): Promise<void>;
  /** Ends it and removes all it has kept. */
  stop(): Promise<void>;
}

// The commands in /usr/sbin are wrappers that change the user and drop the environment.
const bin = '/usr/lib/rabbitmq/bin';
const run = promisify(execFile);

/**
 * Starts a broker of its own: node name, ports, cookie, data and epmd are shared with nobody, so there can be several.
 *
 * @param options.tls when given the broker speaks TLS only, and only with clients that have a certificate of the
 *   same authority
 * @throws LabUnavailable where RabbitMQ cannot be installed
 */
export async function startRabbitMq(options: { readonly tls?: Certificates } = {}): Promise<RabbitMq> {
  await ensurePackages(['rabbitmq-server']);
  const directory = await mkdtemp(join(tmpdir(), 'occi-rabbitmq-'));
  const [port, distributionPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
  const env = await prepare(directory, { port, distributionPort, epmdPort, tls: options.tls });
  // Erlang would start epmd as a daemon, which nobody ends.
  const epmd = await startProcess(['epmd', '-d'], { env, ready: /epmd running/ });
  // This variable makes the script become the broker; otherwise it stays between us and the process to be killed.
  const serverEnv = { ...env, RUNNING_UNDER_SYSTEMD: 'true' };
  const launch = () => startProcess([`${bin}/rabbitmq-server`], { env: serverEnv, ready: /startup complete/ });
  const tidyUp = async (): Promise<void> => {
    await epmd.stop();
    await rm(directory, { recursive: true });
  };
  let server = await launch().catch(async (error: unknown) => {
    await tidyUp();
    throw error;
  });

  const ctl = async (...args: readonly string[]): Promise<string> =>
    (await run(`${bin}/rabbitmqctl`, ['--quiet', ...args], { env })).stdout;
  const url = `${options.tls ? 'amqps' : 'amqp'}://guest:guest@127.0.0.1:${port}`;
  return {
    url,
    ctl,
    virtualHost: async () => {
      const name = randomUUID();
      await ctl('add_vhost', name);
      await ctl('set_permissions', '--vhost', name, 'guest', '.*', '.*', '.*');
      return `${url}/${name}`;
    },
    closeAllConnections: async () => void (await ctl('close_all_connections', '--global', 'closed by the operator')),
    kill: () => server.kill(),
    start: async () => {
      server = await launch();
    },
    restart: async () => {
      await server.stop();
      server = await launch();
    },
    stop: async () => {
      await server.stop();
      await tidyUp();
    },
  };
}

interface Place {
  readonly port: number;
  readonly distributionPort: number;
  readonly epmdPort: number;
  readonly tls: Certificates | undefined;
}

/** Writes the broker's files; returns the environment of the broker and of its commands. */
async function prepare(directory: string, place: Place): Promise<NodeJS.ProcessEnv> {
  const { port, distributionPort, epmdPort, tls } = place;
  const plain = [`listeners.tcp.default = 127.0.0.1:${port}`];
  const secured = (tls: Certificates) => [
    'listeners.tcp = none',
    `listeners.ssl.default = 127.0.0.1:${port}`,
    `ssl_options.cacertfile = ${tls.ca}`,
    `ssl_options.certfile = ${tls.cert}`,
    `ssl_options.keyfile = ${tls.key}`,
    'ssl_options.verify = verify_peer',
    'ssl_options.fail_if_no_peer_cert = true',
  ];
  const configuration = [
    ...(tls ? secured(tls) : plain),
    'log.file = false',
    'log.console = true',
    'log.console.level = info',
    'disk_free_limit.absolute = 50MB',
    'vm_memory_high_watermark.absolute = 1GB',
  ];
  const file = (name: string) => join(directory, name);
  await mkdir(file('home'));
  await writeFile(file('rabbitmq.conf'), `${configuration.join('\n')}\n`);
  await writeFile(file('enabled_plugins'), '[].\n');
  await writeFile(file('env.conf'), '');
  const loopbackOnly = '-kernel inet_dist_use_interface {127,0,0,1} +sbwt none';
  return {
    PATH: process.env['PATH'],
    HOME: file('home'), // where the cookie is
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_FLAGS: '-start_epmd false',
    RABBITMQ_NODENAME: 'occi@localhost',
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_MNESIA_BASE: file('data'),
    RABBITMQ_LOG_BASE: file('log'),
    RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: file('env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `${loopbackOnly} +S 2:2`,
    RABBITMQ_CTL_ERL_ARGS: `${loopbackOnly} +S 1:1`,
  };
}
