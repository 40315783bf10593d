import { OcciError, quoteToken } from '../../occi/errors.ts';
import type { CapabilitiesTree } from '../capabilities.ts';
import type { Json, JsonObject } from '../object.ts';
import type { Comparison } from '../scope/condition.ts';
import { type Results, readResults } from '../scope/results.ts';
import { type Offered, readScope, type Scope } from '../scope/scope.ts';
import { type EventName, eventNames, type LoggingClass, loggingClasses } from './event.ts';
import type { Watching, WatchStatus } from './watching.ts';

/** What a queue is to be filled with. */
export interface Specification {
  readonly scope: Scope;
  readonly results: Results;
  /** Whether values of data objects are looked at, or told. */
  readonly wantsValue: boolean;
  /** The same of what is in containers. */
  readonly wantsChildren: boolean;
  readonly events: readonly EventName[];
  readonly classes: readonly LoggingClass[];
}

/** The items of the metadata that say it. */
export const specifyingItems: readonly string[] = [
  'cdmi_scope_specification',
  'cdmi_results_specification',
  'cdmi_notification_events',
  'cdmi_logging_class',
];

/**
 * Reads it. Without a scope, all objects are meant; without results, all fields but the value.
 *
 * @throws OcciError `bad-filter`
 */
export function readSpecification(metadata: JsonObject, capabilities: CapabilitiesTree): Specification {
  const {
    cdmi_scope_specification: scope = [],
    cdmi_results_specification: results,
    cdmi_notification_events: events = [],
    cdmi_logging_class: classes = [],
  } = metadata;
  const offered = offeredBy(capabilities);
  const hasValue = offered.includes('value');
  if (isObject(results) && Object.hasOwn(results, 'value') && !hasValue) {
    throw wrong('the results specification asks for value; cdmi_query_value is not offered here', 'value');
  }
  const isWhole = results === '' || (isObject(results) && Object.hasOwn(results, ''));
  const speaksOf = (field: string) =>
    mentions(scope, field) || (isObject(results) && Object.hasOwn(results, field)) || isWhole;
  return {
    scope: readScope(scope, offered),
    results: readResults(results ?? ''),
    wantsValue: hasValue && speaksOf('value'),
    wantsChildren: speaksOf('children') || speaksOf('childrenrange'),
    events: namesIn(events, eventNames, 'cdmi_notification_events'),
    classes: namesIn(classes, loggingClasses, 'cdmi_logging_class'),
  };
}

/**
 * The same of a queue that has been made before: what is offered may be less now.
 *
 * @returns why it cannot be filled any more, where that is so
 */
export function specificationOf(
  { kind }: Pick<Watching, 'kind'>,
  metadata: JsonObject,
  capabilities: CapabilitiesTree,
): Specification | WatchStatus {
  if (!capabilities.has(`cdmi_${kind}`)) return 'Halted';
  try {
    return readSpecification(metadata, capabilities);
  } catch (error) {
    if (error instanceof OcciError) return `Error: ${error.message}`;
    throw error;
  }
}

function offeredBy(capabilities: CapabilitiesTree): Offered {
  const comparisons: readonly Comparison[] = ['contains', 'tags', 'regex'];
  return [...comparisons, 'value' as const].filter((name) => capabilities.has(`cdmi_query_${name}`));
}

function mentions(scope: Json, field: string): boolean {
  return Array.isArray(scope) && scope.some((one) => isObject(one) && Object.hasOwn(one, field));
}

/** Some of the names there are; all where there are none. Clients send one without a list, too. */
function namesIn<N extends string>(given: Json, names: readonly N[], item: string): readonly N[] {
  const list: readonly Json[] = Array.isArray(given) ? given : [given];
  const unknown = list.find((one) => !(names as readonly Json[]).includes(one));
  if (unknown !== undefined) {
    throw wrong(`${item} must be a list of ${names.join(', ')}; there is no ${quoteToken(JSON.stringify(unknown))}`);
  }
  return list.length === 0 ? names : names.filter((name) => list.includes(name));
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function wrong(message: string, token?: string): OcciError {
  return new OcciError('bad-filter', message, token === undefined ? {} : { token });
}
