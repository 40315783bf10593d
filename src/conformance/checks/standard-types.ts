/** A type of the infrastructure, as its table has it (GFD.224 §3). */
export interface StandardType {
  readonly term: 'compute' | 'network' | 'storage' | 'networkinterface' | 'storagelink';
  /** Which requirement it is that instances have and show this kind. */
  readonly requirement: string;
  readonly parent: string;
  /** The attributes that every instance has. */
  readonly always: readonly string[];
  /** Those that it may have, in 1.1 and 1.2 alike. */
  readonly optional: readonly string[];
  /** Its state. */
  readonly state: string;
}

export const infrastructure = 'http://schemas.ogf.org/occi/infrastructure';

const resource = 'http://schemas.ogf.org/occi/core#resource';
const link = 'http://schemas.ogf.org/occi/core#link';

/** What text and tables of the documents say. */
export const standardTypes: readonly StandardType[] = [
  {
    term: 'compute',
    requirement: 'INF-05',
    parent: resource,
    always: ['occi.compute.state'],
    optional: ['occi.compute.architecture', 'occi.compute.cores', 'occi.compute.hostname', 'occi.compute.memory'],
    state: 'occi.compute.state',
  },
  {
    term: 'network',
    requirement: 'INF-13',
    parent: resource,
    always: ['occi.network.state'],
    optional: ['occi.network.vlan', 'occi.network.label'],
    state: 'occi.network.state',
  },
  {
    term: 'storage',
    requirement: 'INF-18',
    parent: resource,
    always: ['occi.storage.size', 'occi.storage.state'],
    optional: [],
    state: 'occi.storage.state',
  },
  {
    term: 'networkinterface',
    requirement: 'INF-21',
    parent: link,
    always: ['occi.networkinterface.interface', 'occi.networkinterface.mac', 'occi.networkinterface.state'],
    optional: [],
    state: 'occi.networkinterface.state',
  },
  {
    term: 'storagelink',
    requirement: 'INF-25',
    parent: link,
    always: ['occi.storagelink.deviceid', 'occi.storagelink.state'],
    optional: ['occi.storagelink.mountpoint'],
    state: 'occi.storagelink.state',
  },
];
