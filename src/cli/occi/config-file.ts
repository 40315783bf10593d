import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from './usage-error.ts';

/** A part of the configuration file. */
export interface Profile {
  /** The path of the file, whether it is there or not. */
  readonly file: string;
  readonly values: Readonly<Record<string, string>>;
}

const secret: readonly string[] = ['password', 'token'];

/**
 * Reads a profile: the lines below `[name]`, or those before any section. A file that is not there says nothing.
 *
 * @throws UsageError when the profile is not there, or the file makes no sense
 */
export function readProfile(
  environment: NodeJS.ProcessEnv,
  name: string | undefined,
  warn: (message: string) => void,
): Profile {
  const file = join(environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'occi', 'config');
  const profiles = parseConfig(textOf(file), file);
  const values = profiles.get(name ?? '');
  if (values === undefined) {
    const names = [...profiles.keys()].filter((one) => one !== '');
    throw new UsageError(`${file} has no profile ${name}`, `it has ${names.join(', ') || 'none'}`);
  }
  const holdsSecret = [...profiles.values()].some((one) => secret.some((key) => Object.hasOwn(one, key)));
  if (holdsSecret && (statSync(file).mode & 0o077) !== 0) {
    warn(`others can read ${file}, and there is a secret in it; chmod 600 ${file}`);
  }
  return { file, values };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return '';
    throw new UsageError(`${file} cannot be read: ${(cause as Error).message}`, 'make it readable', { cause });
  }
}

/** The profiles of a file by name; that of the lines before any section has none. */
function parseConfig(text: string, file: string): ReadonlyMap<string, Record<string, string>> {
  let current: Record<string, string> = {};
  const profiles = new Map([['', current]]);
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, section] = /^\s*\[\s*(.+?)\s*\]\s*$/.exec(line) ?? [];
    const [, name, value] = /^\s*([a-z-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section !== undefined) {
      current = profiles.get(section) ?? {};
      profiles.set(section, current);
    } else if (name !== undefined && value !== undefined) current[name] = value;
    else if (!/^\s*(?:[#;].*)?$/.test(line)) {
      // What stands there may be a password.
      throw new UsageError(`${file}: line ${index + 1} makes no sense`, 'write name = value, or [profile]');
    }
  }
  return profiles;
}
