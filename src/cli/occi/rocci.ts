import { UsageError } from './usage-error.ts';

/** What `--action` may name, and the words that the verb of the same name has, from the options that have them. */
const actions: Readonly<Record<string, (said: Said) => readonly string[]>> = {
  list: ({ resource }) => resource,
  describe: ({ resource }) => needed(resource, '--resource'),
  create: ({ resource, link }) => ['--resource', ...needed(resource, '--resource'), ...asOptions('--link', link)],
  update: ({ resource, link }) => [...needed(resource, '--resource'), ...asOptions('--link', link)],
  delete: ({ resource }) => needed(resource, '--resource'),
  trigger: ({ resource, trigger }) => [...needed(resource, '--resource'), ...needed(trigger, '--trigger-action')],
  link: ({ resource, link }) => [...needed(resource, '--resource'), ...needed(link, '--link')],
  unlink: ({ resource }) => needed(resource, '--resource'),
};

/** What is said by the options that became words. */
interface Said {
  readonly resource: readonly string[];
  readonly link: readonly string[];
  readonly trigger: readonly string[];
}

/** The options that are spelt differently now; null for those that change nothing any more. */
const renamed: Readonly<Record<string, string | null>> = {
  '--ca-file': '--ca',
  '--skip-ca-check': '--insecure',
  '-s': '--insecure',
  '--media-type': '--rendering',
  '--output-format': '--output',
  '--debug': '--dump',
  '-d': '--dump',
  '--voms': null,
  '-X': null,
};

const formats: Readonly<Record<string, string>> = { plain: 'text', json_extended: 'json', json_pretty: 'json' };

/** Options whose value is now that of a word, by all their names. */
const wordOptions: Readonly<Record<string, keyof Said | 'action'>> = {
  '--action': 'action',
  '-a': 'action',
  '--resource': 'resource',
  '-r': 'resource',
  '--link': 'link',
  '-j': 'link',
  '--trigger-action': 'trigger',
  '-g': 'trigger',
};

/**
 * A command line of rOCCI-cli, `--action create --resource compute`, as this command has it; any other one as it is.
 *
 * @throws UsageError when something is missing
 */
export function fromRocci(args: readonly string[]): readonly string[] {
  const isModel = args.includes('--dump-model') || args.includes('-m');
  const isRocci = isModel || args.some((arg) => /^(?:--action(?:=|$)|-a$)/.test(arg));
  return isRocci ? translated(args, isModel) : args;
}

function translated(args: readonly string[], isModel: boolean): readonly string[] {
  const said: Record<keyof Said | 'action', string[]> = { action: [], resource: [], link: [], trigger: [] };
  const others: string[] = [];
  const words = args.flatMap((arg) => (/^--[a-z-]+=/.test(arg) ? split(arg) : [arg]))[Symbol.iterator]();
  for (const word of words) {
    const own = wordOptions[word];
    const value = () => words.next().value ?? '';
    if (own !== undefined) said[own].push(...(own === 'link' ? value().split(',') : [value()]));
    else if (word === '--mixin' || word === '-M') others.push(...asOptions('--mixin', value().split(',')));
    else if (word === '--wait-for-active') others.push('--wait', '--wait-timeout', value());
    else if (word === '--output-format' || word === '-o') {
      const format = value();
      others.push('--output', formats[format] ?? format);
    } else if (word !== '--dump-model' && word !== '-m') {
      const name = Object.hasOwn(renamed, word) ? renamed[word] : word;
      if (name !== null && name !== undefined) others.push(name);
    }
  }
  return [...verb(said, isModel), ...others];
}

function verb(said: Said & { readonly action: readonly string[] }, isModel: boolean): readonly string[] {
  const name = said.action.at(-1);
  if (name === undefined || isModel) return ['model', ...said.resource];
  const words = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (words !== undefined) return [name, ...words(said)];
  throw new UsageError(`there is no action ${JSON.stringify(name)}`, `use ${Object.keys(actions).join(', ')}`);
}

function split(arg: string): readonly string[] {
  const at = arg.indexOf('=');
  return [arg.slice(0, at), arg.slice(at + 1)];
}

function asOptions(name: string, values: readonly string[]): readonly string[] {
  return values.flatMap((value) => [name, value]);
}

function needed(values: readonly string[], option: string): readonly string[] {
  if (values.length > 0) return values;
  throw new UsageError(`${option} is missing`, `--action needs ${option}; or write it in the new way, see occi --help`);
}
