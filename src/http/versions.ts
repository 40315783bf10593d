import type { Version } from '../gateway/provider.ts';
import { OcciError } from '../occi/errors.ts';
import type { Model } from '../occi/model.ts';

/** The versions of OCCI that are spoken here, the highest first (GFD.223 §5.3, GFD.185 §3.6.5). */
const spoken = ['OCCI/1.2', 'OCCI/1.1'];
const highest = [1, 2] as const;

const profile = 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#';
const profileSizes = ['small', 'medium', 'large', 'mem_small', 'mem_medium', 'mem_large'];

/** The `Server` header of every response; names the template profile where all of it is offered (GFD.222 §5.1). */
export function serverHeader(version: string, model: Model): string {
  const claim = profileSizes.every((term) => model.mixin(profile + term) !== undefined) ? ['OCCI-CRTP-EP/1.1'] : [];
  return [`occi-gateway/${version}`, ...spoken, ...claim].join(' ');
}

/** What nearly every client sends that names a version at all. */
const newestToken = /(?<![A-Za-z0-9])OCCI\/1\.2(?![0-9])/;
const versionToken = /(?<![A-Za-z0-9])OCCI\/([0-9]{1,9})\.([0-9]{1,9})(?![0-9])/g;

/**
 * The version that is spoken with a client: the highest that both know, or the highest of all with clients that name
 * none (GFD.223 §5.3). Versions are pairs of integers, 1.10 is above 1.2; a client that names several speaks all of
 * them.
 *
 * @throws OcciError `unsupported-version` for clients that only speak a higher version
 */
export function versionWith(userAgent: string | undefined): Version {
  if (userAgent === undefined || !userAgent.includes('OCCI/') || newestToken.test(userAgent)) return '1.2';
  let isOlder = false;
  let tooHigh: string | undefined;
  for (const [token, major, minor] of userAgent.matchAll(versionToken)) {
    const above = Number(major) - highest[0] || Number(minor) - highest[1];
    if (above === 0) return '1.2';
    if (above < 0) isOlder = true;
    else tooHigh ??= token;
  }
  if (isOlder) return '1.1';
  if (tooHigh !== undefined) {
    throw new OcciError('unsupported-version', `${tooHigh} is not implemented; this is ${spoken.join(' and ')}`, {
      token: tooHigh,
    });
  }
  return '1.2';
}
