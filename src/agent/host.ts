import type { Json } from '../messaging/message.ts';
import type { Capacity } from './capacity.ts';
import type { Driver } from './driver.ts';
import type { Lanes } from './lanes.ts';
import type { MachineStore } from './machine-store.ts';

/** Everything the parts of an agent work with. */
export interface Host {
  /** The name under which it is reached, and which its machines carry as `host`. */
  readonly name: string;
  readonly store: MachineStore;
  readonly driver: Driver;
  readonly capacity: Capacity;
  readonly lanes: Lanes;
  /** Aborted when the agent stops. */
  readonly stopping: AbortSignal;
  readonly notify: Notify;
}

/** Publishes a notification of one of the agent's services; resolves when it is on its way or given up. */
export type Notify = (
  service: 'compute' | 'network' | 'volume',
  eventType: string,
  payload: Readonly<Record<string, Json>>,
  priority?: 'INFO' | 'ERROR' | 'SAMPLE',
) => Promise<void>;
