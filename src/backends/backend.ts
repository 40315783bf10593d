import type { ActionInvocation } from '../occi/action.ts';
import type { Attributes, Value } from '../occi/attribute.ts';
import type { Entity } from '../occi/entity.ts';
import type { ErrorCode } from '../occi/errors.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { ModelFragment } from '../occi/model.ts';

/**
 * What makes entities real. The gateway keeps the record; a backend turns intents into commands, delivers them, and
 * reports what happens.
 *
 * `plan` is pure: its commands are written in the same transaction as the record. `deliver` may be called again with
 * a command that was carried out already (after a crash), so commands are idempotent.
 */
export interface Backend {
  /** Short, stable: it stands in stored commands. */
  readonly name: string;
  /** Categories it brings, such as templates. */
  readonly offers: ModelFragment;
  /** Whether entities of this kind (a type identifier) are its business. */
  serves(kind: string): boolean;
  /** The commands that make an intent real, in order; none when there is nothing to do. */
  plan(intent: Intent, context: RequestContext): readonly PlannedCommand[];
  /** The locations of the entities that a command needs besides its own: what is left over about them comes first. */
  needs?(command: PlannedCommand): readonly string[];
  /**
   * Has a command carried out.
   *
   * @returns what it already knows about the result
   * @throws Refusal when the command will not be carried out, however often it is tried
   * @throws Unreachable when nobody can be asked now; {@link Unanswered} when it may have been carried out all the same
   */
  deliver(command: DeliverableCommand, record: RecordReader): Promise<readonly EntityEvent[]>;
  /**
   * Reports what happens on its own. Events are plain observations; repeating one does no harm. One that a listener
   * has not resolved for is told again after a crash, where the backend can.
   */
  subscribe(listener: (event: EntityEvent) => Promise<void> | void): () => void;
  /**
   * Compares the record with what really exists, and tells how it is. What exists by mistake it removes itself.
   *
   * @throws Unreachable when nothing can be said now
   */
  survey(record: RecordReader): AsyncIterable<EntityEvent>;
  /** Is told when events may have been missed, so that a survey is due. */
  onDoubt?(listener: () => void): () => void;
  /** The hosts it works on, as far as it has several and knows them. */
  hosts?(): readonly HostStatus[];
  /** @throws Error saying what is missing */
  health(): Promise<void>;
  close(): Promise<void>;
}

/** A host, as far as it is known. */
export interface HostStatus {
  readonly host: string;
  /** `silent`: it has not been heard of for longer than it may be. */
  readonly state: 'up' | 'draining' | 'down' | 'silent';
  /** The last sign of life; none when it is only known from the record. */
  readonly lastSeen?: Date;
  /** What it has told about its load. */
  readonly load?: {
    readonly instances?: number | undefined;
    readonly capacity?: HostShare | undefined;
    readonly used?: HostShare | undefined;
  };
  /** How many machines of this provider it had that are in no record, when they were compared last. */
  readonly unknown?: number;
}

/** A part of a host: memory in MiB, disk in GiB; null where there is no limit. */
export interface HostShare {
  readonly vcpus: number | null;
  readonly memory_mb: number | null;
  readonly disk_gb: number | null;
}

/** Who asks. Goes with commands so that agents can tell; never holds credentials. */
export interface RequestContext {
  readonly requestId: string;
  readonly user?: string;
  readonly project?: string;
  /** What the request is part of, in W3C Trace Context form. */
  readonly traceparent?: string;
}

/** What the gateway wants to become true. `links` of a delete are intents of their own. */
export type Intent =
  | { readonly do: 'create'; readonly entity: Entity; readonly source?: Entity; readonly target?: Entity }
  | { readonly do: 'update'; readonly before: Entity; readonly after: Entity; readonly changed: Attributes }
  | {
      readonly do: 'act';
      readonly entity: Entity;
      readonly invocation: ActionInvocation;
      /** The template that `save` makes. */
      readonly template?: Mixin;
    }
  | { readonly do: 'delete'; readonly entity: Entity; readonly source?: Entity; readonly target?: Entity };

/** A command as a backend plans it: plain JSON, understood by nobody else. */
export interface PlannedCommand {
  readonly location: string;
  readonly body: unknown;
}

export interface DeliverableCommand extends PlannedCommand {
  /** The same at every delivery. */
  readonly id: string;
  /** It may have been delivered before, and may have been carried out then. */
  readonly redelivered?: boolean;
}

/** How a backend looks into the record: entities as they are now. */
export interface RecordReader {
  at(location: string): Promise<Entity | undefined>;
  byId(id: string): Promise<Entity | undefined>;
  /** The links that start or end at a location. */
  linksAt(location: string): Promise<readonly Entity[]>;
  /** All entities of a kind. */
  entities(kind: string): AsyncIterable<Entity>;
}

/** Something that happened to an entity. Only what is given has changed. */
export interface EntityEvent {
  /** The `occi.core.id` of the entity. */
  readonly id: string;
  /** A state of its kind's lifecycle. */
  readonly state?: string;
  /** What is going on; null when nothing is. */
  readonly message?: string | null;
  readonly attributes?: Attributes;
  /** Mixins it has by nature, as type identifiers; they are put on it where the model has them. */
  readonly mixins?: readonly string[];
  readonly handle?: Readonly<Record<string, Value>>;
  /** It does not exist any more. */
  readonly gone?: true;
  /**
   * Who says so. An entity is on the host that spoke of it first (`handle.host`); what others say about it is not
   * believed. Without one it is believed in any case.
   */
  readonly host?: string;
  /** When that host said so, by its own clock, as a text that sorts by time. What is older than its last word is not news. */
  readonly at?: string;
  /** The revision of the entity that this was compared with. Once it has changed, another comparison has to tell. */
  readonly basis?: number;
}

/** A command that will not be carried out, with the code the client is told. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Nobody is there to carry out a command. It may work later. */
export class Unreachable extends Error {
  override readonly name: string = 'Unreachable';
}

/** Nobody has answered a command in time. Perhaps it was carried out, perhaps it will be. */
export class Unanswered extends Unreachable {
  override readonly name = 'Unanswered';
}
