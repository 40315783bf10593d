import type { Shown } from '../http/infrastructure-lab.ts';
import type { Clients } from './clients.ts';
import type { Cloud } from './cloud.ts';
import type { Constellation, Machine } from './constellation.ts';
import { patiently } from './patience.ts';

const states: Readonly<Record<string, string>> = {
  active: 'active',
  stopped: 'inactive',
  suspended: 'suspended',
  building: 'inactive',
  error: 'error',
};

/**
 * Waits until everybody agrees, and tells what is still wrong after a while. Each gateway shows every machine that was
 * acknowledged and none that was refused or deleted; what it shows is on exactly one agent, in the same state; and
 * agents have nothing else.
 *
 * @returns what a client would complain about
 */
export async function disagreements(constellation: Constellation, clients: Clients): Promise<readonly string[]> {
  const read = () => compared(constellation, clients).catch((error: unknown) => [`it cannot be told: ${error}`]);
  return [...clients.surprises, ...(await patiently(read, ({ length }) => length === 0))];
}

/** A machine as a gateway shows it. */
interface ShownMachine {
  readonly state: unknown;
  /** What is going on, or what is wrong. */
  readonly message: unknown;
}

/** The machines that a gateway shows, by UUID. @throws Error when it does not answer */
export async function shownBy(cloud: Cloud): Promise<ReadonlyMap<string, ShownMachine>> {
  const answer = await cloud.request('GET', '/compute/');
  if (answer.status !== 200) throw new Error(answer.text);
  const { resources = [] } = answer.json() as { resources?: readonly Shown[] };
  return new Map(
    resources.map(({ id, attributes }) => [
      id.replace('urn:uuid:', ''),
      { state: attributes['occi.compute.state'], message: attributes['occi.compute.state.message'] },
    ]),
  );
}

async function compared(constellation: Constellation, { known }: Clients): Promise<readonly string[]> {
  const machines = await constellation.machines();
  const found: string[] = [];
  for (const [at, cloud] of constellation.clouds.entries()) {
    const shown = await shownBy(cloud);
    for (const [uuid, { state, isStopped }] of known) {
      const machine = shown.get(uuid);
      if (state === 'created' && !shown.has(uuid))
        found.push(`gateway ${at}: ${uuid} was acknowledged, and is not there`);
      if (state === 'gone' && shown.has(uuid))
        found.push(`gateway ${at}: ${uuid} was refused or deleted, and is there`);
      if (isStopped && machine !== undefined && machine.state !== 'inactive')
        found.push(`gateway ${at}: ${uuid} was stopped, and is ${machine.state}`);
    }
    found.push(...differences(shown, machines).map((difference) => `gateway ${at}: ${difference}`));
  }
  return found;
}

function differences(shown: ReadonlyMap<string, ShownMachine>, machines: readonly Machine[]): readonly string[] {
  const found: string[] = [];
  const byUuid = Map.groupBy(machines, ({ uuid }) => uuid);
  for (const [uuid, { state, message }] of shown) {
    const [machine, ...more] = byUuid.get(uuid) ?? [];
    if (machine === undefined || more.length > 0) {
      const on = byUuid.get(uuid)?.map(({ host }) => host) ?? [];
      found.push(`${uuid} is shown as ${state} (${message}), and is on [${on}]`);
      continue;
    }
    const isSettled = message === undefined && machine.task_state === null;
    if (isSettled && state === (states[machine.vm_state] ?? machine.vm_state)) continue;
    found.push(
      `${uuid} is shown as ${state} (${message}), and is ${machine.vm_state} (${machine.task_state}) on ${machine.host}`,
    );
  }
  for (const { uuid, host } of machines) if (!shown.has(uuid)) found.push(`${uuid} is on ${host}, and not shown`);
  return found;
}
