import { cdmiPath } from '../../gateway/reserved-paths.ts';
import type { StoredObject } from '../../store/objects.ts';
import { projectStore } from '../../store/project-store.ts';
import type { Store } from '../../store/store.ts';
import { objectIdName } from '../path.ts';
import type { Cdmi } from '../session.ts';
import { changedObjects, eventsOf } from './changed-objects.ts';
import { tidingsRecord, wanted } from './tidings.ts';
import type { Watches } from './watches.ts';

/** That something has been removed because its time had come. */
export interface ToldRemoval {
  /** To be written together with that. */
  readonly record: StoredObject;
  /** To be called when it is. */
  done(): void;
}

/** What is to be told when the server itself removes an object; nothing where nobody wants to know. */
export async function toldRemoval(
  { store, watches, newId, now }: Pick<Cdmi, 'newId' | 'now'> & { readonly store: Store; readonly watches: Watches },
  { id, revision, project, domain }: StoredObject,
): Promise<ToldRemoval | undefined> {
  const all = await watches.of(project);
  if (all.every(({ kind }) => kind === 'query')) return undefined;
  const changes = await changedObjects(projectStore(store, project), { remove: [{ id, revision }] });
  const operation = 'cdmi_delete';
  const uri = `${cdmiPath}${objectIdName}/${id}`;
  const log = {
    classes: ['cdmi_datasystem_logging'],
    operation,
    uri,
    ...(domain !== undefined && { domain }),
  } as const;
  const told = wanted(all, { time: now(), user: '', result: '204 No Content', events: eventsOf(changes), log });
  if (told === undefined) return undefined;
  return { record: tidingsRecord(all, project, newId(), told), done: () => watches.notice(project) };
}
