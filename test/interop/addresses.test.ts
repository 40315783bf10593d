import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import type { Json, RpcRequest } from '../../src/messaging/message.ts';
import type { Transport } from '../../src/messaging/transport.ts';
import { until } from '../http/until.ts';
import { temporaryDirectory } from '../server/command.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { startPostgreSql } from './lab/postgresql.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';
import { startOcciAgent } from './occi-agent.ts';

const describeWithBoth = await describeWith('rabbitmq-server', 'postgresql');

const hosts = ['node1', 'node2'];
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure';
/** 10.77.0.2 to 10.77.0.14 are for machines. */
const office = {
  mixins: [`${infrastructure}/network#ipnetwork`],
  attributes: { 'occi.network.address': '10.77.0.0/28', 'occi.network.gateway': '10.77.0.1' },
};
const capacity = 13;

/** Machines as an agent lists them. */
const machines = z.array(
  z.object({
    uuid: z.string(),
    nics: z.array(z.object({ port_id: z.string(), network_id: z.string(), fixed_ip: z.string() })),
    volumes: z.array(z.object({ attachment_id: z.string() })),
  }),
);

describeWithBoth('one network on two hosts, behind two gateways', () => {
  const directory = temporaryDirectory();
  const open: { stop(): Promise<unknown> }[] = [];
  let clouds: readonly [Cloud, Cloud];
  let bus: Transport;
  beforeAll(async () => {
    const url = await sharedRabbitMq();
    const database = await startPostgreSql();
    open.push(database);
    for (const host of hosts) open.push(await startOcciAgent({ url, host, directory: `${directory.path}/${host}` }));
    const environment = { OCCI_DATABASE_URL: await database.database() };
    const start = async (name: string) => {
      const cloud = await startCloud(`${directory.path}/${name}`, url, environment);
      open.push(cloud.gateway);
      await cloud.ready();
      return cloud;
    };
    clouds = [await start('gateway1'), await start('gateway2')];
    bus = await openAmqpTransport({ url });
  });
  afterAll(async () => {
    await bus?.close();
    for (const one of open.reverse()) await one.stop();
    directory.remove();
  });

  const call = (server: string, method: string, args: RpcRequest['args'], topic = 'compute'): Promise<Json> =>
    bus.call({ topic, server }, { method, args, version: '1.0' }, { timeoutMs: 5000 });
  const machinesOn = async (host: string) => machines.parse(await call(host, 'list_instances', {}));
  const everything = async () => (await Promise.all(hosts.map(machinesOn))).flat();
  const interfaces = async () => {
    const answer = (await clouds[0].request('GET', '/networkinterface/')).json() as { links?: readonly object[] };
    return answer.links ?? [];
  };
  const idOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  /** A machine on each host. */
  const spread = async () => {
    for (;;) {
      const path = await clouds[0].create('compute');
      await clouds[0].reach(path, 'active');
      const lists = await Promise.all(hosts.map(machinesOn));
      if (lists.every((list) => list.length > 0)) return lists.map(([first]) => `/compute/${first?.uuid}`);
    }
  };

  it('gives every interface an address of its own, until there are none; nothing is left of what is refused', async () => {
    const paths = await spread();
    const network = await clouds[0].create('network', office);
    await clouds[0].reach(network, 'active');
    const links = await Promise.all(
      Array.from({ length: capacity }, (_, i) =>
        // Each host is asked by both gateways.
        (clouds[i % 2] as Cloud).link('networkinterface', paths[(i >> 1) % 2] as string, network),
      ),
    );
    const own = links.map((link) => clouds[0].attribute(link, 'occi.networkinterface.address'));
    const addresses = await Promise.all(own);
    expect(new Set(addresses)).toEqual(new Set(Array.from({ length: capacity }, (_, i) => `10.77.0.${i + 2}`)));
    const given = (await everything()).flatMap(({ nics }) => nics.map(({ fixed_ip }) => fixed_ip));
    expect(given.toSorted()).toEqual(addresses.toSorted());
    for (const [i, cloud] of clouds.entries()) {
      const ends = { source: { location: paths[i] }, target: { location: network } };
      const wish = { kind: `${infrastructure}#networkinterface`, ...ends };
      const refused = await cloud.request('POST', '/networkinterface/', wish);
      expect([refused.status, refused.text]).toEqual([409, expect.stringContaining(`addresses of ${network}`)]);
    }
    expect(await interfaces()).toHaveLength(capacity);
    expect((await everything()).flatMap(({ nics }) => nics)).toHaveLength(capacity);
  });

  it('loses what is on a machine by mistake, and nothing else', async () => {
    const [machine] = await spread();
    const [host] = hosts as [string];
    const instance_uuid = idOf(machine as string);
    const network = await clouds[0].create('network', office);
    const link = await clouds[0].link('networkinterface', machine as string, network);
    const kept = (await machinesOn(host)).flatMap(({ nics }) => nics.map(({ port_id }) => port_id));
    expect(kept).toContain(idOf(link));
    await call(host, 'attach_interface', { instance_uuid, network_id: idOf(network), port_id: 'stray port' });
    await call(host, 'create_volume', { volume_id: 'stray volume', size: 1 }, 'volume');
    await call(host, 'attach_volume', {
      instance_uuid,
      volume_id: 'stray volume',
      attachment_id: 'stray attachment',
    });
    const there = async () => {
      const list = await machinesOn(host);
      return list.flatMap(({ nics, volumes }) => [
        ...nics.map(({ port_id }) => port_id),
        ...volumes.map(({ attachment_id }) => attachment_id),
      ]);
    };
    const isStray = (id: string) => id.startsWith('stray');
    await until(there, (ids) => !ids.some(isStray));
    expect((await there()).toSorted()).toEqual(kept.toSorted());
    expect(await clouds[1].attribute(link, 'occi.networkinterface.state')).toBe('active');
    const logged = async () => new Set(clouds.flatMap(({ gateway }) => gateway.log().map(({ msg }) => msg)));
    await until(logged, (told) => told.has('detaching an interface that nobody knows of'));
    await until(logged, (told) => told.has('detaching a volume that nobody knows of'));
  });
});
