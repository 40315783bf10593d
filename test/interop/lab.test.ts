import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../http/until.ts';
import { makeCertificates } from './lab/certificates.ts';
import { ensurePackages, LabUnavailable } from './lab/packages.ts';
import { type RabbitMq, startRabbitMq } from './lab/rabbitmq.ts';
import { startProcess } from './lab/server-process.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'occi-lab-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('Packages that cannot be had', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('make the lab unavailable where there is no Debian', async () => {
    vi.stubEnv('PATH', directory);
    await expect(ensurePackages(['rabbitmq-server'])).rejects.toThrow(LabUnavailable);
  });

  it('make the lab unavailable, with the reason, after one more attempt with new lists', async () => {
    const log = join(directory, 'log');
    await writeFile(join(directory, 'apt-get'), `#!/bin/sh\necho "$@" >>${log}\necho 'E: no network' >&2\nexit 100\n`);
    await chmod(join(directory, 'apt-get'), 0o755);
    vi.stubEnv('PATH', `${directory}:${process.env['PATH']}`);
    const refusal = await ensurePackages(['no-such-package']).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LabUnavailable);
    expect(String(refusal)).toContain('no-such-package');
    if (process.getuid?.() !== 0) return; // without a right to install, nothing is attempted
    expect(String(refusal)).toContain('no network');
    expect((await readFile(log, 'utf8')).match(/ (install|update)/g)).toEqual([' install', ' update']);
  });
});

describe('A server process', () => {
  const ready = /^ready$/;

  it('is told to end, and killed when it has no ear for that', async () => {
    const polite = await startProcess(['sh', '-c', "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done"], {
      ready,
    });
    await polite.stop();
    expect(await polite.ended).toBe(7);
    const deaf = await startProcess(['sh', '-c', "trap '' TERM; echo ready >&2; exec sleep 600"], { ready });
    await deaf.kill();
    expect(await deaf.ended).toBe('SIGKILL');
  });

  it('that ends before it is ready is a failure, with what it has said', async () => {
    const failing = startProcess(['sh', '-c', 'echo no such thing >&2; exit 3'], { ready });
    await expect(failing).rejects.toThrow(/ended with 3\n.*no such thing/s);
  });

  it('does not outlive its starter, however that ends', async () => {
    const script = join(directory, 'starter.ts');
    const module = JSON.stringify(new URL('lab/server-process.ts', import.meta.url));
    await writeFile(
      script,
      `import { startProcess } from ${module};
       const { pid } = await startProcess(['sh', '-c', 'echo ready; exec sleep 600'], { ready: /ready/ });
       console.log('started ' + pid);`,
    );
    const lines: string[] = [];
    const starter = await startProcess([process.execPath, script], {
      ready: /^started /,
      onLine: (line) => lines.push(line),
    });
    const pid = Number(lines[0]?.split(' ')[1]);
    expect(isAlive(pid)).toBe(true);
    await starter.kill();
    await until(
      async () => isAlive(pid),
      (alive) => !alive,
    );
  });
});

describeWithRabbitMq('A private RabbitMQ', () => {
  let broker: RabbitMq;
  beforeAll(async () => {
    broker = await startRabbitMq();
  });
  afterAll(() => broker.stop());

  it('keeps what is durable when it is killed, and has the same address again', async () => {
    const before = await connect(broker.url);
    before.on('error', () => {});
    const channel = await before.createConfirmChannel();
    await channel.assertQueue('durable', { durable: true });
    await channel.assertQueue('transient', { durable: false });
    const content = Buffer.alloc(5 << 20, 'x');
    channel.sendToQueue('durable', content, { persistent: true });
    await channel.waitForConfirms();
    // RabbitMQ writes messages down before it confirms them, but queues only some time after it has declared them.
    await broker.ctl('eval', 'mnesia:sync_log().');

    const lost = new Promise((resolve) => before.on('close', resolve));
    await broker.kill();
    await lost;
    await expect(connect(broker.url)).rejects.toThrow();
    await broker.start();

    const after = await connect(broker.url);
    const reader = await after.createChannel();
    reader.on('error', () => {});
    expect(await reader.get('durable')).toHaveProperty('content.length', content.length);
    await expect(reader.checkQueue('transient')).rejects.toThrow(/NOT_FOUND/);
    await after.close();
  });

  it('closes connections, restarts in good order, and has virtual hosts', async () => {
    const elsewhere = await connect(await broker.virtualHost());
    const closed = new Promise((resolve) => elsewhere.on('close', resolve));
    await broker.closeAllConnections();
    await closed;
    await broker.restart();
    await (await connect(broker.url)).close();
  });

  it('is one of several, and speaks TLS to those with a certificate when told so', async () => {
    const tls = await makeCertificates(directory);
    const other = await startRabbitMq({ tls });
    try {
      const ca = [await readFile(tls.ca)];
      const [cert, key] = [await readFile(tls.clientCert), await readFile(tls.clientKey)];
      await (await connect(other.url, { ca, cert, key })).close();
      await expect(connect(other.url, { ca })).rejects.toThrow(/certificate required/);
      await expect(connect(other.url.replace('amqps', 'amqp'))).rejects.toThrow();
    } finally {
      await other.stop();
    }
  });
});

describeWithRabbitMq('The RabbitMQ that test files share', () => {
  it('has a virtual host for each', async () => {
    const urls = [await sharedRabbitMq(), await sharedRabbitMq()] as const;
    const [first, second] = [await connect(urls[0]), await connect(urls[1])];
    await (await first.createChannel()).assertQueue('compute');
    const other = await second.createChannel();
    other.on('error', () => {});
    await expect(other.checkQueue('compute')).rejects.toThrow(/NOT_FOUND/);
    await Promise.all([first.close(), second.close()]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
