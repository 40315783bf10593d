import { type Found, isHolder } from './found.ts';
import { type CdmiPath, readPath, readPlainPath } from './path.ts';
import { invalid } from './refusals.ts';
import { readSelectors, type Selectors } from './selectors.ts';
import type { Session } from './session.ts';
import { find } from './tree.ts';

/** What a URI in JSON leads to. */
export interface Referred {
  readonly found: Found;
  /** The parts of it that are meant. */
  readonly selectors: Selectors;
}

/**
 * Follows a URI in JSON (ISO/IEC 17826 §5.10): an absolute one, or one that is resolved against the root URI, by path or
 * by ID. Names stand there without escapes; clients that escape them all the same are understood.
 *
 * @throws OcciError `invalid-request` when there is nothing, or when it is somewhere else
 */
export async function follow(session: Session, uri: string): Promise<Referred> {
  const [path = '', query] = split(below(session, uri));
  const candidates = [() => readPlainPath(path), ...(path.includes('%') ? [() => readPath(path)] : [])];
  for (const read of candidates) {
    const found = await findIn(session, read);
    if (found === undefined) continue;
    if (found.object.kind === 'reference')
      throw invalid(`${JSON.stringify(uri)} is a reference; name what it leads to`, uri);
    return { found, selectors: query === undefined ? [] : readSelectors(query) };
  }
  throw invalid(`there is nothing at ${JSON.stringify(uri)}`, uri);
}

async function findIn(session: Session, read: () => CdmiPath): Promise<Found | undefined> {
  const path = read();
  if (path.from === 'capabilities' || path.from === 'ids') return undefined;
  const found = await find(session, path);
  return path.slash && found !== undefined && !isHolder(found.object) ? undefined : found;
}

/** The path below the root URI; clients that take the root for `/` are understood. */
function below({ root }: Session, uri: string): string {
  const [origin] = /^https?:\/\/[^/?#]*/i.exec(uri) ?? [];
  const rest = uri.slice(origin?.length ?? 0);
  if (origin !== undefined && origin.toLowerCase() !== root.origin.toLowerCase()) {
    throw invalid(`${JSON.stringify(uri)} is not on this server, and others are not asked`, uri);
  }
  return rest.startsWith(root.path) ? rest.slice(root.path.length - 1) : rest;
}

function split(uri: string): readonly string[] {
  const at = uri.indexOf('?');
  return at === -1 ? [uri] : [uri.slice(0, at), uri.slice(at + 1)];
}
