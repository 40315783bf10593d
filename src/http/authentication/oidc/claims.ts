import { type Credentials, projectForm } from '../../../gateway/credentials.ts';
import { OcciError, quoteToken } from '../../../occi/errors.ts';

/** Where in a token there is what: dotted paths, or whole names that have dots. */
export interface ClaimNames {
  readonly user: string;
  readonly project: string;
  readonly roles: string;
}

type Claims = Readonly<Record<string, unknown>>;

/** What a user can be: not everything a JSON text can be, for it goes to databases and logs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be in it
const form = /^[^\x00-\x1f\x7f]{1,255}$/;

/**
 * Who the claims of a token stand for.
 *
 * @param claims with `exp`, in seconds
 * @throws OcciError `unauthenticated` when user or project are not in it, or the project cannot be one
 */
export function credentialsFrom(claims: Claims & { readonly exp: number }, names: ClaimNames): Credentials {
  return {
    user: onlyOne(claims, names.user),
    project: projectIn(claims, names.project),
    roles: words(claimAt(claims, names.roles)),
    expires: claims.exp * 1000,
    proof: 'oidc',
  };
}

function projectIn(claims: Claims, name: string): string {
  const project = onlyOne(claims, name);
  if (projectForm.test(project)) return project;
  const why = 'a project has up to 255 characters, of ASCII and no blanks';
  throw new OcciError('unauthenticated', `the token says ${quoteToken(project)} in ${name}, but ${why}`);
}

function onlyOne(claims: Claims, name: string): string {
  const value = claimAt(claims, name);
  const only = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof only === 'string' && form.test(only)) return only;
  const why = Array.isArray(value) && value.length > 1 ? `names several in ${name}` : `says nothing usable in ${name}`;
  throw new OcciError('unauthenticated', `the token ${why}`);
}

/** Names are in a list, or apart by blanks as in `scope` (RFC 6749 §3.3). */
function words(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** A claim by its name, or step by step. */
function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Claims)[step];
  }
  return value;
}
