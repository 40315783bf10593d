import { expect } from 'vitest';
import { type Answer, base, type Lab } from '../home-lab.ts';
import { type Person, person } from '../tenants-lab.ts';
import { speaking } from './cdmi-lab.ts';

export const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
export const mixin = 'http://localhost/occi/cdmi#container';
export const iscsi = { 'OCCI/iSCSI': {} };

/** An entity of OCCI in JSON. */
export interface Shown {
  readonly mixins?: readonly string[];
  readonly title?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly actions?: readonly string[];
  readonly target?: { readonly location: string };
}

/** A container in JSON, as far as it is about exports. */
export interface ShownContainer {
  readonly objectID: string;
  readonly children: readonly string[];
  readonly exports?: Readonly<Record<string, Export>>;
}

export interface Export {
  readonly identifier: string;
  readonly permissions: readonly string[];
  readonly storage: string;
}

/** Somebody who speaks OCCI and CDMI. */
export interface Client {
  /** OCCI in JSON. */
  occi(method: string, path: string, value?: object): Promise<Answer>;
  /** CDMI. @param path below its root */
  cdmi(method: string, path: string, value?: object, kind?: string): Promise<Answer>;
  /** Makes a compute; its path. */
  compute(): Promise<string>;
  /** Makes and exports a container. */
  exported(path: string): Promise<ShownContainer>;
  container(path: string): Promise<ShownContainer>;
  show(path: string): Promise<Shown>;
  /** Links a compute to something; the path of the link. */
  link(compute: string, target: string): Promise<string>;
  /** The paths of all storage. */
  storages(): Promise<readonly string[]>;
}

/** A client of a gateway. @param who asks; whoever it is where nobody is asked */
export function client(lab: Lab, who: Person = person(lab, 'default')): Client {
  return clientOf(who.request);
}

/** The same, whatever way requests go. */
export function clientOf(request: Person['request']): Client {
  const json = 'application/occi+json';
  const occi = (method: string, path: string, value?: object) =>
    request(method, path, {
      headers: { accept: json, ...(value && { 'content-type': json }) },
      ...(value && { body: JSON.stringify(value) }),
    });
  const cdmi = (method: string, path: string, value?: object, kind = 'container') =>
    request(method, `/cdmi/${path}`, {
      headers: speaking(kind),
      ...(value && { body: JSON.stringify(value) }),
    });
  const made = (answer: Answer) => {
    expect(answer.status, answer.text).toBe(201);
    return new URL(answer.headers.get('location') as string).pathname;
  };
  const read = async <T>(asked: Promise<Answer>) => {
    const answer = await asked;
    expect(answer.status, answer.text).toBe(200);
    return answer.json() as T;
  };
  const self: Client = {
    occi,
    cdmi,
    compute: async () => made(await occi('POST', '/compute/', { kind: `${infrastructure}compute` })),
    async exported(path) {
      const answer = await cdmi('PUT', path, { exports: iscsi });
      expect(answer.status, answer.text).toBe(201);
      return self.container(path);
    },
    container: (path) => read<ShownContainer>(cdmi('GET', path)),
    show: (path) => read<Shown>(occi('GET', path)),
    link: async (source, target) => made(await occi('POST', '/storagelink/', linkBetween(source, target))),
    async storages() {
      const answer = await request('GET', '/storage/', { headers: { accept: 'text/uri-list' } });
      return answer.text.split('\n').flatMap((uri) => (uri === '' ? [] : [new URL(uri).pathname]));
    },
  };
  return self;
}

/** A storage link in JSON. */
export function linkBetween(source: string, target: string | undefined, attributes: object = {}): object {
  return {
    kind: `${infrastructure}storagelink`,
    source: { location: source },
    ...(target !== undefined && { target: { location: target } }),
    attributes,
  };
}

/** The path of the storage that stands for a container. */
export function storageOf({ exports }: ShownContainer, protocol = 'OCCI/iSCSI'): string {
  return new URL(exports?.[protocol]?.storage ?? base).pathname;
}

/**
 * What CDMI says of exports and what OCCI says of them: equal where both sides are as they have to be. Each line is a
 * container, the storage that stands for it, and the machines that are linked to it.
 */
export async function bothSides(
  who: Client,
): Promise<{ readonly cdmi: readonly string[]; readonly occi: readonly string[] }> {
  const cdmi: string[] = [];
  const open = [''];
  for (const path of open) {
    const container = await who.container(path);
    for (const { identifier, permissions, storage } of Object.values(container.exports ?? {})) {
      expect(identifier).toBe(container.objectID);
      cdmi.push(line(container.objectID, storage, permissions));
    }
    open.push(...container.children.filter((name) => name.endsWith('/')).map((name) => path + name));
  }
  const occi: string[] = [];
  for (const path of await who.storages()) {
    const { mixins = [], attributes } = await who.show(path);
    if (!mixins.includes(mixin)) continue;
    occi.push(line(String(attributes['cdmi.objectid']), path, await linkedTo(who, path)));
  }
  return { cdmi: cdmi.toSorted(), occi: occi.toSorted() };
}

async function linkedTo(who: Client, storage: string): Promise<readonly string[]> {
  const answer = await who.occi('GET', '/storagelink/');
  const { links = [] } = answer.json() as { links?: readonly (Shown & { source: { location: string } })[] };
  return links.filter(({ target }) => target?.location === storage).map(({ source }) => source.location);
}

function line(id: string, storage: string, machines: readonly string[]): string {
  const path = (uri: string) => new URL(uri, base).pathname;
  return [id, path(storage), ...machines.map(path).toSorted()].join(' ');
}

/**
 * Somebody who makes, exports, links, moves and removes a few containers that others work with at the same time.
 *
 * @param turn what is chosen next: a number of many
 * @param goesOn asked before each step
 * @returns how many steps were done that changed something
 */
export async function unrest(who: Client, machine: string, turn: () => number, goesOn: () => boolean): Promise<number> {
  const tops = ['a/', 'b/'];
  const pick = <T>(list: readonly T[]) => list[turn() % list.length] as T;
  const inner = () => `${pick(tops)}${pick(['x/', 'y/'])}`;
  let done = 0;
  const steps: readonly (() => Promise<Answer | undefined>)[] = [
    () => who.cdmi('PUT', pick(tops), {}),
    () => who.cdmi('PUT', inner(), {}),
    () => who.cdmi('PUT', inner(), { exports: iscsi }),
    () => who.cdmi('PUT', inner(), { exports: { 'OCCI/NFSv4': {} } }),
    () => who.cdmi('PUT', inner(), { exports: {} }),
    () => who.cdmi('PUT', `${inner()}`, { move: `/cdmi/${inner()}` }),
    () => who.cdmi('DELETE', inner()),
    () => who.cdmi('DELETE', pick(tops)),
    () => who.occi('POST', '/storagelink/', linkBetween(machine, `/cdmi/${inner()}`)),
    async () => {
      const storages = await who.storages();
      return storages.length === 0 ? undefined : who.occi('DELETE', pick(storages));
    },
    async () => {
      const { links = [] } = (await who.occi('GET', '/storagelink/')).json() as {
        links?: { location?: string; id: string }[];
      };
      const id = links.length === 0 ? undefined : pick(links).id;
      return id === undefined ? undefined : who.occi('DELETE', `/storagelink/${id.replace('urn:uuid:', '')}`);
    },
  ];
  while (goesOn()) {
    const answer = await pick(steps)();
    if (answer === undefined) continue;
    // Whatever the others do meanwhile, nothing of it is a mistake of ours.
    expect([200, 201, 204, 400, 404, 409], answer.text).toContain(answer.status);
    if (answer.status < 300) done++;
  }
  return done;
}

/** Numbers that are the same for the same beginning. */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
