import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import { type Json, type Notification, RemoteError } from '../../src/messaging/message.ts';
import type { Transport } from '../../src/messaging/transport.ts';
import { until } from '../http/until.ts';
import type { ServerProcess } from './lab/server-process.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';
import { startOcciAgent } from './occi-agent.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

const flavor = { name: 'small', vcpus: 1, memory_mb: 1024, root_gb: 10 };
type Answer = { readonly [name: string]: Json };

describeWithRabbitMq('occi-agent', () => {
  let url: string;
  let transport: Transport;
  let directory: string;
  let events: Notification[];
  const agents: ServerProcess[] = [];
  beforeAll(async () => {
    url = await sharedRabbitMq();
    transport = await openAmqpTransport({ url });
    await transport.listen((event) => void events.push(event));
  });
  afterAll(() => transport?.close());
  beforeEach(async () => {
    events = [];
    directory = await mkdtemp(join(tmpdir(), 'occi-agent-'));
  });
  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.kill()));
    await rm(directory, { recursive: true });
  });

  const start = async (host: string, options: Readonly<Record<string, string>> = {}) => {
    const agent = await startOcciAgent({ url, host, directory: join(directory, host), options });
    agents.push(agent);
    return agent;
  };
  /** @param address `compute` or `compute.node1` */
  const call = async (address: string, method: string, args: Answer, more: Answer = {}, timeoutMs = 20_000) => {
    const [topic = '', server] = address.split('.');
    const target = server === undefined ? { topic } : { topic, server };
    const request = { method, args: args as never, version: '1.0', ...more };
    return (await transport.call(target, request, { timeoutMs })) as Answer;
  };
  const failureOf = async (answer: Promise<unknown>) => {
    const error = await answer.catch((reason: unknown) => reason);
    if (!(error instanceof RemoteError)) throw new Error('it was not refused', { cause: error });
    return error.failure;
  };
  /** Waits for a notification about something. */
  const told = (type: string, about: string) =>
    until(
      async () => events.filter(({ event_type }) => event_type === type),
      (some) => some.some(({ payload }) => Object.values(payload).includes(about)),
    );
  const list = async (host: string) =>
    (await call(`compute.${host}`, 'list_instances', {})) as unknown as readonly Answer[];

  it('leads machines, networks and volumes through their lives', async () => {
    await start('node1');
    const instance_uuid = randomUUID();
    const network = await call('network', 'create_network', { network_id: 'net' });
    const volume = await call('volume', 'create_volume', { volume_id: 'vol', size: 1 });
    expect([network['host'], volume['host']]).toEqual(['node1', 'node1']);
    expect(await call('compute', 'run_instance', { instance_uuid, flavor })).toMatchObject({ host: 'node1' });
    await told('compute.instance.create.end', instance_uuid);
    await call('compute.node1', 'attach_interface', { instance_uuid, network_id: 'net', port_id: 'port' });
    await call('compute.node1', 'attach_volume', { instance_uuid, volume_id: 'vol', attachment_id: 'attachment' });
    await told('compute.instance.interface.attach', 'port');
    await told('compute.instance.volume.attach', 'attachment');
    await call('compute.node1', 'stop_instance', { instance_uuid });
    await told('compute.instance.power_off.end', instance_uuid);
    expect(await call('compute.node1', 'get_instance', { instance_uuid })).toMatchObject({
      vm_state: 'stopped',
      nics: [{ port_id: 'port', port_state: 'ACTIVE' }],
      volumes: [{ volume_id: 'vol', attach_status: 'attached' }],
    });
    await call('compute.node1', 'terminate_instance', { instance_uuid });
    await told('compute.instance.delete.end', instance_uuid);
    await call('volume.node1', 'delete_volume', { volume_id: 'vol' });
    await call('network.node1', 'delete_network', { network_id: 'net' });
    await told('volume.delete.end', 'vol');
    await told('network.delete.end', 'net');
  });

  it('takes no more than there is room for, and tells how much that is', async () => {
    await start('node1', { cores: '2', memory: '2.5', disk: 'none' });
    for (const instance_uuid of ['a', 'b']) await call('compute', 'run_instance', { instance_uuid, flavor });
    expect(await failureOf(call('compute', 'run_instance', { instance_uuid: 'c', flavor }))).toMatchObject({
      class: 'NoValidHost',
      kwargs: {
        reason: 'not enough room: 1 cores wanted, 0 of 2 free; 1024 MiB of memory wanted, 512 of 2560 free',
        code: 503,
      },
    });
    const beats = await until(
      async () => events.filter(({ event_type }) => event_type === 'agent.heartbeat').map(({ payload }) => payload),
      (payloads) => payloads.some(({ instances }) => instances === 2),
    );
    expect(beats.at(-1)).toMatchObject({
      host: 'node1',
      state: 'up',
      interval_seconds: 1,
      capacity: { vcpus: 2, memory_mb: 2560, disk_gb: null },
      used: { vcpus: 2, memory_mb: 2048, disk_gb: 20 },
    });
  });

  it('shares the creations with another one', async () => {
    await Promise.all([start('node1'), start('node2')]);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('compute', 'run_instance', { instance_uuid: randomUUID(), flavor })),
    );
    for (const host of ['node1', 'node2']) {
      const own = answers.filter((answer) => answer['host'] === host).map(({ uuid }) => uuid);
      expect(own.length).toBeGreaterThan(0);
      expect((await list(host)).map(({ uuid }) => uuid)).toEqual(own.toSorted());
    }
  });

  it('finishes what it has begun on SIGTERM; what it has not taken waits for its return', async () => {
    const agent = await start('node1', { 'delay-ms': '1000' });
    await call('compute', 'run_instance', { instance_uuid: 'vm', flavor });
    process.kill(agent.pid, 'SIGTERM');
    const beats = () =>
      events.flatMap(({ payload, event_type }) => (event_type === 'agent.heartbeat' ? [payload] : []));
    await until(
      async () => beats().map(({ state }) => state),
      (states) => states.includes('draining'),
    );
    expect(await agent.ended).toBe(0);
    expect(events.map(({ event_type }) => event_type)).toContain('compute.instance.create.end');
    await until(
      async () => events.at(-1)?.payload['state'],
      (state) => state === 'down',
    );
    const waiting = call('compute.node1', 'stop_instance', { instance_uuid: 'vm' });
    await start('node1');
    expect(await waiting).toMatchObject({ vm_state: 'active', task_state: 'powering-off' });
  });

  it('leaves the rest for later when its time is over or a second signal comes', async () => {
    const late = await start('node1', { 'delay-ms': '3600000', 'drain-ms': '50' });
    await call('compute', 'run_instance', { instance_uuid: 'vm', flavor });
    process.kill(late.pid, 'SIGTERM');
    expect(await late.ended).toBe(0);
    const hurried = await start('node1', { 'delay-ms': '3600000', 'drain-ms': '3600000' });
    process.kill(hurried.pid, 'SIGINT');
    await until(
      async () => hurried.output(),
      (output) => output.includes('"draining"'),
    );
    process.kill(hurried.pid, 'SIGINT');
    expect(await hurried.ended).toBe(0);
    await start('node1');
    await told('compute.instance.create.end', 'vm');
  });

  it('loses nothing it has accepted when it is killed, and does nothing twice', async () => {
    const accepted = new Set<string>();
    const commands = Array.from({ length: 60 }, (_, at) => ({ instance_uuid: `vm${at}`, id: randomUUID() }));
    const deliver = async ({ instance_uuid, id }: (typeof commands)[number]) => {
      const run = { instance_uuid, flavor };
      await call('compute.node1', 'run_instance', run, { _context_command_id: id }, 2000);
      const reboot = { _context_command_id: `${id} again` };
      await call('compute.node1', 'reboot_instance', { instance_uuid }, reboot, 2000);
      accepted.add(id);
    };
    const deliverOpen = () =>
      Promise.allSettled(commands.filter(({ id }) => !accepted.has(id)).map((command) => deliver(command)));
    for (const enough of [1, 15, 30]) {
      const agent = await start('node1', { 'delay-ms': '5' });
      const working = deliverOpen();
      await until(
        async () => accepted.size,
        (size) => size >= enough,
      );
      await agent.kill();
      for (const one of await working)
        if (one.status === 'rejected') expect(one.reason.name).toMatch(/^No(Reply|Server)$/);
    }
    await start('node1', { 'delay-ms': '5' });
    await deliverOpen();
    expect(accepted.size).toBe(commands.length);
    const settled = await until(
      () => list('node1'),
      (instances) => instances.every(({ task_state }) => task_state === null),
    );
    expect(settled.map(({ uuid }) => uuid)).toEqual(commands.map((one) => one.instance_uuid).toSorted());
    for (const instance of settled) expect(instance).toMatchObject({ vm_state: 'active' });
    // Delivered once more, nothing is done once more.
    for (const { instance_uuid, id } of commands) {
      const again = call('compute.node1', 'reboot_instance', { instance_uuid }, { _context_command_id: `${id} again` });
      expect(await again).toMatchObject({ vm_state: 'active', task_state: null });
    }
  });

  it('logs no password and nothing of a user', async () => {
    const agent = await start('node1', { 'log-level': 'trace' });
    await call('compute', 'run_instance', { instance_uuid: 'vm', flavor, user_data: 'my secret' });
    expect((await failureOf(call('compute', 'format_disk', { user_data: 'my secret' }))).class).toBe('NoSuchMethod');
    await until(
      async () => agent.output(),
      (output) => output.includes('format_disk failed'),
    );
    process.kill(agent.pid, 'SIGTERM');
    expect(await agent.ended).toBe(0);
    const lines = agent.output().split('\n');
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ host: 'node1', url: expect.stringContaining('guest:***@') });
    expect(agent.output()).not.toMatch(/guest:guest|my secret/);
  });
});
