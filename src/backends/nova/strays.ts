import { core, type Entity } from '../../occi/entity.ts';
import type { RecordReader } from '../backend.ts';
import { request } from './agents.ts';
import type { InventoryOptions, Removable } from './inventory.ts';
import { hostOf } from './placement.ts';
import { storageLinkMapping } from './storage-link.ts';
import { occiId } from './wire-id.ts';

const removals = {
  machine: { method: 'terminate_instance', doing: 'terminating', what: 'a machine' },
  interface: { method: 'detach_interface', doing: 'detaching', what: 'an interface' },
  volume: { method: 'detach_volume', doing: 'detaching', what: 'a volume' },
} as const;

/** What becomes of what hosts have and the record has not. */
export const fates = ['terminate', 'keep'] as const;

/** What strays are dealt with by. */
export interface StraysOptions extends Pick<InventoryOptions, 'agents' | 'timeoutMs' | 'log'> {
  /** `keep` where the record may be older than what hosts have: nothing is taken away without a client's wish. */
  readonly strays: (typeof fates)[number];
}

/** Takes away what hosts have by mistake, or leaves it to the operator. */
export class Strays {
  readonly #options: StraysOptions;
  /** What the log knows about. */
  readonly #told = new Set<string>();

  constructor(options: StraysOptions) {
    this.#options = options;
  }

  /** Never rejects: what cannot be taken away now is still there at the next survey. @param why for the log */
  async found(host: string, { is, args }: Removable, why: string): Promise<void> {
    const { agents, timeoutMs, log, strays } = this.#options;
    const { method, doing, what } = removals[is];
    const name = [host, ...Object.values(args)].join(' ');
    if (!this.#told.has(name)) log(`${strays === 'keep' ? 'keeping' : doing} ${what} ${why}`, { host, ...args });
    this.#told.add(name);
    if (strays === 'keep') return;
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
