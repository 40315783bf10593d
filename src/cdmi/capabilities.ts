import { createHash } from 'node:crypto';
import { OcciError } from '../occi/errors.ts';
import type { JsonObject } from './object.ts';
import { objectId } from './object-id.ts';
import { capabilitiesName } from './path.ts';

/** What is advertised, by the paths of capabilities objects below the root: text, or lists of it. */
export type Advertised = Readonly<Record<string, Capabilities>>;

type Capabilities = Readonly<Record<string, string | readonly string[]>>;

/** The types of objects that have capabilities of their own. */
export type Capable = 'container' | 'dataobject' | 'queue' | 'domain';

/** A capabilities object (ISO/IEC 17826 §12). */
export interface CapabilitiesObject {
  /** The object ID. */
  readonly id: string;
  /** With its final slash. */
  readonly name: string;
  /** That of the one it is in; none for the first, which is in the root container. */
  readonly parent?: string;
  /** The names on the way to it from the root of the tree. */
  readonly names: readonly string[];
  readonly capabilities: JsonObject;
  /** Names, with their slashes. */
  readonly children: readonly string[];
}

/** What the tree of capabilities is made for. */
export interface CapabilitiesOptions {
  readonly advertised: Advertised;
  /** What is not to be offered all the same, by name. */
  readonly without?: readonly string[];
  readonly enterprise: number;
  /** What tells this provider from others, so that IDs are the same after each start and nowhere else. */
  readonly identity: string;
}

/** What can be done here: what is advertised works, and what is not is refused. */
export class CapabilitiesTree {
  readonly #byPath: ReadonlyMap<string, CapabilitiesObject>;
  readonly #byId: ReadonlyMap<string, CapabilitiesObject>;

  constructor({ advertised, without = [], enterprise, identity }: CapabilitiesOptions) {
    const paths = Object.keys(advertised);
    const idOf = (path: string) => {
      const digest = createHash('sha256').update(`${identity} ${path}`).digest();
      return objectId(enterprise, digest.subarray(0, 16));
    };
    const objects = Object.entries(advertised).map(([path, all]): [string, CapabilitiesObject] => {
      const above = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
      const children = paths.filter((one) => one.startsWith(path) && /^[^/]+\/$/.test(one.slice(path.length)));
      const offered = Object.entries(all).filter(([name]) => !without.includes(name));
      return [
        path,
        {
          id: idOf(path),
          name: path.slice(above.length),
          ...(above !== '' && { parent: idOf(above) }),
          names: path.split('/').slice(1, -1),
          capabilities: Object.fromEntries(offered),
          children: children.map((one) => one.slice(path.length)),
        },
      ];
    });
    this.#byPath = new Map(objects);
    this.#byId = new Map(objects.map(([, one]) => [one.id, one]));
  }

  /** The object at a path below the first one. */
  at(names: readonly string[]): CapabilitiesObject | undefined {
    return this.#byPath.get([capabilitiesName, ...names, ''].join('/'));
  }

  byId(id: string): CapabilitiesObject | undefined {
    return this.#byId.get(id);
  }

  /** Whether the system as a whole has a capability, or objects of a type. */
  has(name: string, type?: Capable): boolean {
    return Object.hasOwn(this.at(type === undefined ? [] : [type])?.capabilities ?? {}, name);
  }

  /** @throws OcciError `invalid-request` for what is not advertised */
  require(name: string, type?: Capable): void {
    if (this.has(name, type)) return;
    throw new OcciError('invalid-request', `the capability ${name} is not offered here`, { token: name });
  }
}
