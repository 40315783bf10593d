import { decoyOf, type PasswordHash, passwordHashText, readPasswordHash, usualCost } from './password-hash.ts';

/** Somebody who has a password here. */
export interface User {
  readonly name: string;
  readonly hash: PasswordHash;
  readonly project: string;
  readonly roles: readonly string[];
}

/** The users of a file. */
export interface Users {
  get(name: string): User | undefined;
  /** What the passwords of others are checked against, so that nobody learns from the time it takes who is known. */
  readonly decoy: PasswordHash;
}

/** Everything but colons, which separate, and what cannot be seen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be in it
const field = /^[^\x00-\x1f\x7f:]{1,255}$/;
/** What can stand in a header, too. */
const projectForm = /^[!-9;-~]{1,255}$/;
const role = /^[^\s:,]{1,255}$/;

/**
 * Reads a users file: one user a line, `name:hash:project:role,role`. Lines that are empty or begin with `#` say nothing.
 *
 * @throws Error naming the first line that makes no sense; never what is in it
 */
export function readUsers(text: string): Users {
  const users = new Map<string, User>();
  text.split('\n').forEach((line, index) => {
    if (saysNothing(line)) return;
    const user = inLine(index + 1, () => readUser(line.replace(/\r$/, '')));
    if (users.has(user.name)) throw new Error(`line ${index + 1}: this user has a line already`);
    users.set(user.name, user);
  });
  const costs = [...users.values()].map(({ hash }) => hash);
  const dearest = costs.toSorted((one, other) => work(other) - work(one))[0] ?? usualCost;
  return { get: (name) => users.get(name), decoy: decoyOf({ ln: dearest.ln, r: dearest.r, p: dearest.p }) };
}

function work({ ln, r, p }: PasswordHash): number {
  return 2 ** ln * r * p;
}

function saysNothing(line: string): boolean {
  return line.trim() === '' || line.startsWith('#');
}

function inLine<T>(number: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`line ${number}: ${(error as Error).message}`, { cause: error });
  }
}

function readUser(line: string): User {
  const fields = line.split(':');
  const [name = '', hash = '', project = '', roles = ''] = fields;
  if (fields.length !== 4) throw new Error('a user is name:hash:project:roles');
  const user = { name: name.normalize('NFC'), project, roles: roles === '' ? [] : roles.split(',') };
  checkUser(user);
  return { ...user, hash: readPasswordHash(hash) };
}

/** @throws Error when a name, project or role cannot stand in the file */
export function checkUser({ name, project, roles }: Omit<User, 'hash'>): void {
  if (!field.test(name) || name.startsWith('#')) throw new Error('a name has no colon, and does not begin with #');
  if (!projectForm.test(project)) throw new Error('a project is of ASCII, without blanks and colons');
  if (!roles.every((one) => role.test(one))) throw new Error('roles have no blanks, colons or commas');
}

/** All names in the order of the file, with project and roles. @throws Error as {@link readUsers} does */
export function listUsers(text: string): readonly User[] {
  readUsers(text);
  return text
    .split('\n')
    .filter((line) => !saysNothing(line))
    .map((line) => readUser(line.replace(/\r$/, '')));
}

/** The file with a user added, or changed where it is. Other lines stay as they are. */
export function withUser(text: string, user: User): string {
  const { name, hash, project, roles } = user;
  const line = `${name}:${passwordHashText(hash)}:${project}:${roles.join(',')}`;
  const lines = linesOf(text);
  const present = lines.findIndex((one) => isOf(one, name));
  return `${(present === -1 ? [...lines, line] : lines.with(present, line)).join('\n')}\n`;
}

/** The file without a user. */
export function withoutUser(text: string, name: string): string {
  return linesOf(text)
    .filter((line) => !isOf(line, name))
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function isOf(line: string, name: string): boolean {
  return !saysNothing(line) && line.slice(0, line.indexOf(':')).normalize('NFC') === name;
}
