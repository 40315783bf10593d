import { createHash } from 'node:crypto';
import { OcciError } from '../../occi/errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Incoming } from '../incoming.ts';

/** Who did what, or was not let: one line of the record. What is not known is not there. */
export interface AuditEntry {
  /** When it was answered, RFC 3339 in UTC. */
  readonly time: string;
  readonly requestId: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly status: number;
  /** The error code, and of what was forbidden the policy rule. */
  readonly code?: string;
  readonly rule?: string;
  /** Where the request came from. */
  readonly address?: string;
  readonly user?: string;
  /** The project that was worked in. */
  readonly project?: string;
  /** The one of the user, where that is another. */
  readonly ownProject?: string;
  readonly roles?: readonly string[];
  /** How it was proven who it is. */
  readonly proof?: string;
  /** The user whose password was to be guessed. */
  readonly triedUser?: string;
  /** SHA-256 of the token, in hexadecimal, by which requests with the same one are known. */
  readonly token?: string;
  readonly method: string;
  readonly target: string;
  readonly path?: string;
  /** What was asked for, in the words of policy rules. */
  readonly operations?: readonly string[];
  /** Locations of entities, IDs of objects of CDMI; of mixins the type identifiers. */
  readonly created?: readonly string[];
  readonly changed?: readonly string[];
  readonly deleted?: readonly string[];
  readonly mixinsAdded?: readonly string[];
  readonly mixinsRemoved?: readonly string[];
  /** IDs of root containers of CDMI whose access control list was against it; see `permittedAtRoot`. */
  readonly forced?: readonly string[];
}

/** What a request leaves in the record: nothing when it was only for reading, and that was plainly allowed. */
export function auditEntry(exchange: Exchange): AuditEntry | undefined {
  const { incoming, requestId, status, route, credentials, trail, failure } = exchange;
  const operations = [...(trail?.operations ?? [])];
  const error = failure instanceof OcciError ? failure : undefined;
  const guess = error?.details.guess;
  const isRefused = status === 401 || status === 403 || guess !== undefined;
  const reads = incoming.method === 'GET' || incoming.method === 'HEAD' || incoming.method === 'OPTIONS';
  const forced = [...(trail?.forced ?? [])];
  if (!isRefused && forced.length === 0 && (reads || operations.length === 0)) return undefined;
  const { create, update, remove, addMixins, removeMixins, objects } = trail?.changes ?? {};
  const { address, location } = incoming;
  const token = tokenOf(incoming);
  return {
    time: new Date().toISOString(),
    requestId,
    outcome: status < 400 ? 'done' : isRefused ? 'refused' : 'failed',
    status,
    ...(error && { code: error.code }),
    ...(error?.code === 'forbidden' && error.details.token !== undefined && { rule: error.details.token }),
    ...(address !== undefined && { address }),
    ...(credentials && {
      user: credentials.user,
      project: credentials.project,
      ...(credentials.ownProject !== undefined && { ownProject: credentials.ownProject }),
      roles: credentials.roles,
      proof: credentials.proof,
    }),
    ...(guess?.user !== undefined && { triedUser: guess.user }),
    ...(token !== undefined && { token: createHash('sha256').update(token).digest('hex') }),
    method: incoming.method,
    target: route,
    ...(location !== undefined && { path: location }),
    ...some('operations', operations),
    ...some('created', [...(create?.map(where) ?? []), ...(objects?.create?.map(idOf) ?? [])]),
    ...some('changed', [...(update?.map(where) ?? []), ...(objects?.update?.map(idOf) ?? [])]),
    ...some('deleted', [...(remove?.map(where) ?? []), ...(objects?.remove?.map(idOf) ?? [])]),
    ...some(
      'mixinsAdded',
      addMixins?.map(({ id }) => id),
    ),
    ...some('mixinsRemoved', removeMixins),
    ...some('forced', forced),
  };
}

const where = ({ location }: { readonly location: string }) => location;

const idOf = ({ id }: { readonly id: string }) => id;

function some(name: keyof AuditEntry, values: readonly string[] = []): Partial<AuditEntry> {
  return values.length === 0 ? {} : { [name]: values };
}

/** A token that was sent, whether it was right or wrong. Passwords are none: they could be guessed from a digest. */
function tokenOf(incoming: Incoming): string | undefined {
  return incoming.header('x-auth-token') ?? /^bearer +(\S+)/i.exec(incoming.header('authorization') ?? '')?.[1];
}
