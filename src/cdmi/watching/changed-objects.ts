import { isDeepStrictEqual } from 'node:util';
import type { ProjectObjects } from '../../store/project-objects.ts';
import type { CdmiObject } from '../object.ts';
import type { Decision } from '../save.ts';
import { fromStored } from '../stored-form.ts';
import type { Event, EventName } from './event.ts';

/** An object that is changed, before and after. */
export interface ChangedObject {
  readonly before?: CdmiObject;
  readonly after?: CdmiObject;
  /** The names of what it is in then, from the root container, whose own is empty. */
  readonly above: readonly string[];
}

/**
 * What a decision changes of what clients see: not values of queues, snapshots, or what is hidden. What is removed with
 * the container it is in is not named, as nobody looks at it.
 */
export async function changedObjects(
  { objects }: { readonly objects: Pick<ProjectObjects, 'lineage'> },
  { create = [], update = [], remove = [] }: Pick<Decision, 'create' | 'update' | 'remove'>,
): Promise<readonly ChangedObject[]> {
  const created = new Map(create.map((object) => [object.id, object]));
  const ways = new Map<string, Way>([['', nowhere]]);
  const wayTo = async (id: string): Promise<Way> => {
    const known = ways.get(id);
    if (known !== undefined) return known;
    const object = created.get(id);
    const way =
      object === undefined
        ? wayOf((await objects.lineage(id)).map(fromStored))
        : below(await wayTo(object.parent), object);
    ways.set(id, way);
    return way;
  };
  const changes: ChangedObject[] = [];
  const add = ({ names, isHidden }: Way, change: Omit<ChangedObject, 'above'>): void => {
    const { kind } = (change.after ?? change.before) as CdmiObject;
    if (!isHidden && kind !== 'queue-value') changes.push({ ...change, above: names });
  };
  for (const { id } of remove) {
    const way = (await objects.lineage(id)).map(fromStored);
    const before = way.at(-1);
    if (before !== undefined) add(visible(wayOf(way.slice(0, -1)), before), { before });
  }
  for (const after of update) {
    const before = (await objects.lineage(after.id)).map(fromStored).at(-1);
    if (before !== undefined) add(visible(await wayTo(after.parent), after), { before, after });
  }
  for (const after of create) add(visible(await wayTo(after.parent), after), { after });
  return changes;
}

/** What something is in. */
interface Way {
  readonly names: readonly string[];
  readonly isHidden: boolean;
}

const nowhere: Way = { names: [], isHidden: false };

function wayOf(way: readonly CdmiObject[]): Way {
  return way.reduce(below, nowhere);
}

function below(way: Way, object: CdmiObject): Way {
  return { ...visible(way, object), names: [...way.names, object.name] };
}

function visible(way: Way, { hidden }: CdmiObject): Way {
  return { ...way, isHidden: way.isHidden || hidden === true };
}

/**
 * The events that a change is (ISO/IEC 17826 §21). Queues that the server fills make none: they would fill each other
 * for ever.
 *
 * @param as what has been done with the first of them besides
 */
export function eventsOf(changes: readonly ChangedObject[], as?: EventName): readonly Event[] {
  const first = changes.find(({ before, after }) => (as === 'cdmi_copy' ? before === undefined : after !== undefined));
  return changes.flatMap((change): readonly Event[] => {
    const { before, after, above } = change;
    const object = after ?? before;
    if (object === undefined || [before, after].some(isFilled)) return [];
    const names = [...namesOf(before, after), ...(change === first && as !== undefined ? [as] : [])];
    return names.map((name) => ({ name, object, above }));
  });
}

function isFilled(object: CdmiObject | undefined): boolean {
  return object?.kind === 'queue' && object.watching !== undefined;
}

function namesOf(before: CdmiObject | undefined, after: CdmiObject | undefined): readonly EventName[] {
  if (after === undefined) return ['cdmi_delete'];
  if (before === undefined) {
    if (after.kind === 'reference') return ['cdmi_reference'];
    return [after.completion === 'Processing' ? 'cdmi_create_processing' : 'cdmi_create_complete'];
  }
  const names: EventName[] = [];
  if (before.parent !== after.parent || before.name !== after.name) names.push('cdmi_rename');
  // What is written again as it was, or in fewer pieces, has not been modified.
  if (before.modified !== after.modified) names.push(modified(before, after));
  if (!isDeepStrictEqual(exportsIn(before), exportsIn(after))) names.push('cdmi_export');
  return names;
}

function modified(before: CdmiObject, after: CdmiObject): EventName {
  if (after.completion === 'Processing') return 'cdmi_modify_processing';
  return isComing(before) ? 'cdmi_create_complete' : 'cdmi_modify_complete';
}

function exportsIn(object: CdmiObject): unknown {
  return object.kind === 'container' ? object.exports : {};
}

function isComing(object: CdmiObject): boolean {
  return object.kind === 'dataobject' && object.coming === true;
}

/** An object that is written, with what it has to be known of it the next time. */
export function marked(object: CdmiObject, isNew: boolean): CdmiObject {
  if (object.kind !== 'dataobject') return object;
  const { coming, ...plain } = object;
  return object.completion === 'Processing' && (isNew || coming === true) ? { ...plain, coming: true } : plain;
}
