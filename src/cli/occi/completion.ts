import { Argument, type Command } from 'commander';

/** What can be completed: verbs, and options by verb; and options that all have. */
interface Words {
  readonly verbs: readonly Verb[];
  readonly common: readonly Completable[];
}

interface Verb {
  /** With the name of the verb that it belongs to in front of it: `cdmi ls`. */
  readonly name: string;
  readonly meaning: string;
  /** With those of the verb that it belongs to. */
  readonly options: readonly Completable[];
  /** Names, of verbs that belong to it. */
  readonly below: readonly string[];
}

interface Completable {
  /** With the two dashes. */
  readonly flag: string;
  readonly meaning: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

const shells: Readonly<Record<string, (words: Words) => string>> = { bash, zsh, fish };

/** `occi completion`: a script for a shell. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('write what lets a shell complete verbs and options')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(occi completion bash)\n  occi completion fish > ~/.config/fish/completions/occi.fish',
    )
    .action((shell: string) => {
      process.stdout.write(`${shells[shell]?.(wordsOf(program))}\n`);
    });
}

function wordsOf(program: Command): Words {
  return { verbs: program.commands.flatMap((command) => verbsOf(command)), common: completables(program) };
}

function verbsOf(command: Command, above?: Verb): readonly Verb[] {
  const verb: Verb = {
    name: `${above === undefined ? '' : `${above.name} `}${command.name()}`,
    meaning: command.description(),
    options: [...(above?.options ?? []), ...completables(command)],
    below: command.commands.map((one) => one.name()),
  };
  return [verb, ...command.commands.flatMap((one) => verbsOf(one, verb))];
}

function completables({ options }: Command): readonly Completable[] {
  return options.map(({ long, description, required, argChoices = [] }) => ({
    flag: long ?? '',
    meaning: description,
    takesValue: required,
    choices: argChoices,
  }));
}

function flags(options: readonly Completable[]): string {
  return options.map(({ flag }) => flag).join(' ');
}

/** The choices that options have, as cases of a shell. */
function choiceCases({ common, verbs }: Words): string {
  const all = [...common, ...verbs.flatMap(({ options }) => options)].filter(({ choices }) => choices.length > 0);
  return all.map(({ flag, choices }) => `    ${flag}) words="${choices.join(' ')}" ;;`).join('\n');
}

function verbCases({ verbs }: Words): string {
  return verbs
    .map(({ name, options, below }) => `    "${name}") words="${['$words', flags(options), ...below].join(' ')}" ;;`)
    .join('\n');
}

function bash(words: Words): string {
  const names = words.verbs.map(({ name }) => name);
  const first = names.filter((name) => !name.includes(' '));
  return `_occi() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb="" word words=""
  case "$previous" in
${choiceCases(words)}
  esac
  if [ -z "$words" ]; then
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
      case "|${names.join('|')}|" in *"|\${verb:+$verb }$word|"*) verb="\${verb:+$verb }$word" ;; esac
    done
    words="${flags(words.common)}"
    case "$verb" in
    "") words="$words ${first.join(' ')}" ;;
    completion) words="$words ${Object.keys(shells).join(' ')}" ;;
${verbCases(words)}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _occi occi`;
}

/** Zsh runs what is written for bash. */
function zsh(words: Words): string {
  return `#compdef occi
autoload -U +X bashcompinit && bashcompinit
${bash(words)}`;
}

function fish({ verbs, common }: Words): string {
  const option = (condition: string, { flag, meaning, takesValue, choices }: Completable) => {
    const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
    return `complete -c occi${condition} -l ${flag.slice(2)}${values} -d ${quoted(meaning)}`;
  };
  const seen = (name: string) => name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const siblings = (name: string) => {
    const [above = ''] = /^.* /.exec(name) ?? [];
    const all = verbs.filter((one) => one.name.startsWith(above) && !one.name.slice(above.length).includes(' '));
    return all.map((one) => one.name.slice(above.length)).join(' ');
  };
  return [
    ...common.map((one) => option('', one)),
    ...verbs.map(({ name, meaning }) => {
      const when = [...seen(name).slice(0, -1), `not __fish_seen_subcommand_from ${siblings(name)}`].join('; and ');
      return `complete -c occi -n ${quoted(when)} -f -a ${name.replace(/^.* /, '')} -d ${quoted(meaning)}`;
    }),
    ...verbs.flatMap(({ name, options }) => {
      return options.map((one) => option(` -n ${quoted(seen(name).join('; and '))}`, one));
    }),
    `complete -c occi -n '__fish_seen_subcommand_from completion' -f -a ${quoted(Object.keys(shells).join(' '))}`,
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
