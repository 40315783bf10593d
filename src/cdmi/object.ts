import type { Ace } from './acl/ace.ts';
import type { Value } from './values/value.ts';
import type { Watching } from './watching/watching.ts';

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** An object of CDMI as use cases see it (ISO/IEC 17826 §5). */
export type CdmiObject = Container | DataObject | Queue | QueueValue | Reference | Domain | Summary;

/** What every object has. Times are in microseconds since 1970, as CDMI writes them (§5.14). */
interface Common {
  /** The object ID (§5.10), in upper case. */
  readonly id: string;
  readonly project: string;
  /** The ID of the container; for a root see `rootOf` in the store; empty where it is found by its ID alone. */
  readonly parent: string;
  /** Without the final slash of containers. */
  readonly name: string;
  readonly revision: number;
  readonly created: number;
  readonly modified: number;
  /** Who made it, or took it (`cdmi_owner`). */
  readonly owner: string;
  /** What clients have set: user metadata, and the `cdmi_…` items that they may set, but `cdmi_acl`. */
  readonly metadata: JsonObject;
  /** What it was given itself, in order, with what it inherited when it was made (§16.1). */
  readonly acl: readonly Ace[];
  /** Fields the standard does not define: kept and returned (§5.11). */
  readonly others: JsonObject;
  readonly completion: Completion;
  /** Reserved: not listed among its parent's children. */
  readonly hidden?: true;
  /** The ID of the domain that it belongs to, where that is not the one at the top (§10). */
  readonly domain?: string;
}

/** How far an operation has come that made an object (§5.15). */
export type Completion = 'Complete' | 'Processing' | `Error: ${string}`;

export interface Container extends Common {
  readonly kind: 'container';
  /** By protocol, as CDMI writes them (§13). */
  readonly exports: JsonObject;
  /** The location of the OCCI storage that stands for it while it is exported. */
  readonly storage?: string;
}

export interface DataObject extends Common {
  readonly kind: 'dataobject';
  /** In lower case, with its parameters. */
  readonly mimetype: string;
  readonly encoding: 'utf-8' | 'base64' | 'json';
  readonly value: Value;
  /** Upper-case Base16 of the value's hash, where one is asked for (`cdmi_value_hash`). */
  readonly hash?: string;
  /** It has not been complete yet, since it was made. */
  readonly coming?: true;
  /** When the value was worked out, where that is done for whoever reads it. */
  readonly asOf?: number;
}

/** A queue (§11). Its values are members of it, named by their designators. */
export interface Queue extends Common {
  readonly kind: 'queue';
  /** The designator that the next value gets. */
  readonly next: number;
  /** Where the server fills it. */
  readonly watching?: Watching;
}

/** A value in a queue: no object to CDMI. Its name is its designator, with zeros before it so that names are in order. */
export interface QueueValue extends Common {
  readonly kind: 'queue-value';
  readonly mimetype: string;
  readonly encoding: 'utf-8' | 'base64' | 'json';
  readonly value: Value;
}

/** A name that leads to another URI (§5.16, 9.). */
export interface Reference extends Common {
  readonly kind: 'reference';
  readonly target: string;
}

/** A domain (§10): what belongs to it can be used as long as it is enabled. */
export interface Domain extends Common {
  readonly kind: 'domain';
  /** It has been deleted, and has no name any more: what belonged to it belongs to what it belongs to. */
  readonly gone?: true;
}

/**
 * What is noted down of a domain, below it. Whoever reads it sees a data object instead, whose value is made of that:
 * no use case gets to see this one.
 */
export interface Summary extends Common {
  readonly kind: 'note';
  readonly account: JsonObject;
}
