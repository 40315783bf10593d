import type { Backend, RequestContext } from '../backends/backend.ts';
import type { NameSpace } from '../occi/name-space.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { Catalogue } from './catalogue.ts';
import type { Credentials } from './credentials.ts';
import type { Keeper } from './keeper.ts';
import type { Limits } from './limits.ts';
import type { Outbox } from './outbox.ts';
import type { Policy } from './policy/policy.ts';
import type { Standing } from './quota/quotas.ts';
import type { Trail } from './trail.ts';

/** The provider of GFD.221, as one project sees it: everything the use cases work with. */
export interface Provider {
  /** Whose provider it is. What use cases make belongs to it. */
  readonly project: string;
  readonly store: ProjectStore;
  readonly catalogue: Catalogue;
  readonly outbox: Pick<Outbox, 'carryOut' | 'compensate' | 'pursue'>;
  readonly limits: Limits;
  /** The scheme of operating system templates that are made at run time. */
  readonly templateScheme: string;
  /** What the project uses, and may use. */
  quota(): Promise<readonly Standing[]>;
  /** How it stands with resources, by their names, as far as it may not use of them what it likes. */
  limited(...names: readonly string[]): Promise<readonly Standing[]>;
  /** The backend that serves a kind; entities of other kinds are records and nothing else. */
  backendOf(kind: string): Backend | undefined;
  /** Who keeps entities that no backend makes real, where there is such a one. */
  readonly keeper?: Keeper;
}

/** The versions of OCCI. */
export type Version = '1.1' | '1.2';

/** What a use case knows about the request it serves. */
export interface Scope {
  /** What is spoken with the client. */
  readonly version: Version;
  /** Who the client is. */
  readonly credentials: Credentials;
  /** What he may do, for as long as the request takes. */
  readonly policy: Policy;
  readonly space: NameSpace;
  readonly context: RequestContext;
  /** Where there is a record of who did what. */
  readonly trail?: Trail;
}
