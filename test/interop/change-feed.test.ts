import { afterAll, beforeAll, expect, it } from 'vitest';
import { printChanges } from '../../examples/events.ts';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import type { Notification } from '../../src/messaging/message.ts';
import type { Transport } from '../../src/messaging/transport.ts';
import { until } from '../http/until.ts';
import { temporaryDirectory } from '../server/command.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

describeWithRabbitMq('the changes of entities, published', () => {
  const directory = temporaryDirectory();
  const lines: string[] = [];
  const heard: Notification[] = [];
  const open: Transport[] = [];
  let cloud: Cloud;
  beforeAll(async () => {
    const url = await sharedRabbitMq();
    open.push(await printChanges(url, 'changes', (line) => lines.push(line)));
    const listener = await openAmqpTransport({ url, exchange: 'changes' });
    open.push(listener);
    await listener.listen((notification) => void heard.push(notification));
    cloud = await startCloud(directory.path, url, { OCCI_BACKEND: 'embedded', OCCI_EVENTS_EXCHANGE: 'changes' });
  });
  afterAll(async () => {
    await cloud?.gateway.stop();
    await Promise.all(open.map((one) => one.close()));
    directory.remove();
  });

  it('tell each state in order, with the rendering, to everybody who listens', async () => {
    const machine = await cloud.create('compute', { title: 'ünïcödé', attributes: { 'occi.compute.cores': 2 } });
    await cloud.reach(machine, 'active');
    await cloud.act(machine, 'stop', { method: 'poweroff' });
    const shown = await cloud.reach(machine, 'inactive');
    await cloud.remove(machine);
    const isLast = ({ event_type }: Notification) => event_type === 'occi.compute.delete';
    await until(
      async () => heard,
      (all) => all.some(isLast),
    );
    const about = heard.filter(({ payload }) => payload['location'] === machine);
    const types = about.map(({ event_type }) => event_type);
    expect([types[0], types.at(-1)]).toEqual(['occi.compute.create', 'occi.compute.delete']);
    const states = about.map(({ payload }) => payload['state']).filter((state, i, all) => state !== all[i - 1]);
    expect(states).toEqual(['inactive', 'active', 'inactive']);
    const revisions = about.map(({ payload }) => Number(payload['revision']));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    const { links: _, ...entity } = shown;
    expect(about.findLast(({ event_type }) => event_type === 'occi.compute.update')?.payload).toMatchObject({
      version: '1.0',
      kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
      id: shown.id,
      state: 'inactive',
      entity,
    });
    await until(
      async () => lines,
      (all) => all.length >= about.length,
    );
    expect(lines[0]).toMatch(/^occi\.compute\.create \/compute\/\S+ inactive \(revision [0-9]+\)$/);
  });

  it('name the kind of a link, and its ends', async () => {
    heard.length = 0;
    const machine = await cloud.create('compute');
    const network = await cloud.create('network');
    await cloud.link('networkinterface', machine, network);
    const made = await until(
      async () => heard.find(({ event_type }) => event_type === 'occi.networkinterface.create'),
      (event) => event !== undefined,
    );
    expect(made?.payload['entity']).toMatchObject({ source: { location: machine }, target: { location: network } });
  });
});
