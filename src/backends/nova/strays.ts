import { core, type Entity } from '../../occi/entity.ts';
import type { RecordReader } from '../backend.ts';
import { request } from './agents.ts';
import type { InventoryOptions, Removable } from './inventory.ts';
import { hostOf } from './placement.ts';
import { storageLinkMapping } from './storage-link.ts';
import { occiId } from './wire-id.ts';

const removals = {
  machine: { method: 'terminate_instance', doing: 'terminating a machine' },
  interface: { method: 'detach_interface', doing: 'detaching an interface' },
  volume: { method: 'detach_volume', doing: 'detaching a volume' },
} as const;

/** Takes away what hosts have by mistake. */
export class Strays {
  readonly #options: InventoryOptions;
  /** What the log knows about. */
  readonly #told = new Set<string>();

  constructor(options: InventoryOptions) {
    this.#options = options;
  }

  /** Never rejects: what cannot be taken away now is still there at the next survey. @param why for the log */
  async remove(host: string, { is, args }: Removable, why: string): Promise<void> {
    const { agents, timeoutMs, log } = this.#options;
    const { method, doing } = removals[is];
    const name = [host, ...Object.values(args)].join(' ');
    if (!this.#told.has(name)) log(`${doing} ${why}`, { host, ...args });
    this.#told.add(name);
    await agents.probe({ topic: 'compute', server: host }, request(method, args), timeoutMs).catch(() => {});
  }
}

/**
 * Whether something that is in no record may be taken away: a machine in any case; what is on a machine when that is
 * in the record, on that host, and unchanged. With a machine that is a stray itself it goes anyhow.
 *
 * @param isUnchanged whether nothing has happened about an entity since its host was asked
 */
export async function isStray(
  host: string,
  { is, args }: Removable,
  record: RecordReader,
  isUnchanged: (id: string, entity: Entity | undefined) => boolean,
): Promise<boolean> {
  if (is === 'machine') return true;
  const id = occiId(args.instance_uuid);
  const machine = await record.byId(id);
  if (machine === undefined || hostOf(machine) !== host || !isUnchanged(id, machine)) return false;
  if (is === 'interface') return true;
  // A volume is detached by its own id: one that a link wants there must not go for another attachment's sake.
  const volume = await record.byId(occiId(args.volume_id));
  const links = await record.linksAt(machine.location);
  return links.every(
    ({ kind, attributes }) => kind !== storageLinkMapping.kind || attributes[core.target] !== volume?.location,
  );
}
