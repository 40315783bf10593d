import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Backend,
  builtInModelFiles,
  createGateway,
  type EntityEvent,
  type Gateway,
  type GatewayOptions,
  readModelFiles,
} from '../../src/index.ts';
import { fieldsAreSecret } from '../secrecy/credentials.ts';
import { keepAudit, keptLog } from '../secrecy/kept-log.ts';

/**
 * The home lab: lamps, sockets and plugs, the fixture of the exchanges. Its model is the core and
 * `test/fixtures/home-lab.json`; its backend switches lamps at once, so that an answer shows the new state.
 */
const home = 'http://lab.test/occi/home#';
const lampActions = 'http://lab.test/occi/home/lamp/action#';
const lampKinds = [`${home}lamp`, `${home}desklamp`];

/** What the fixture's backend understands. */
interface LampCommand {
  readonly id: string;
  readonly state: string;
}

/** A complete backend in a page: it serves lamps and plugs, and carries commands out before it answers. */
export function homeLabBackend(): Backend {
  return {
    name: 'home lab',
    offers: { kinds: [], mixins: [], actions: [] },
    serves: (kind) => lampKinds.includes(kind),
    plan(intent) {
      if (intent.do !== 'create' && intent.do !== 'act') return [];
      const { entity } = intent;
      const action = intent.do === 'act' ? intent.invocation.action.id : `${lampActions}off`;
      if (!action.startsWith(lampActions)) return [];
      const body: LampCommand = {
        id: String(entity.attributes['occi.core.id']),
        state: action.slice(lampActions.length),
      };
      return [{ location: entity.location, body }];
    },
    async deliver({ body }): Promise<readonly EntityEvent[]> {
      const { id, state } = body as LampCommand;
      return [{ id, state, message: null, attributes: { 'test.lab.lit': state === 'on' } }];
    },
    subscribe: () => () => undefined,
    async *survey() {
      // Nothing happens at home that the gateway has not asked for.
    },
    async health() {
      // Always at home.
    },
    async close() {
      // Nothing is open.
    },
  };
}

export const base = 'http://occi.lab.test';

/** The entities of the fixture. */
export const L1 = '/lamp/6f1c2b9e-0d5a-4c7b-9a58-1f0a6f6f0a01';
export const L2 = '/lamp/8a40d3c7-51e2-4b0e-8d7f-2c93a1be0a02';
export const S1 = '/socket/3c1e77a0-9be4-4a51-b7d2-60d5c4f10b01';
export const P1 = '/plug/d27f09b3-4c8e-4e66-a1f4-7be0985c0c01';

/** A response, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  json(): unknown;
}

/** A request: method, path, headers, body. */
export interface Send {
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
}

/** A gateway under test. */
export interface Lab {
  readonly gateway: Gateway;
  request(method: string, path: string, send?: Send): Promise<Answer>;
  close(): Promise<void>;
}

/** Opens a gateway in a directory of its own, reached through its fetch handler. */
export async function startLab(options: GatewayOptions = {}): Promise<Lab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'occi-lab-'));
  const gateway = await createGateway({ dataDir, fakeDelayMs: 0, ...options, log: keptLog(options.log) });
  return {
    gateway,
    async request(method, path, { headers = {}, body } = {}) {
      const list: readonly (readonly [string, string])[] = Array.isArray(headers) ? headers : Object.entries(headers);
      fieldsAreSecret(list);
      const encoded = list.map(([name, value]): [string, string] => [name, Buffer.from(value).toString('latin1')]);
      const init = { method, headers: encoded, ...(body === undefined ? {} : { body: body as BodyInit }) };
      const response = await gateway.fetch(new Request(path.startsWith('/') ? base + path : path, init));
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
    },
    async close() {
      await gateway.close();
      keepAudit(options.auditLog);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A home lab with nothing in it yet. */
export function startEmptyHomeLab(options: GatewayOptions = {}): Promise<Lab> {
  const model = readModelFiles([
    builtInModelFiles[0] as string,
    new URL('../fixtures/home-lab.json', import.meta.url).pathname,
  ]);
  return startLab({ model, backend: [homeLabBackend()], ...options });
}

/** A home lab with its four entities, made through the protocol itself. */
export async function startHomeLab(options: GatewayOptions = {}): Promise<Lab> {
  const lab = await startEmptyHomeLab(options);
  const json = { 'content-type': 'application/occi+json' };
  const id = (location: string) => `urn:uuid:${location.slice(location.lastIndexOf('/') + 1)}`;
  const create = async (collection: string, entity: object) => {
    const { status, text } = await lab.request('POST', collection, { headers: json, body: JSON.stringify(entity) });
    if (status !== 201) throw new Error(`the fixture cannot be made: ${text}`);
  };
  const lamp = (location: string, title: string, watts: number, colour: string) =>
    create('/lamp/', {
      kind: `${home}lamp`,
      id: id(location),
      title,
      attributes: { 'test.lab.watts': watts, 'test.lab.colour': colour },
    });
  await lamp(L1, 'Reading lamp', 40, 'white');
  await lamp(L2, 'Hall lamp', 7.5, 'red');
  await create('/socket/', { kind: `${home}socket`, id: id(S1), title: 'Socket by the door' });
  await create('/plug/', {
    kind: `${home}plug`,
    id: id(P1),
    source: { location: L1 },
    target: { location: S1 },
    attributes: { 'test.lab.amps': 2.5 },
  });
  const on = JSON.stringify({ action: `${lampActions}on` });
  const switched = await lab.request('POST', `${L2}?action=on`, { headers: json, body: on });
  if (switched.status !== 200) throw new Error(`the lamp does not go on: ${switched.text}`);
  return lab;
}
