import { type Profile, readProfile } from './config-file.ts';
import { textOfFile } from './text-of-file.ts';
import { UsageError } from './usage-error.ts';

/** Something about the connection that can be said in three places, which count in this order. */
export interface ConnectionSetting {
  /** The option, and the name in the configuration file. */
  readonly name: string;
  readonly short?: string;
  /** What a person puts there, `<url>`; none for what is just said or not. */
  readonly value?: string;
  readonly variable: string;
  readonly meaning: string;
}

/** Every setting of the connection, in the order of the help. */
export const connectionSettings = [
  { name: 'endpoint', short: 'e', value: '<url>', variable: 'OCCI_ENDPOINT', meaning: 'the server' },
  {
    name: 'auth',
    short: 'n',
    value: '<method>',
    variable: 'OCCI_AUTH_METHOD',
    meaning: 'none, basic, token, bearer, keystone or x509; by default what the other settings suit',
  },
  { name: 'username', short: 'u', value: '<name>', variable: 'OCCI_USERNAME', meaning: 'for basic and keystone' },
  {
    name: 'password',
    short: 'p',
    value: '<password>',
    variable: 'OCCI_PASSWORD',
    meaning: 'its password, or that of the key; others can see command lines, so rather use one of the other ways',
  },
  { name: 'password-file', value: '<file>', variable: 'OCCI_PASSWORD_FILE', meaning: 'file that has the password' },
  { name: 'token', value: '<token>', variable: 'OCCI_TOKEN', meaning: 'for token, bearer and keystone' },
  { name: 'project', value: '<name>', variable: 'OCCI_PROJECT', meaning: 'the project at Keystone' },
  {
    name: 'user-cred',
    short: 'x',
    value: '<file>',
    variable: 'OCCI_USER_CRED',
    meaning: 'client certificate and key in PEM, for x509',
  },
  { name: 'ca', short: 'f', value: '<file>', variable: 'OCCI_CA', meaning: 'authorities to trust, in PEM' },
  { name: 'insecure', variable: 'OCCI_INSECURE', meaning: 'take any certificate of the server' },
  {
    name: 'rendering',
    short: 'y',
    value: '<name>',
    variable: 'OCCI_RENDERING',
    meaning: 'json, text, headers, or a media type; by default what suits the server',
  },
  { name: 'timeout', short: 'k', value: '<s>', variable: 'OCCI_TIMEOUT', meaning: 'seconds for one exchange; 60' },
] as const satisfies readonly ConnectionSetting[];

/** The name of a setting. */
export type SettingName = (typeof connectionSettings)[number]['name'];

/** What is said, by name of the setting. */
export type Settings = Readonly<Partial<Record<SettingName, string>>>;

/** Where settings come from. */
export interface SettingSources {
  /** The command line. */
  readonly options: Settings;
  readonly profile?: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Is told of what does no harm now, and may later. */
  readonly warn: (message: string) => void;
}

/**
 * Reads the settings: command line before environment before configuration file. What environment or file say is for
 * the server that they name: with another endpoint it does not count, so that no password goes astray.
 *
 * @throws UsageError
 */
export function readSettings({ options, profile, environment, warn }: SettingSources): Settings {
  const given = over(withPassword(options), withPassword(fromEnvironment(environment)));
  const file = readProfile(environment, profile, warn);
  checkNames(file);
  return over(given, withPassword(file.values));
}

/**
 * What counts more over what counts less, which counts not at all when it is for another server. The password of one
 * user is none of another one's, and no token is.
 */
function over(more: Settings, less: Settings): Settings {
  const isElsewhere = more.endpoint !== undefined && bare(less.endpoint ?? more.endpoint) !== bare(more.endpoint);
  if (isElsewhere) return more;
  const { username, password, token, ...others } = less;
  const isOther = more.token !== undefined || (more.username !== undefined && more.username !== username);
  return isOther ? { ...others, ...more } : { ...less, ...more };
}

function bare(endpoint: string): string {
  return endpoint.replace(/\/+$/, '');
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Settings {
  const said = connectionSettings.map(({ name, variable }) => [name, environment[variable]] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined && value !== ''));
}

/** The password instead of the file it is in, so that one place does not mix with another. */
function withPassword(settings: Settings): Settings {
  const { 'password-file': file, ...others } = settings;
  if (file === undefined || others.password !== undefined) return others;
  return { ...others, password: textOfFile(file).replace(/\r?\n$/, '') };
}

function checkNames({ file, values }: Profile): void {
  const known = connectionSettings.map(({ name }) => name as string);
  const strange = Object.keys(values).find((name) => !known.includes(name));
  if (strange === undefined) return;
  throw new UsageError(`${file}: there is no setting ${JSON.stringify(strange)}`, `there are ${known.join(', ')}`);
}
