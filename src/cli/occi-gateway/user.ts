import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { hashPassword, isPassword } from '../../http/authentication/basic/password-hash.ts';
import { checkUser, listUsers, readUsers, withoutUser, withUser } from '../../http/authentication/basic/users-file.ts';
import { authenticationSettings } from '../../http/authentication/settings.ts';
import { askSecret } from '../occi/ask-secret.ts';
import { editFile } from './edited-file.ts';

interface FileOption {
  readonly file?: string;
}

interface PasswordOption extends FileOption {
  readonly passwordStdin?: boolean;
}

interface AddOptions extends PasswordOption {
  readonly project: string;
  readonly role: readonly string[];
  readonly replace?: boolean;
}

const { variable } = authenticationSettings.authUsersFile;

/** `occi-gateway user …`: who has a password for basic authentication. Passwords are never arguments, which others can see. */
export function userCommand(): Command {
  const user = new Command('user').description('users with a password, for OCCI_AUTH=basic');
  onFile(user, 'add <name>')
    .description('add a user; asks for the password')
    .requiredOption('--project <name>', 'the project the user works in')
    .option(
      '--role <name>',
      'a role in it; may be given again',
      (role, others: readonly string[]) => [...others, role],
      [],
    )
    .option('--password-stdin', 'read the password from standard input')
    .option('--replace', 'change the user if there is one of this name already')
    .action(add);
  onFile(user, 'remove <name>').description('remove a user').action(remove);
  onFile(user, 'list').description('list name, project and roles').action(list);
  onFile(user, 'verify <name>')
    .description('tell whether a password is right; asks for it')
    .option('--password-stdin', 'read the password from standard input')
    .action(verify);
  return user;
}

function onFile(user: Command, nameAndArguments: string): Command {
  return user.command(nameAndArguments).option('--file <file>', `the users file; without it that of ${variable}`);
}

async function add(given: string, { project, role, replace = false, ...options }: AddOptions): Promise<void> {
  const name = given.normalize('NFC');
  checkUser({ name, project, roles: role });
  const file = fileIn(options);
  const password = await newPassword(name, options);
  const hash = await hashPassword(password);
  let isNew = true;
  await editFile(file, (before) => {
    isNew = readUsers(before).get(name) === undefined;
    if (!isNew && !replace) throw new Error(`there is a user ${name} already; --replace changes it`);
    return withUser(before, { name, hash, project, roles: role });
  });
  process.stdout.write(`${name} ${isNew ? 'added' : 'changed'}\n`);
}

async function remove(given: string, options: FileOption): Promise<void> {
  const name = given.normalize('NFC');
  await editFile(fileIn(options), (before) => {
    if (readUsers(before).get(name) === undefined) throw unknown(name);
    return withoutUser(before, name);
  });
  process.stdout.write(`${name} removed\n`);
}

async function list(options: FileOption): Promise<void> {
  const users = listUsers(await readFile(fileIn(options), 'utf8'));
  for (const { name, project, roles } of users) process.stdout.write(`${name}\t${project}\t${roles.join(',')}\n`);
}

async function verify(given: string, options: PasswordOption): Promise<void> {
  const name = given.normalize('NFC');
  const user = readUsers(await readFile(fileIn(options), 'utf8')).get(name);
  if (user === undefined) throw unknown(name);
  const password = await passwordFrom(options, `Password of ${name}: `);
  if (!(await isPassword(password, user.hash))) throw new Error('the password is wrong');
  process.stdout.write('the password is right\n');
}

function fileIn({ file = process.env[variable] }: FileOption): string {
  if (file === undefined || file === '') throw new Error(`which users file? say it with --file or ${variable}`);
  return file;
}

async function newPassword(name: string, options: PasswordOption): Promise<string> {
  const password = await passwordFrom(options, `New password of ${name}: `);
  if (password === '') throw new Error('the password is empty');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be in it
  if (/[\x00-\x1f\x7f]/.test(password)) throw new Error('the password has control characters (RFC 7617 §2)');
  if (options.passwordStdin !== true && (await askSecret('Once more: ')) !== password) {
    throw new Error('these were two different passwords');
  }
  return password;
}

async function passwordFrom({ passwordStdin = false }: PasswordOption, question: string): Promise<string> {
  if (passwordStdin) return (await text(process.stdin)).replace(/\r?\n$/, '');
  if (!process.stdin.isTTY) throw new Error('there is no terminal to ask for the password; use --password-stdin');
  return askSecret(question);
}

function unknown(name: string): Error {
  return new Error(`there is no user ${name}`);
}
