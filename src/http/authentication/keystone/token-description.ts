import { z } from 'zod';
import type { Credentials } from '../../../gateway/credentials.ts';
import { OcciError } from '../../../occi/errors.ts';

/** What Keystone says about a token (Identity API v3, "Validate and show information for token"), as far as it is used. */
const description = z.object({
  token: z.object({
    user: z.object({ id: z.string().min(1) }),
    project: z.object({ id: z.string().min(1) }).optional(),
    roles: z.array(z.object({ name: z.string() })).default([]),
    expires_at: z.string().transform((time) => Date.parse(time)),
  }),
});

/**
 * Who a token stands for.
 *
 * @returns undefined when it is no description of a token
 * @throws OcciError `unauthenticated` when the token is for no project
 */
export function credentialsIn(body: Uint8Array): Credentials | undefined {
  const found = description.safeParse(jsonIn(body));
  if (!found.success || Number.isNaN(found.data.token.expires_at)) return undefined;
  const { user, project, roles, expires_at: expires } = found.data.token;
  if (project === undefined) {
    throw new OcciError('unauthenticated', 'the token is for no project: get one that is scoped to a project');
  }
  return { user: user.id, project: project.id, roles: roles.map(({ name }) => name), expires, proof: 'keystone' };
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
