import { absolute, type NameSpace, normalise, path } from '../occi/name-space.ts';
import { ClientError } from './client-error.ts';

/**
 * The part of the URL space that an endpoint names: what stands in front of the locations of a server.
 *
 * @throws ClientError for what is no URL, or has credentials in it, which does not show it
 */
export function spaceOf(endpoint: string): NameSpace {
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new ClientError('unreachable', 'the endpoint is no URL', {
      advice: 'write https://cloud.example.org:11443, say',
    });
  }
  const { origin, pathname, username, password } = new URL(endpoint);
  if (username !== '' || password !== '') {
    // URLs get into logs and reports. Nobody is to be surprised there by a password, or here by being nobody.
    throw new ClientError('unreachable', 'the endpoint has credentials in it', {
      advice: "say them with the option credentials: { method: 'basic', username, password }",
    });
  }
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
