import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { novaBackend } from '../../src/backends/nova/nova.ts';
import { createGateway, type Gateway } from '../../src/index.ts';
import type { Notification } from '../../src/messaging/message.ts';
import { model } from '../backends/entities.ts';
import { Fleet } from '../backends/nova/fleet.ts';
import { base } from '../http/home-lab.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure';
const compute = `${infrastructure}#compute`;
const hosts = ['node1', 'node2', 'node3'];

let directory: string;
let fleet: Fleet;
let gateway: Gateway;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'occi-faults-'));
  fleet = new Fleet();
  for (const host of hosts) await fleet.start(host);
  await open();
});
afterEach(async () => {
  await gateway.close();
  await fleet.close();
  rmSync(directory, { recursive: true });
});

async function open(): Promise<void> {
  const options = { transport: fleet.transport, model: () => model, provider: 'p1', patienceMs: 3_600_000 };
  const backend = await novaBackend({ name: 'nova', ...options, agentTimeoutMs: 300 });
  gateway = await createGateway({ dataDir: directory, backend: [backend], reconcileSeconds: 0.1 });
}

const send = async (method: string, path: string, body?: object) => {
  const headers = { 'content-type': 'application/occi+json', accept: 'application/occi+json' };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await gateway.fetch(new Request(base + path, init));
  return { status: response.status, body: await response.text(), location: response.headers.get('location') };
};
interface Machine {
  readonly id: string;
  readonly attributes: { readonly [name: string]: string };
}
const recorded = async (): Promise<readonly Machine[]> =>
  JSON.parse((await send('GET', '/compute/?number=1000')).body).resources;
/** What the clients are shown of each machine, by its UUID. */
const shown = async () =>
  Object.fromEntries(
    (await recorded()).map(({ id, attributes }) => [id.slice(9), attributes['occi.compute.state']]).toSorted(),
  );
/** The states of what really runs, by UUID; a machine that is there twice is there twice. */
const real = async () => {
  const states: Record<string, string> = { active: 'active', stopped: 'inactive', suspended: 'suspended' };
  const found: [string, string | undefined][] = [];
  for (const server of hosts) {
    const request = { method: 'list_instances', args: {} };
    const list = await fleet.transport.call({ topic: 'compute', server }, request, { timeoutMs: 1000 });
    for (const { uuid, vm_state } of list as { uuid: string; vm_state: string }[]) {
      found.push([found.some(([id]) => id === uuid) ? `${uuid} again` : uuid, states[vm_state] ?? vm_state]);
    }
  }
  return Object.fromEntries(found.toSorted());
};

/** Numbers from 0 to 1 that are the same every time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Has notifications get lost, come twice, and come late. */
function scramble(random: () => number): () => void {
  let late: Notification[] = [];
  fleet.transport.conveyed = (notification) => {
    const chance = random();
    if (chance < 0.1) return [];
    if (chance < 0.3) {
      late.push(notification);
      return [];
    }
    const now = chance < 0.5 ? [notification, notification, ...late] : [notification, ...late];
    late = [];
    return now;
  };
  return () => {
    fleet.transport.conveyed = (notification) => [notification];
  };
}

describe('a cloud where answers, notifications and agents get lost', () => {
  it.each([1, 2, 3, 4])(
    'has every acknowledged machine once and no other, and says how it is (%i)',
    async (seed) => {
      const random = numbers(seed);
      const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
      const kept = new Set<string>();
      const deleted = new Set<string>();
      const unscramble = scramble(random);
      const away = new Set<string>();
      for (let step = 0; step < 60; step++) {
        const chance = random();
        if (chance < 0.15)
          fleet.transport.lose(
            pick(['answer', 'request']),
            pick(['run_instance', 'terminate_instance', 'stop_instance', 'start_instance']),
          );
        else if (chance < 0.2 && away.size < 2) {
          const host = pick(hosts);
          away.add(host);
          await fleet.stop(host);
        } else if (chance < 0.3 && away.size > 0) {
          const host = pick([...away]);
          away.delete(host);
          await fleet.start(host);
          await fleet.beat(host, 'up', String(step));
        } else if (chance < 0.35) {
          await gateway.close();
          await open();
        } else if (chance < 0.7) {
          const { status, location } = await send('POST', '/compute/', { kind: compute });
          expect([201, 503]).toContain(status);
          if (status === 201) kept.add(new URL(location as string).pathname);
        } else if (kept.size > 0) {
          const path = pick([...kept]);
          if (chance < 0.8) {
            if ((await send('DELETE', path)).status === 200) {
              kept.delete(path);
              deleted.add(path);
            }
          } else {
            const action = `${infrastructure}/compute/action#${pick(['stop', 'start', 'suspend'])}`;
            await send('POST', `${path}?action=${action.split('#')[1]}`, { action });
          }
        }
      }
      unscramble();
      for (const host of away) await fleet.start(host);
      for (const host of hosts) await fleet.beat(host, 'up', 'at the end');
      // Faults that were not reached must not disturb the rest.
      fleet.transport.heal();
      const differences = async () => {
        const [said, is] = [await shown(), await real()];
        return [...new Set([...Object.keys(said), ...Object.keys(is)])]
          .filter((id) => said[id] !== is[id])
          .map((id) => ({ id, shown: said[id], real: is[id] }));
      };
      await expect.poll(differences, { timeout: 15_000 }).toEqual([]);
      const present = new Set(Object.keys(await shown()));
      for (const path of kept) expect(present).toContain(path.split('/').at(-1));
      for (const path of deleted) expect(present).not.toContain(path.split('/').at(-1));
      expect(Object.keys(await real()).length).toBe(kept.size);
    },
    60_000,
  );
});
