import { absolute, type NameSpace, normalise, path } from '../occi/name-space.ts';

/** The part of the URL space that an endpoint names: what stands in front of the locations of a server. */
export function spaceOf(endpoint: string): NameSpace {
  const { origin, pathname } = new URL(endpoint);
  return { origin, prefix: pathname.replace(/\/+$/, '') };
}

/**
 * The location that a reference means: the path of a URL, below the prefix. The host does not count. Servers behind a
 * proxy do not know how they are reached, and credentials go to the endpoint only.
 */
export function locationOf({ prefix }: NameSpace, reference: string): string {
  const bare = reference.trim().replace(/^<(.*)>$/, '$1');
  const rest = bare.replace(/^https?:\/*[^/?#]*/i, '');
  const location = normalise(rest.startsWith('/') ? rest : `/${rest}`);
  if (prefix === '' || (location !== prefix && !location.startsWith(`${prefix}/`))) return location;
  return location.slice(prefix.length) || '/';
}

/** A reference as the target of a link in a request: the path on this server, or the URL of something elsewhere. */
export function targetOf(space: NameSpace, reference: string): string {
  return isElsewhere(space, reference) ? reference : path(space, locationOf(space, reference));
}

/** A reference in an answer as a URL to go on with. */
export function urlOf(space: NameSpace, reference: string): string {
  return isElsewhere(space, reference) ? reference : absolute(space, locationOf(space, reference));
}

/** Whether a reference is for another host. Another scheme or port is what proxies make of the same one. */
function isElsewhere(space: NameSpace, reference: string): boolean {
  const url = URL.parse(reference);
  return url !== null && url.hostname !== new URL(space.origin).hostname;
}
