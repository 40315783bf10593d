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
  const json = 'application/occi+json';
  const occi = (method: string, path: string, value?: object) =>
    who.request(method, path, {
      headers: { accept: json, ...(value && { 'content-type': json }) },
      ...(value && { body: JSON.stringify(value) }),
    });
  const cdmi = (method: string, path: string, value?: object, kind = 'container') =>
    who.request(method, `/cdmi/${path}`, {
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
      const answer = await who.request('GET', '/storage/', { headers: { accept: 'text/uri-list' } });
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
