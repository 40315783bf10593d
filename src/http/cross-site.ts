import { z } from 'zod';
import { OcciError, quoteToken } from '../occi/errors.ts';
import type { Incoming } from './incoming.ts';

/** The sites, other than the gateway's own, whose pages may send something: all, or these (RFC 6454 §6.2). */
export type TrustedOrigins = '*' | readonly string[];

/** Which sites to trust, as a setting has it. */
export const trustedOrigins = z.union([
  z.literal('*'),
  z
    .string()
    .transform((value): readonly string[] => value.split(',').map((one) => one.trim()))
    .refine(
      (all) => all.every((one) => /^https?:/.test(one) && URL.canParse(one) && new URL(one).origin === one),
      'must be *, or origins such as https://portal.example.org',
    ),
]);

/**
 * Lets nothing be changed by pages of other sites. A browser sends their forms and plain text anywhere, along with the
 * password or certificate that it keeps for the place; but it says so (Fetch Metadata §2.3, RFC 6454 §7.2). Clients that
 * are no browsers say nothing of the kind, and are let through.
 *
 * @throws OcciError `cross-site`
 */
export function refuseOtherSites(incoming: Incoming, trusted: TrustedOrigins): void {
  const { method } = incoming;
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || trusted === '*') return;
  const site = incoming.header('sec-fetch-site');
  const origin = incoming.header('origin');
  if (site === undefined ? origin === undefined || isOwn(origin, incoming) : ownSites.includes(site)) return;
  if (origin !== undefined && trusted.includes(origin)) return;
  const whose = origin === undefined ? 'another site' : quoteToken(origin);
  throw new OcciError(
    'cross-site',
    `a page of ${whose} must not change anything here; if it may, its origin has to be in OCCI_TRUSTED_ORIGINS`,
    { token: origin ?? site ?? '' },
  );
}

/** A page of the gateway, or nobody's: what somebody has typed in, or has among his bookmarks. */
const ownSites = ['same-origin', 'none'];

/** Whether a page is of this gateway, as older browsers tell. The scheme may be another: TLS may end before us. */
function isOwn(origin: string, { space }: Incoming): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(space.origin).host;
}
