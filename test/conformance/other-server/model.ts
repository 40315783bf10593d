// The categories of the other server, written from the tables of the documents: nothing of src is in here.

export type Scalar = string | number | boolean;
export type AttributeType = 'string' | 'number' | 'boolean';

export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly isMutable: boolean;
  readonly isRequired: boolean;
  readonly fallback?: Scalar;
  /** The values there are. */
  readonly oneOf?: readonly string[];
  /** What the server says itself when the client does not. */
  readonly minted?: (n: number) => Scalar;
}

/** From which states an action leads to which. */
export interface Move {
  readonly from: readonly string[];
  readonly to: string;
}

export interface States {
  readonly attribute: string;
  readonly first: string;
  readonly moves: Readonly<Record<string, Move>>;
}

export interface Category {
  readonly type: 'kind' | 'mixin' | 'action';
  readonly scheme: string;
  readonly term: string;
  readonly title?: string;
  /** The parent of a kind. */
  readonly parent?: string;
  readonly depends?: readonly string[];
  readonly applies?: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly actions: readonly string[];
  /** Below the prefix. */
  readonly place?: string;
  readonly states?: States;
  /** Whether a client has made it. */
  readonly isForeign?: boolean;
}

export const idOf = ({ scheme, term }: Pick<Category, 'scheme' | 'term'>) => scheme + term;

const ogf = 'http://schemas.ogf.org/occi';
const own = 'http://cumulus.example.org/occi';
export const core = {
  entity: `${ogf}/core#entity`,
  resource: `${ogf}/core#resource`,
  link: `${ogf}/core#link`,
} as const;
export const osTemplate = `${ogf}/infrastructure#os_tpl`;
export const resourceTemplate = `${ogf}/infrastructure#resource_tpl`;
export const saveAction = `${ogf}/infrastructure/compute/action#save`;

type Extra = Omit<Partial<Attribute>, 'name' | 'type'>;
const attribute = (name: string, type: AttributeType, extra: Extra = {}): Attribute => ({
  isMutable: true,
  isRequired: false,
  ...extra,
  name,
  type,
});
const text = (name: string, extra?: Extra) => attribute(name, 'string', extra);
const number = (name: string, extra?: Extra) => attribute(name, 'number', extra);
const owned = (name: string, extra?: Extra) => text(name, { isMutable: false, ...extra });

const category = (type: Category['type'], id: string, extra: Partial<Category> = {}): Category => {
  const at = id.indexOf('#') + 1;
  return { attributes: [], actions: [], ...extra, type, scheme: id.slice(0, at), term: id.slice(at) };
};
const kind = (id: string, extra?: Partial<Category>) => category('kind', id, extra);
const mixin = (id: string, extra?: Partial<Category>) => category('mixin', id, extra);
const action = (id: string, ...attributes: readonly Attribute[]) => category('action', id, { attributes });

const base: readonly Category[] = [
  kind(core.link, {
    parent: core.entity,
    place: '/connections/',
    attributes: [text('occi.core.source', { isRequired: true }), text('occi.core.target', { isRequired: true })],
  }),
  kind(core.resource, { parent: core.entity, place: '/things/', attributes: [text('occi.core.summary')] }),
  kind(core.entity, {
    title: 'Whatever there is',
    attributes: [text('occi.core.title'), owned('occi.core.id')],
  }),
];

const actionsOf = (term: string, ...terms: readonly string[]) =>
  terms.map((one) => `${ogf}/infrastructure/${term}/action#${one}`);
const upAndDown = { up: { from: ['inactive'], to: 'active' }, down: { from: ['active'], to: 'inactive' } };

const machines: readonly Category[] = [
  kind(`${ogf}/infrastructure#compute`, {
    title: 'A machine, "virtual"; or not',
    parent: core.resource,
    place: '/things/compute-nodes/',
    attributes: [
      text('occi.compute.architecture', { oneOf: ['x86', 'x64'] }),
      number('occi.compute.cores', { fallback: 2 }),
      text('occi.compute.hostname'),
      number('occi.compute.share'),
      number('occi.compute.memory', { fallback: 1.5 }),
      owned('occi.compute.state'),
      owned('occi.compute.state.message'),
    ],
    actions: actionsOf('compute', 'save', 'suspend', 'restart', 'stop', 'start'),
    states: {
      attribute: 'occi.compute.state',
      first: 'inactive',
      moves: {
        start: { from: ['inactive', 'suspended'], to: 'active' },
        stop: { from: ['active'], to: 'inactive' },
        suspend: { from: ['active'], to: 'suspended' },
        restart: { from: ['active'], to: 'active' },
        save: { from: ['active', 'inactive'], to: '' },
      },
    },
  }),
  kind(`${own}/metal#bare-metal`, {
    parent: `${ogf}/infrastructure#compute`,
    place: '/things/metal/',
    attributes: [text('org.example.cumulus.rack', { fallback: 'R1' })],
  }),
  kind(`${ogf}/infrastructure#network`, {
    parent: core.resource,
    place: '/things/wires/',
    attributes: [
      number('occi.network.vlan'),
      text('occi.network.label'),
      owned('occi.network.state'),
      owned('occi.network.state.message'),
    ],
    actions: actionsOf('network', 'down', 'up'),
    states: { attribute: 'occi.network.state', first: 'active', moves: upAndDown },
  }),
  kind(`${ogf}/infrastructure#networkinterface`, {
    parent: core.link,
    place: '/connections/cards/',
    attributes: [
      owned('occi.networkinterface.interface', { minted: (n) => `wire${n}` }),
      text('occi.networkinterface.mac', { minted: (n) => `02:00:00:00:00:${(n % 256).toString(16).padStart(2, '0')}` }),
      owned('occi.networkinterface.state'),
      owned('occi.networkinterface.state.message'),
    ],
    states: { attribute: 'occi.networkinterface.state', first: 'inactive', moves: {} },
  }),
  action(`${ogf}/infrastructure/compute/action#start`),
  action(`${ogf}/infrastructure/compute/action#stop`, text('method', { oneOf: ['graceful', 'acpioff', 'poweroff'] })),
  action(`${ogf}/infrastructure/compute/action#restart`, text('method', { oneOf: ['graceful', 'warm', 'cold'] })),
  action(`${ogf}/infrastructure/compute/action#suspend`, text('method', { oneOf: ['hibernate', 'suspend'] })),
  action(saveAction, text('method', { oneOf: ['hot', 'deferred'] }), text('name')),
  action(`${ogf}/infrastructure/network/action#up`),
  action(`${ogf}/infrastructure/network/action#down`),
  mixin(osTemplate, { place: '/systems/' }),
  mixin(`${own}/systems#plan9`, { title: 'Plan 9', depends: [osTemplate], place: '/systems/plan9/' }),
  mixin(`${own}/systems#hurd`, { title: 'GNU Hurd', depends: [osTemplate], place: '/systems/hurd/' }),
];

const addresses = (owner: string): readonly Attribute[] => [
  text(`occi.${owner}.address`),
  text(`occi.${owner}.gateway`),
  text(`occi.${owner}.allocation`, { oneOf: ['dynamic', 'static'], fallback: 'dynamic' }),
];
const compute = [`${ogf}/infrastructure#compute`];
const size = (term: string, cores: number, memory: number) =>
  mixin(`${own}/sizes#${term}`, {
    depends: [resourceTemplate],
    applies: compute,
    place: `/sizes/${term}/`,
    attributes: [
      number('occi.compute.memory', { fallback: memory }),
      number('occi.compute.cores', { fallback: cores }),
    ],
  });

const fittings: readonly Category[] = [
  mixin(resourceTemplate, { place: '/sizes/' }),
  size('tiny', 1, 0.5),
  size('huge', 64, 512),
  mixin(`${ogf}/infrastructure/network#ipnetwork`, {
    applies: [`${ogf}/infrastructure#network`],
    place: '/extras/net/',
    attributes: addresses('network'),
  }),
  mixin(`${ogf}/infrastructure/networkinterface#ipnetworkinterface`, {
    applies: [`${ogf}/infrastructure#networkinterface`],
    place: '/extras/card/',
    attributes: addresses('networkinterface').map((one) =>
      one.name.endsWith('address') ? { ...one, minted: (n: number) => `10.0.0.${n % 250}` } : one,
    ),
  }),
  mixin(`${ogf}/infrastructure/credentials#ssh_key`, {
    applies: compute,
    place: '/extras/key/',
    attributes: [text('occi.credentials.ssh.publickey', { isRequired: true })],
  }),
  mixin(`${ogf}/infrastructure/compute#user_data`, {
    applies: compute,
    place: '/extras/data/',
    attributes: [text('occi.compute.userdata', { isRequired: true })],
  }),
];

const queues: readonly Category[] = [
  kind(`${own}/queues#queue`, {
    title: 'A queue',
    parent: core.resource,
    place: '/q/',
    attributes: [
      number('org.example.queue.depth', { isRequired: true }),
      text('org.example.queue.order', { oneOf: ['fifo', 'lifo'], isRequired: true }),
      attribute('org.example.queue.durable', 'boolean', { fallback: true }),
      owned('org.example.queue.state', { oneOf: ['open', 'closed'], isRequired: true }),
    ],
    actions: [`${own}/queues/action#open`, `${own}/queues/action#close`],
    states: {
      attribute: 'org.example.queue.state',
      first: 'open',
      moves: { open: { from: ['closed'], to: 'open' }, close: { from: ['open'], to: 'closed' } },
    },
  }),
  kind(`${own}/queues#topic`, { parent: core.resource, place: '/t/' }),
  kind(`${own}/queues#subscription`, {
    parent: core.link,
    place: '/s/',
    attributes: [text('org.example.subscription.topic', { fallback: '*' })],
  }),
  action(`${own}/queues/action#close`, text('reason')),
  action(`${own}/queues/action#open`),
  mixin(`${own}/queues#urgent`, { title: 'Urgent', place: '/urgent/' }),
  mixin(`${own}/queues#limited`, {
    applies: [`${own}/queues#queue`],
    place: '/limited/',
    attributes: [number('org.example.queue.rate', { fallback: 10 })],
  }),
];

export const everything: readonly Category[] = [...base, ...machines, ...fittings, ...queues];
export const machinesAndNetworks: readonly Category[] = [...base.toReversed(), ...machines];
/** Since 1.2 nothing says that a location ends with a slash. */
export const queuesAlone: readonly Category[] = [...queues, ...base].map(({ place, ...others }) => {
  return place === undefined ? others : { ...others, place: place.replace(/\/$/, '') };
});
