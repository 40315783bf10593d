import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend, RecordReader } from '../../../src/backends/backend.ts';
import { novaBackend } from '../../../src/backends/nova/nova.ts';
import type { Attributes } from '../../../src/occi/attribute.ts';
import { core, type Entity, text } from '../../../src/occi/entity.ts';
import { entity, link, model } from '../entities.ts';
import { context, Record } from '../record.ts';
import { Fleet } from './fleet.ts';
import { failure } from './scripted-transport.ts';

const address = 'occi.networkinterface.address';

let fleet: Fleet;
/** Two gateways on one record. */
let gateways: readonly [Backend, Backend];
/** Those that deliver commands, in turn. */
let delivering: readonly Backend[];
let record: Record;
/** Two machines, each on a host of its own. */
let machines: readonly Entity[];
beforeEach(async () => {
  fleet = new Fleet();
  await fleet.start('node1');
  await fleet.start('node2');
  const { transport } = fleet;
  const open = () => novaBackend({ name: 'nova', transport, model: () => model, provider: 'p1' });
  const [one, two] = [await open(), await open()];
  gateways = [one, two];
  delivering = gateways;
  let turn = 0;
  record = new Record({
    ...one,
    deliver: (...command) => (delivering[turn++ % delivering.length] as Backend).deliver(...command),
    subscribe: (listener) => {
      const stops = [one.subscribe(listener), two.subscribe(listener)];
      return () => stops.forEach((stop) => void stop());
    },
  });
  machines = [await create(entity('compute')), await create(entity('compute'))];
  for (const machine of machines) await record.until(machine, 'active');
  expect(machines.map((machine) => record.known(machine).host).sort()).toEqual(['node1', 'node2']);
});
afterEach(async () => {
  for (const gateway of gateways) await gateway.close();
  await fleet.close();
});

const create = async (subject: Entity, ends: { source?: Entity; target?: Entity } = {}) => {
  await record.carryOut({ do: 'create', entity: subject, ...ends });
  return subject;
};
const networkOf = (cidr: string, gateway?: string) =>
  create(
    entity('network', {
      'occi.network.address': cidr,
      ...(gateway === undefined ? {} : { 'occi.network.gateway': gateway }),
    }),
  );
/** Plugs a machine into a network. @returns the link, with what is known of it */
const plug = async (target: Entity, at = 0, attributes: Attributes = {}) => {
  const source = machines[at % machines.length] as Entity;
  const subject = link('networkinterface', source, target, attributes);
  try {
    await create(subject, { source, target });
  } catch (error) {
    // As the gateway takes back what is refused.
    await record.carryOut({ do: 'delete', entity: subject, source, target });
    throw error;
  }
  return subject;
};
const plugAll = (target: Entity, count: number) =>
  Promise.allSettled(Array.from({ length: count }, (_, at) => plug(target, at)));
const addressOf = (subject: Entity) => record.known(subject).attributes?.[address];
/** The addresses that agents have given, on all hosts. */
const given = async () => {
  const lists = ['node1', 'node2'].map((server) =>
    fleet.transport.call(
      { topic: 'compute', server },
      { method: 'list_instances', args: {}, version: '1.0' },
      { timeoutMs: 1000 },
    ),
  );
  const instances = (await Promise.all(lists)).flat() as unknown as readonly Listed[];
  return instances.flatMap(({ nics }) => nics.map(({ fixed_ip }) => fixed_ip));
};
interface Listed {
  readonly nics: readonly { readonly fixed_ip: string }[];
}
/** The addresses that agents were asked for. */
const requested = () =>
  fleet.transport.calls
    .filter(({ request }) => request.method === 'attach_interface')
    .map(({ request }) => request.args['requested_ip']);
/** Has every agent refuse an address the first so many times. */
const refuse = (times: number, name = 'FixedIpAlreadyInUse') => {
  const { call } = fleet.transport;
  let left = times;
  fleet.transport.call = async (target, request, options) => {
    if (request.method !== 'attach_interface' || left === 0) {
      return call.call(fleet.transport, target, request, options);
    }
    left -= 1;
    fleet.transport.calls.push({ target, request });
    throw failure(name, { code: 409 });
  };
};

describe('the addresses of a network on two hosts', () => {
  it('are all different, to the last one, also when two gateways give them at once', async () => {
    for (let round = 0; round < 5; round++) {
      const network = await networkOf(`10.${round}.0.0/28`, `10.${round}.0.1`);
      const outcomes = await plugAll(network, 13);
      expect(outcomes.map(({ status }) => status)).toEqual(Array(13).fill('fulfilled'));
      const own = (await given()).filter((one) => one.startsWith(`10.${round}.`));
      expect(own.toSorted((a, b) => Number(a.slice(7)) - Number(b.slice(7)))).toEqual(
        Array.from({ length: 13 }, (_, at) => `10.${round}.0.${at + 2}`),
      );
      await expect(plug(network)).rejects.toMatchObject({
        code: 'conflict',
        message: `all addresses of ${network.location} are taken`,
      });
      expect((await record.reader.linksAt(network.location)).length).toBe(13);
    }
  });

  it('are all used, also when one gateway is asked for more than there are', async () => {
    delivering = [gateways[0]];
    const network = await networkOf('10.1.0.0/29', '10.1.0.6');
    const statuses = (await plugAll(network, 12)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'fulfilled')).toHaveLength(5);
    expect(await given()).toHaveLength(5);
  });

  it('are found where few are left, and where there are more than can be counted', async () => {
    const full = await networkOf('10.1.0.0/24');
    for (let i = 1; i <= 253; i++) {
      const other = link('networkinterface', entity('compute'), full, { [address]: `10.1.0.${i}` });
      record.adopt(other);
    }
    expect(addressOf(await plug(full))).toBe('10.1.0.254');
    const wide = await networkOf('fd00::/64', 'fd00::1/64');
    const wished = await plug(wide, 0, { [address]: 'fd00::2' });
    const free = await plug(wide, 1);
    expect(addressOf(wished)).toBe('fd00::2');
    expect(addressOf(free)).toMatch(/^fd00::[0-9a-f:]+$/);
    expect(['fd00::1', 'fd00::2']).not.toContain(addressOf(free));
  });

  it('of whom the client asks for one that is taken: it is told by whom, and no agent is asked', async () => {
    const network = await networkOf('fd00::/64');
    const holder = await plug(network, 0, { [address]: 'fd00::77' });
    fleet.transport.asked();
    await expect(plug(network, 1, { [address]: 'FD00:0::77' })).rejects.toMatchObject({
      code: 'conflict',
      message: `fd00::77 is the address of ${holder.location}`,
    });
    expect(fleet.transport.asked().filter((call) => call.startsWith('attach'))).toEqual([]);
    expect(record.known(holder).attributes).toMatchObject({ 'occi.networkinterface.allocation': 'static' });
  });

  it('are left to the agent where the range of the network is not known', async () => {
    const network = entity('network');
    await create(network);
    // What the agent tells of its range has no place in a record without the mixin for it.
    record.adopt(network);
    const subject = await plug(network);
    expect(requested()).toEqual([undefined]);
    expect(addressOf(subject)).toEqual(expect.any(String));
  });
});

describe('an address that was chosen', () => {
  it('is in the record before an agent hears of it, and dynamic', async () => {
    const network = await networkOf('10.2.0.0/24');
    const { call } = fleet.transport;
    const before: unknown[] = [];
    fleet.transport.call = async (target, request, options) => {
      if (request.method === 'attach_interface') {
        const [held] = await record.reader.linksAt(network.location);
        before.push(held?.attributes[address]);
      }
      return call.call(fleet.transport, target, request, options);
    };
    const subject = await plug(network);
    expect(before).toEqual(requested());
    expect(record.known(subject).attributes).toMatchObject({
      [address]: before[0],
      'occi.networkinterface.allocation': 'dynamic',
    });
  });

  it('and that somebody else has claimed at the same time is given up for another', async () => {
    const network = await networkOf('10.2.0.0/24');
    const subject = link('networkinterface', machines[0] as Entity, network);
    const rival = link('networkinterface', machines[1] as Entity, network);
    const claims: (string | undefined)[] = [];
    /** A record in which a rival has the first address that is claimed. */
    const reader: RecordReader = {
      ...record.reader,
      async linksAt(location) {
        const links = await record.reader.linksAt(location);
        claims.push(links.filter(({ location: one }) => one === subject.location).map((one) => text(one, address))[0]);
        const [, claimed] = claims;
        if (claimed === undefined) return links;
        return [...links, { ...rival, attributes: { ...rival.attributes, [address]: claimed } }];
      },
    };
    record.adopt(subject);
    await deliver(subject, network, reader);
    expect(claims).toEqual([undefined, expect.any(String), expect.any(String)]);
    expect(claims[2]).not.toBe(claims[1]);
    expect(requested()).toEqual([claims[2]]);
  });

  it('and that others have claimed again and again is waited for no longer', async () => {
    const network = await networkOf('10.2.0.0/24');
    const subject = record.adopt(link('networkinterface', machines[0] as Entity, network));
    const reader: RecordReader = {
      ...record.reader,
      async linksAt(location) {
        const links = await record.reader.linksAt(location);
        return links.flatMap((one) => [one, { ...one, attributes: { ...one.attributes, [core.id]: 'another' } }]);
      },
    };
    await expect(deliver(subject, network, reader)).rejects.toThrow('too many want addresses');
    expect(requested()).toEqual([]);
  });

  it.each(['FixedIpAlreadyInUse', 'FixedIpAlreadyInUse_Remote'])(
    'and that its agent has given already (%s) is given up for another, but not for ever',
    async (name) => {
      const network = await networkOf('10.2.0.0/24');
      refuse(3, name);
      const subject = await plug(network);
      expect(new Set(requested()).size).toBe(4);
      expect(addressOf(subject)).toBe(requested()[3]);
      refuse(1000, name);
      await expect(plug(network)).rejects.toMatchObject({ code: 'conflict' });
    },
  );

  it('is the same when the command is delivered once more', async () => {
    const network = await networkOf('10.2.0.0/24');
    const subject = record.adopt(link('networkinterface', machines[0] as Entity, network));
    fleet.transport.lose('request', 'attach_interface');
    await expect(deliver(subject, network)).rejects.toThrow('did not answer in time');
    await deliver(subject, network, record.reader, true);
    const [first, second] = requested();
    expect([first, addressOf(subject)]).toEqual([second, second]);
  });
});

/** Has the first gateway deliver the command that makes an interface. */
async function deliver(subject: Entity, target: Entity, reader = record.reader, redelivered = false): Promise<void> {
  const [gateway] = gateways;
  const source = await record.reader.at(String(subject.attributes[core.source]));
  const [command] = gateway.plan({ do: 'create', entity: subject, source: source as Entity, target }, context);
  if (command === undefined) throw new Error('nothing was planned');
  record.apply(await gateway.deliver({ ...command, id: 'the same', redelivered }, reader));
}
