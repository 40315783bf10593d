import type { Asking } from '../gateway/policy/authorize.ts';
import type { Provider } from '../gateway/provider.ts';
import { cdmiPath } from '../gateway/reserved-paths.ts';
import type { Model } from '../occi/model.ts';
import type { NameSpace } from '../occi/name-space.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { mask } from './acl/bits.ts';
import { suffices } from './acl/needs.ts';
import { type Principal, permitted, permittedAtRoot, principalOf } from './acl/permitted.ts';
import type { CapabilitiesTree } from './capabilities.ts';
import type { DomainSummaries } from './domains/summary/domain-summaries.ts';
import { type Found, isRoot } from './found.ts';
import type { MetadataLimits } from './metadata/limits.ts';
import { forbidden } from './refusals.ts';
import type { ValueReader } from './values/value-reader.ts';
import type { ValueStore } from './values/value-store.ts';
import type { Watches } from './watching/watches.ts';

/** What all requests to CDMI share. */
export interface Cdmi {
  readonly values: ValueStore;
  readonly reader: ValueReader;
  /** Is told that something has been committed. */
  readonly noticed: () => void;
  /** Who is to be told of what is changed. */
  readonly watches: Watches;
  readonly capabilities: CapabilitiesTree;
  /** A new object ID. */
  readonly newId: () => string;
  /** The time, in microseconds since 1970. */
  readonly now: () => number;
  readonly limits: CdmiLimits;
  /** The standards by which containers are exported to machines: `iSCSI` for `OCCI/iSCSI`. */
  readonly exports: readonly string[];
  /** Sums up what domains have and do, where that is offered. */
  readonly summaries?: DomainSummaries;
}

/** The root URI (ISO/IEC 17826 §5.10). */
export interface Root {
  /** `http://host:port`, without a final slash. */
  readonly origin: string;
  /** `/cdmi/`, with what the gateway is mounted under before it. */
  readonly path: string;
}

/** Bounds on what one request may do. */
export interface CdmiLimits {
  /** The largest value, in bytes (413). */
  readonly valueBytes: number;
  /** The largest value that is read from the beginning to find something out about it, its hash for one (413). */
  readonly readBytes: number;
  /** How many objects may be copied at once (413). */
  readonly batch: number;
  readonly metadata: MetadataLimits;
}

/** One request, as the use cases know it. */
export interface Session extends Cdmi, Asking {
  readonly project: string;
  /** Where CDMI begins, for the client. */
  readonly root: Root;
  /** Where OCCI has what is there. */
  readonly space: NameSpace;
  /** What there is in OCCI. */
  readonly model: Model;
  /** What the project has, and nothing else. */
  readonly store: Pick<ProjectStore, 'objects' | 'commit' | 'view' | 'views' | 'linksAt'>;
  readonly limited: Provider['limited'];
  /** Who asks, to access control lists. */
  readonly principal: Principal;
  /** What the request is, for those who keep a log; nothing where it is not one to CDMI. */
  readonly occasion?: Occasion;
}

/** A request, as logs have it. */
export interface Occasion {
  readonly method: string;
  /** The path that was asked for, with what is behind `?`. */
  readonly uri: string;
  /** Whether the logs know of it: what is changed, they are told in the same commit. */
  isTold: boolean;
  /** What it reads; nothing before that has been found. */
  read?: Found;
}

/** A request, of whatever standard. @param space where its client finds what there is */
export function sessionFor(
  cdmi: Cdmi,
  { project, store, catalogue, limited }: Pick<Provider, 'project' | 'store' | 'catalogue' | 'limited'>,
  { credentials, policy, trail }: Asking,
  space: NameSpace,
): Session {
  return {
    ...cdmi,
    credentials,
    policy,
    ...(trail && { trail }),
    project,
    root: { origin: space.origin, path: space.prefix + cdmiPath },
    space,
    model: catalogue.model,
    store,
    limited,
    principal: principalOf(credentials, policy.rule('admin')?.check(credentials, credentials) === true),
  };
}

/** All that somebody may do with an object, as a mask; everything where access control is switched off. */
export function grantedTo(
  { principal, capabilities }: Pick<Session, 'principal' | 'capabilities'>,
  found: Found,
): number {
  if (!capabilities.has('cdmi_security_access_control')) return mask.ALL_PERMS;
  return isRoot(found) ? permittedAtRoot(principal, found.object) : permitted(principal, found.object);
}

/** Whether somebody may do something with an object. @param suffices tells it from all that is permitted */
export function allows(session: Session, found: Found, suffices: (granted: number) => boolean): boolean {
  if (!suffices(grantedTo(session, found))) return false;
  noteForced(session, found, suffices);
  return true;
}

/**
 * Notes where it is only because of who he is that somebody may do something with the root container: its list is
 * against it (ISO/IEC 17826 §16.1.6).
 */
export function noteForced(session: Session, found: Found, suffices: (granted: number) => boolean): void {
  const { trail, principal, capabilities } = session;
  if (trail === undefined || !isRoot(found) || !capabilities.has('cdmi_security_access_control')) return;
  if (!suffices(permitted(principal, found.object))) trail.forced.add(found.object.id);
}

/**
 * Lets a request go on that needs something of an object.
 *
 * @param need one of its bits is enough
 * @param what it is for, for people
 * @throws OcciError `forbidden`
 */
export function permit(session: Session, found: Found, need: number, what: string): void {
  if (!allows(session, found, (granted) => suffices(granted, need))) throw forbidden(found.object, what);
}
