import { asContainer, childOf, nameIn } from '../../../client/cdmi/remote-path.ts';
import { hasChildren, type RemoteObject } from '../../../client/index.ts';
import { UsageError } from '../usage-error.ts';
import type { CdmiWork } from './cdmi-work.ts';

/** Where several things go, or one: into a container, or to a path of its own. */
export interface Destination {
  /** The path for something. */
  pathFor(name: string): string;
}

/**
 * What somebody means by the last word of `cp`, `mv` and `put`: a container that is there, or a path that ends with a
 * slash, is what things go into; anything else is the new path.
 *
 * @param count how many things there are
 * @throws UsageError where several things cannot go
 */
export async function destinationAt({ client }: CdmiWork, path: string, count: number): Promise<Destination> {
  const there = path === '' || path.endsWith('/') ? undefined : await client.find(path);
  const isInto = path === '' || path.endsWith('/') || (there !== undefined && hasChildren(there));
  if (isInto) return { pathFor: (name) => childOf(path, name) };
  if (count > 1) throw new UsageError(`${path} is no container`, `write ${asContainer(path)} to make it one`);
  return { pathFor: () => path };
}

/** The name that something has where it goes: that of the reference, when one has led to it. */
export function nameOf({ path, reference = path }: RemoteObject): string {
  return nameIn(reference);
}
