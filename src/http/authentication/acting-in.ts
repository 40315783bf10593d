import { type Credentials, projectForm } from '../../gateway/credentials.ts';
import type { Policy } from '../../gateway/policy/policy.ts';
import { OcciError, quoteToken } from '../../occi/errors.ts';

/** The header by which those who run the cloud name the project that a request is about. */
export const projectHeader = 'x-occi-project';

/**
 * Who sends a request, in the project that it names: whoever the rule `admin` of the policy allows may look across.
 *
 * @param project what the header says, where it is there
 * @throws OcciError `forbidden`, `invalid-request`
 */
export function actingIn(credentials: Credentials, project: string | undefined, policy: Policy): Credentials {
  if (project === undefined || project === credentials.project) return credentials;
  if (!projectForm.test(project)) {
    throw new OcciError('invalid-request', `${quoteToken(project)} in X-OCCI-Project is no id of a project`, {
      token: project,
    });
  }
  if (policy.rule('admin')?.check(credentials, credentials) !== true) {
    throw new OcciError(
      'forbidden',
      'X-OCCI-Project is for those who run the cloud: the policy rule admin refuses it; leave it out',
      { token: 'admin' },
    );
  }
  return { ...credentials, project, ownProject: credentials.project };
}
