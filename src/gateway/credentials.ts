import { commonProject } from '../occi/entity.ts';

/** What the id of a project can be: what X-OCCI-Project can carry, as headers have no more than ASCII for certain. */
export const projectForm = /^[\x21-\x7e]{1,255}$/;

/**
 * How it was proven who sends a request: by none of the ways, because nobody is asked; by one that comes with the
 * gateway; or by one that an application has brought, and has a name for.
 */
export type Proof = 'none' | 'basic' | 'keystone' | 'oidc' | 'x509' | `own:${string}`;

/** Who sends a request, as far as that has been proven. */
export interface Credentials {
  /** A stable id of the user, as whoever proved it has it. */
  readonly user: string;
  /** The project (tenant) in which the user works now: everything that is made belongs to it. */
  readonly project: string;
  /** Whose project that is, when it is that of somebody who runs the cloud and looks into another one: the own one. */
  readonly ownProject?: string;
  readonly roles: readonly string[];
  /** When they end, in milliseconds since the epoch; without it, with the request. */
  readonly expires?: number;
  readonly proof: Proof;
}

/** Where nobody is asked, everybody may do everything. */
export const anybody: Credentials = { user: 'anybody', project: commonProject, roles: ['admin'], proof: 'none' };
