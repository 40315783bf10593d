import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Backend, type EntityEvent, type Intent, Refusal, Unreachable } from '../../src/backends/backend.ts';
import { type Entity, idOf } from '../../src/occi/entity.ts';
import { osTemplate } from '../../src/occi/mixin.ts';
import { act, change, debian, entity, kinds, link, model, tag, ubuntu } from './entities.ts';
import { context, Record } from './record.ts';

/** A backend to be tested. */
export interface Subject {
  /** A fresh one, which knows {@link model}. Changes of state should take hardly any time. */
  open(): Promise<Backend>;
  /** What makes a new entity fail at an operation, as attributes of a compute; without it errors are not tested. */
  failing?(operation: string): Readonly<{ [name: string]: string }>;
}

/** What every backend has to do. Run it with `backendContract('name', { open })` in a test file of the backend. */
export function backendContract(name: string, { open, failing }: Subject): void {
  describe(`the ${name} backend, as every backend`, () => {
    let backend: Backend;
    let record: Record;
    beforeEach(async () => {
      backend = await open();
      record = new Record(backend);
    });
    afterEach(() => backend.close());

    const create = async (subject: Entity, ends: { source?: Entity; target?: Entity } = {}) => {
      await record.carryOut({ do: 'create', entity: subject, ...ends });
      return subject;
    };
    const compute = async (attributes = {}) => {
      const subject = await create(entity('compute', attributes, { mixins: [debian] }));
      await record.until(subject, 'active');
      return subject;
    };
    const refused = async (intent: Intent) => {
      const error = await record.carryOut(intent).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Refusal);
      return (error as Refusal).code;
    };

    describe('what it is', () => {
      it('has a name, is healthy, and serves the kinds of GFD.224 and no others', async () => {
        expect(backend.name).toMatch(/^[a-z]+$/);
        await expect(backend.health()).resolves.toBeUndefined();
        for (const kind of Object.values(kinds)) expect(backend.serves(kind)).toBe(true);
        expect(backend.serves('http://schemas.ogf.org/occi/core#resource')).toBe(false);
        expect(backend.serves('http://example.org/kinds#compute')).toBe(false);
      });

      it('offers templates that fit into the model, titled and related to os_tpl [INF-30] [INF-32] [INF-34]', () => {
        const extended = model.withMixins(backend.offers.mixins);
        for (const mixin of backend.offers.mixins) {
          expect(mixin.depends[0]).toBe(osTemplate);
          expect(extended.depends(mixin.id, osTemplate)).toBe(true);
          expect(extended.applies(mixin, kinds.compute)).toBe(true);
          expect(mixin.title).toMatch(/\S/);
          expect(mixin.scheme).not.toMatch(/^http:\/\/schemas\.ogf\.org\//);
        }
      });
    });

    describe('plans', () => {
      it('are pure and plain JSON, about the entity', () => {
        const subject = entity('compute', { 'occi.compute.cores': 2 }, { mixins: [debian, tag] });
        const volume = entity('storage', { 'occi.storage.size': 1 });
        const intents: Intent[] = [
          { do: 'create', entity: subject },
          change(subject, { 'occi.compute.cores': 4 }),
          act(subject, 'stop', { method: 'poweroff' }),
          act(volume, 'snapshot'),
          { do: 'delete', entity: subject },
        ];
        for (const intent of intents) {
          const commands = backend.plan(intent, context);
          expect(commands).not.toEqual([]);
          expect(JSON.parse(JSON.stringify(commands))).toEqual(commands);
          expect(backend.plan(intent, context)).toEqual(commands);
          const { location } = intent.do === 'update' ? intent.after : intent.entity;
          for (const command of commands) expect(command.location).toBe(location);
        }
      });

      it('are empty where nothing has to be done', () => {
        const subject = entity('compute', { 'occi.core.title': 'a' });
        expect(backend.plan(change(subject, { 'occi.core.title': 'b' }), context)).toEqual([]);
        expect(backend.plan(change(subject, {}, [tag]), context)).toEqual([]);
      });
    });

    describe('compute (GFD.224 §3.1)', () => {
      it('starts by itself, tells its size and its host', async () => {
        const subject = await create(entity('compute', {}, { mixins: [debian] }));
        const { attributes, host } = await record.until(subject, 'active');
        expect(attributes).toMatchObject({ 'occi.compute.cores': 1, 'occi.compute.memory': 1 });
        expect(host).toBeDefined();
      });

      it('goes through the states of the figure [INF-08]', async () => {
        const subject = await compute();
        const state = (value: string) => ({
          ...subject,
          attributes: { ...subject.attributes, 'occi.compute.state': value },
        });
        const way = [
          await record.finish(act(state('active'), 'stop', { method: 'graceful' }), 'inactive'),
          await record.finish(act(state('inactive'), 'start'), 'active'),
          await record.finish(act(state('active'), 'suspend', { method: 'suspend' }), 'suspended'),
          await record.finish(act(state('suspended'), 'start'), 'active'),
        ];
        expect(way.map(({ state }) => state)).toEqual(['inactive', 'active', 'suspended', 'active']);
      });

      it('is restarted and saved, and is active again [INF-09]', async () => {
        const subject = await compute();
        const template = model.mixins.find(({ id }) => id === debian);
        for (const intent of [
          act(subject, 'restart', { method: 'cold' }),
          act(subject, 'restart', { method: 'warm' }),
          { ...act(subject, 'save', { method: 'hot' }), template } as Intent,
        ]) {
          expect(await record.finish(intent, 'active')).toMatchObject({ state: 'active', message: null });
        }
      });

      it('says what is going on [INF-07]', async () => {
        const heard: EntityEvent[] = [];
        backend.subscribe((event) => void heard.push(event));
        const subject = await compute();
        await record.finish(act(subject, 'stop'), 'inactive');
        const messages = heard.map(({ message }) => message);
        expect(messages.at(-1)).toBeNull();
        const words = messages.filter((message) => typeof message === 'string');
        expect(words.length).toBeGreaterThanOrEqual(2);
        for (const message of words) expect(message).toMatch(/^[a-z ]+$/);
      });

      it('gets another size and another system [INF-37] [INF-47]', async () => {
        const subject = await compute();
        const size = { 'occi.compute.cores': 4, 'occi.compute.memory': 2.3 };
        await record.finish(change(subject, size, [ubuntu]), 'active');
        const told = (await record.survey()).filter(({ id }) => id === idOf(subject));
        expect(told.map(({ attributes }) => attributes)).toMatchObject([size]);
      });

      it('is gone after a delete, and deleting it again is no error', async () => {
        const subject = await compute();
        await record.finish({ do: 'delete', entity: subject }, 'gone');
        await expect(record.carryOut({ do: 'delete', entity: subject })).resolves.toHaveLength(1);
      });

      it('that is not there cannot be acted on', async () => {
        expect(await refused(act(entity('compute'), 'stop'))).toBe('not-found');
        expect(await refused(act(entity('compute'), 'dance'))).toBe('not-implemented');
      });
    });

    describe('network (GFD.224 §3.2)', () => {
      it('comes up, goes down and up, changes, and goes [INF-14]', async () => {
        const subject = await create(entity('network', { 'occi.network.vlan': 42, 'occi.network.label': 'blue' }));
        const way = [
          await record.until(subject, 'active'),
          await record.finish(act(subject, 'down'), 'inactive'),
          await record.finish(act(subject, 'up'), 'active'),
          await record.finish(change(subject, { 'occi.network.label': 'green' }), 'active'),
        ];
        expect(way.map(({ state }) => state)).toEqual(['active', 'inactive', 'active', 'active']);
        for (let i = 0; i < 2; i++) await record.carryOut({ do: 'delete', entity: subject });
        await record.until(subject, 'gone');
      });

      it('that is not there cannot be acted on', async () => {
        expect(await refused(act(entity('network'), 'down'))).toBe('not-found');
        expect(await refused(act(entity('network'), 'dance'))).toBe('not-implemented');
      });
    });

    describe('storage (GFD.224 §3.3)', () => {
      it('comes online, grows, is copied, and goes [INF-19]', async () => {
        const subject = await create(entity('storage', { 'occi.storage.size': 1.5 }));
        await record.until(subject, 'online');
        await record.finish(change(subject, { 'occi.storage.size': 2 }), 'online');
        await record.finish(act(subject, 'resize', { size: 3 }), 'online');
        await record.finish(act(subject, 'snapshot'), 'online');
        await record.finish(act(subject, 'backup'), 'online');
        await record.carryOut({ do: 'delete', entity: subject });
        await record.until(subject, 'gone');
        expect(record.known(subject).attributes?.['occi.storage.size']).toBe(3);
        await expect(record.carryOut({ do: 'delete', entity: subject })).resolves.toHaveLength(1);
      });

      it('has nothing to do for online and offline, and never shrinks', async () => {
        const subject = await create(entity('storage', { 'occi.storage.size': 2 }));
        expect(await record.carryOut(act(subject, 'offline'))).toEqual([]);
        expect(await record.carryOut(act(subject, 'online'))).toEqual([]);
        expect(await record.carryOut(act(subject, 'resize', { size: 2 }))).toEqual([]);
        expect(await refused(change(subject, { 'occi.storage.size': 1 }))).toBe('conflict');
        expect(await refused(act(subject, 'resize', { size: 1 }))).toBe('conflict');
        expect(await refused(act(subject, 'resize'))).toBe('attribute-required');
        expect(await refused(act(subject, 'dance'))).toBe('not-implemented');
      });

      it('that is not there cannot be acted on', async () => {
        const subject = entity('storage', { 'occi.storage.size': 2 });
        expect(await refused(change(subject, { 'occi.storage.size': 3 }))).toBe('not-found');
      });
    });

    describe('networkinterface (GFD.224 §3.4.1)', () => {
      it('gets a name, a MAC and an address [INF-22], right after its ends were asked for', async () => {
        const source = await create(entity('compute'));
        const target = await create(entity('network', { 'occi.network.address': '10.3.0.0/24' }));
        const subject = await create(link('networkinterface', source, target), { source, target });
        const { attributes } = await record.until(subject, 'active');
        expect(attributes).toEqual({
          'occi.networkinterface.interface': 'eth0',
          'occi.networkinterface.mac': expect.stringMatching(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/),
          'occi.networkinterface.address': expect.stringMatching(/^10\.3\.0\.[0-9]+$/),
          'occi.networkinterface.allocation': 'dynamic',
        });
        for (let i = 0; i < 2; i++) await record.carryOut({ do: 'delete', entity: subject, source, target });
        await record.until(subject, 'gone');
      });

      it('gets the address it asks for, which then cannot be changed', async () => {
        const source = await create(entity('compute'));
        const target = await create(entity('network', { 'occi.network.address': '10.3.0.0/24' }));
        const wanted = { 'occi.networkinterface.address': '10.3.0.77' };
        const subject = await create(link('networkinterface', source, target, wanted), { source, target });
        const { attributes } = await record.until(subject, 'active');
        expect(attributes).toMatchObject({ ...wanted, 'occi.networkinterface.allocation': 'static' });
        expect(await refused(change(subject, { 'occi.networkinterface.address': '10.3.0.78' }))).toBe(
          'attribute-immutable',
        );
        expect(await record.carryOut(change(subject, { 'occi.core.title': 'a' }))).toEqual([]);
        const taken = link('networkinterface', source, target, wanted);
        expect(await refused({ do: 'create', entity: taken, source, target })).toBe('conflict');
      });

      it('needs both ends', async () => {
        const source = await compute();
        const target = await create(entity('network'));
        const subject = link('networkinterface', source, target);
        expect(await refused({ do: 'create', entity: subject })).toBe('bad-reference');
        expect(await refused({ do: 'create', entity: subject, source, target: entity('network') })).toBe(
          'bad-reference',
        );
        expect(await refused({ do: 'create', entity: subject, source: entity('compute'), target })).toBe(
          'bad-reference',
        );
      });

      it('goes with its machine, before or after it', async () => {
        const source = await compute();
        const target = await create(entity('network'));
        const subject = await create(link('networkinterface', source, target), { source, target });
        await record.until(subject, 'active');
        await record.carryOut({ do: 'delete', entity: source });
        await record.until(source, 'gone');
        await record.carryOut({ do: 'delete', entity: subject, source, target });
        await record.until(subject, 'gone');
        expect(await record.carryOut({ do: 'delete', entity: subject })).toEqual([]);
      });
    });

    describe('storagelink (GFD.224 §3.4.2)', () => {
      it('gets a device, right after its ends were asked for [INF-26]', async () => {
        const source = await create(entity('compute'));
        const target = await create(entity('storage', { 'occi.storage.size': 1 }));
        const subject = await create(link('storagelink', source, target), { source, target });
        const { attributes } = await record.until(subject, 'active');
        expect(attributes).toEqual({ 'occi.storagelink.deviceid': '/dev/vdb' });
        for (let i = 0; i < 2; i++) await record.carryOut({ do: 'delete', entity: subject, source, target });
        await record.until(subject, 'gone');
      });

      it('gets the device it asks for, which then cannot be changed', async () => {
        const source = await compute();
        const target = await create(entity('storage', { 'occi.storage.size': 1 }));
        const wanted = { 'occi.storagelink.deviceid': '/dev/vdx' };
        const subject = await create(link('storagelink', source, target, wanted), { source, target });
        expect((await record.until(subject, 'active')).attributes).toEqual(wanted);
        expect(await refused(change(subject, { 'occi.storagelink.deviceid': '/dev/vdy' }))).toBe('attribute-immutable');
        expect(await record.carryOut(change(subject, { 'occi.storagelink.mountpoint': '/mnt' }))).toEqual([]);
      });

      it('keeps its storage from being deleted and from being linked again', async () => {
        const source = await compute();
        const target = await create(entity('storage', { 'occi.storage.size': 1 }));
        const subject = await create(link('storagelink', source, target), { source, target });
        expect(await refused({ do: 'delete', entity: target })).toBe('conflict');
        const other = await compute();
        const second = link('storagelink', other, target);
        expect(await refused({ do: 'create', entity: second, source: other, target })).toBe('conflict');
        await record.carryOut({ do: 'delete', entity: subject, source, target });
        await record.carryOut({ do: 'delete', entity: source });
        await record.carryOut({ do: 'delete', entity: target });
        await record.until(target, 'gone');
      });

      it('needs both ends', async () => {
        const source = await compute();
        const target = entity('storage');
        const subject = link('storagelink', source, target);
        expect(await refused({ do: 'create', entity: subject })).toBe('bad-reference');
        expect(await refused({ do: 'create', entity: subject, source, target })).toBe('bad-reference');
        expect(await record.carryOut({ do: 'delete', entity: subject, source })).toEqual([]);
      });
    });

    describe('commands that are delivered twice', () => {
      it('do no harm, whatever they are', async () => {
        const machine = entity('compute', {}, { mixins: [debian] });
        const network = entity('network');
        const volume = entity('storage', { 'occi.storage.size': 1 });
        const port = link('networkinterface', machine, network);
        const disk = link('storagelink', machine, volume);
        const twice = async (intent: Intent) => {
          const commands = await record.carryOut(intent);
          for (const command of commands) await record.deliver(command);
        };
        await twice({ do: 'create', entity: machine });
        await twice({ do: 'create', entity: network });
        await twice({ do: 'create', entity: volume });
        await twice({ do: 'create', entity: port, source: machine, target: network });
        await twice({ do: 'create', entity: disk, source: machine, target: volume });
        await record.until(port, 'active');
        await record.until(disk, 'active');
        await twice(change(volume, { 'occi.storage.size': 2 }));
        await twice(change(machine, { 'occi.compute.cores': 2 }));
        await twice(act(machine, 'stop'));
        await record.until(machine, 'inactive');
        await twice({ do: 'delete', entity: disk, source: machine, target: volume });
        await twice({ do: 'delete', entity: port, source: machine, target: network });
        await twice({ do: 'delete', entity: machine });
        await twice({ do: 'delete', entity: volume });
        await twice({ do: 'delete', entity: network });
        for (const subject of [machine, volume, network, port, disk]) {
          expect(await record.until(subject, 'gone')).toMatchObject({ gone: true });
        }
        expect(record.known(volume).attributes).toEqual({ 'occi.storage.size': 2 });
      });
    });

    describe('survey', () => {
      it('tells what there is, and how it is', async () => {
        const machine = await compute();
        const network = await create(entity('network'));
        const port = await create(link('networkinterface', machine, network), { source: machine, target: network });
        await record.until(port, 'active');
        const found = new Map((await record.survey()).map((event) => [event.id, event]));
        expect(found.get(idOf(machine))).toMatchObject({ state: 'active', message: null });
        expect(found.get(idOf(machine))?.host).toEqual(record.known(machine).host);
        expect(found.get(idOf(port))).toMatchObject({ state: 'active', message: null });
      });

      it('tells nothing when there is nothing', async () => {
        expect(await record.survey()).toEqual([]);
      });
    });

    describe('listening', () => {
      it('ends when it is no longer wanted', async () => {
        const heard: EntityEvent[] = [];
        const stop = backend.subscribe((event) => void heard.push(event));
        await compute();
        expect(heard.length).toBeGreaterThan(0);
        stop();
        heard.length = 0;
        await compute();
        expect(heard).toEqual([]);
      });
    });

    if (failing !== undefined) {
      describe('failures', () => {
        it.each([
          ['create', undefined],
          ['stop', 'stop'],
          ['suspend', 'suspend'],
          ['restart', 'restart'],
        ])('of %s end in error, and say why', async (operation, term) => {
          const subject = await create(entity('compute', failing(operation)));
          if (term !== undefined) {
            await record.until(subject, 'active');
            await record.carryOut(act(subject, term));
          }
          const { message } = await record.until(subject, 'error');
          expect(message).toMatch(/\S/);
          expect(await refused(act(subject, 'stop'))).toBe('action-not-allowed');
          await record.carryOut({ do: 'delete', entity: subject });
          await record.until(subject, 'gone');
        });

        it('of attaching are the link’s, and the machine goes on', async () => {
          const source = await compute(failing('attach'));
          const network = await create(entity('network'));
          const volume = await create(entity('storage', { 'occi.storage.size': 1 }));
          const port = await create(link('networkinterface', source, network), { source, target: network });
          const disk = await create(link('storagelink', source, volume), { source, target: volume });
          expect((await record.until(port, 'error')).message).toMatch(/\S/);
          expect((await record.until(disk, 'error')).message).toMatch(/\S/);
          expect(record.known(source).state).toBe('active');
        });

        it('to accept a machine at all are answered with Unreachable, and nothing is left', async () => {
          const subject = entity('compute', failing('refuse'));
          await expect(record.carryOut({ do: 'create', entity: subject })).rejects.toThrow(Unreachable);
          expect((await record.survey()).map(({ id }) => id)).not.toContain(idOf(subject));
        });
      });
    }

    describe('after it was closed', () => {
      it('cannot be reached', async () => {
        const subject = await compute();
        const [command] = backend.plan(act(subject, 'stop'), context);
        await backend.close();
        if (command === undefined) throw new Error('stop needs a command');
        await expect(record.deliver(command)).rejects.toThrow(Unreachable);
        await expect(backend.health()).rejects.toThrow(/\S/);
      });
    });
  });
}
