import { ClientError } from '../client-error.ts';

/** Where a CDMI server begins: the root URI, with its final slash (ISO/IEC 17826 §5.10). */
export type RootUrl = string;

/**
 * The URL of an object.
 *
 * @param path below the root, as people write it: no escapes, a slash at the end of containers
 * @throws ClientError `not-offered` for names that no URL can have
 */
export function urlAt(root: RootUrl, path: string): string {
  return root + bare(path).split('/').map(escaped).join('/');
}

/** The same as JSON has it: an absolute path without escapes (§5.10, as of CDMI 1.1.1). */
export function uriInJson(root: RootUrl, path: string): string {
  return decodeURIComponent(new URL(root).pathname) + bare(path);
}

/** The path of a container. */
export function asContainer(path: string): string {
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}

/** The path of something in a container. */
export function childOf(container: string, name: string): string {
  return asContainer(container) + name;
}

/** The path of the container that something is in; of what is at the root the empty one. */
export function parentOf(path: string): string {
  return path.replace(/[^/]*\/*$/, '');
}

/** The name alone, without the slash of containers. */
export function nameIn(path: string): string {
  return /([^/]*)\/*$/.exec(path)?.[1] ?? '';
}

/** Whether what is at a path can be nothing but a domain: they have a place of their own (ISO/IEC 17826 §10.1). */
export function isDomain(path: string): boolean {
  return bare(path).startsWith('cdmi_domains/');
}

/** Paths begin below the root, whether there is a slash in front or not; doubled ones are mistakes. */
function bare(path: string): string {
  return path.replace(/^\/+/, '').replace(/\/{2,}/g, '/');
}

/** Dots alone are steps in a URL, escaped or not, and lead to where nobody has wanted to go. */
function escaped(name: string): string {
  if (name !== '.' && name !== '..') return encodeURIComponent(name);
  throw new ClientError('not-offered', `${JSON.stringify(name)} cannot be the name of an object`, {
    advice: 'name the object by its whole path',
  });
}
