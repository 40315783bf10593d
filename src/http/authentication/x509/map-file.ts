import { type Credentials, projectForm } from '../../../gateway/credentials.ts';
import { canonical, type DistinguishedName, readDistinguishedName } from './distinguished-name.ts';

/** Who the subjects of certificates are here. */
export interface SubjectMap {
  get(subject: DistinguishedName): Credentials | undefined;
}

const line = /^"([^"]*(?:\\"[^"]*)*)"\s+(\S+)\s+(\S+)(?:\s+(\S+))?\s*$/;

/**
 * Reads a map file: `"subject" user project role,role` a line, the subject in either form. Lines that are empty or begin
 * with `#` say nothing.
 *
 * @throws Error naming the first line that makes no sense
 */
export function readSubjectMap(text: string): SubjectMap {
  const map = new Map<string, Credentials>();
  text.split(/\r?\n/).forEach((one, index) => {
    if (one.trim() === '' || one.startsWith('#')) return;
    const where = `line ${index + 1}`;
    const [, subject, user, project, roles = ''] = line.exec(one) ?? [];
    if (subject === undefined || user === undefined || project === undefined) {
      throw new Error(`${where}: it is "subject" user project roles`);
    }
    if (!projectForm.test(project)) throw new Error(`${where}: a project is of ASCII, without blanks`);
    const name = nameIn(subject, where);
    if (map.has(name)) throw new Error(`${where}: this subject has a line already`);
    map.set(name, { user, project, roles: roles.split(',').filter((role) => role !== ''), proof: 'x509' });
  });
  return { get: (subject) => map.get(canonical(subject)) };
}

function nameIn(subject: string, where: string): string {
  try {
    return canonical(readDistinguishedName(subject));
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
  }
}
