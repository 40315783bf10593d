import type { CdmiObject } from '../object.ts';

/** What can become of an object (ISO/IEC 17826 §21). */
export const eventNames = [
  'cdmi_create_processing',
  'cdmi_create_complete',
  'cdmi_read',
  'cdmi_modify_processing',
  'cdmi_modify_complete',
  'cdmi_rename',
  'cdmi_copy',
  'cdmi_reference',
  'cdmi_delete',
  'cdmi_export',
  'cdmi_snapshot',
] as const;

export type EventName = (typeof eventNames)[number];

/** What a log can be about (§20). */
export const loggingClasses = ['cdmi_object_logging', 'cdmi_datasystem_logging', 'cdmi_security_logging'] as const;

export type LoggingClass = (typeof loggingClasses)[number];

/** Something that has become of an object. */
export interface Event {
  readonly name: EventName;
  /** As it is then; what has been deleted, as it was. */
  readonly object: CdmiObject;
  /** The names of what it is in, from the root container, whose own is empty. */
  readonly above: readonly string[];
}

/** A message for logs. */
export interface LogMessage {
  readonly classes: readonly LoggingClass[];
  /** The method of the request; of what the server does by itself, the name of the event. */
  readonly operation: string;
  /** The path that was asked for. */
  readonly uri: string;
  /** The ID of the domain of what it was about, where that is not the one at the top. */
  readonly domain?: string;
}

/** What is to be told: kept until it is in all queues that are to have it. */
export interface Tidings {
  /** In microseconds since 1970. */
  readonly time: number;
  /** Who has done it; empty for the server itself. */
  readonly user: string;
  /** `201 Created` */
  readonly result: string;
  readonly events: readonly Event[];
  readonly log?: LogMessage;
}
