import { Argument, type Command } from 'commander';

/** What can be completed: verbs, and options by verb; under the empty name those that all have. */
interface Words {
  readonly verbs: readonly {
    readonly name: string;
    readonly meaning: string;
    readonly options: readonly Completable[];
  }[];
  readonly common: readonly Completable[];
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
  const verbs = program.commands.map((command) => ({
    name: command.name(),
    meaning: command.description(),
    options: completables(command),
  }));
  return { verbs, common: completables(program) };
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

function optionCases({ verbs }: Words): string {
  return verbs.map(({ name, options }) => `    ${name}) words="$words ${flags(options)}" ;;`).join('\n');
}

function bash(words: Words): string {
  const names = words.verbs.map(({ name }) => name).join(' ');
  return `_occi() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb="" word words=""
  case "$previous" in
${choiceCases(words)}
  esac
  if [ -z "$words" ]; then
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
      case " ${names} " in *" $word "*) verb="$word"; break ;; esac
    done
    words="${flags(words.common)}"
    case "$verb" in
    "") words="$words ${names}" ;;
    completion) words="$words ${Object.keys(shells).join(' ')}" ;;
${optionCases(words)}
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
  const names = verbs.map(({ name }) => name).join(' ');
  const option = (condition: string, { flag, meaning, takesValue, choices }: Completable) => {
    const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
    return `complete -c occi${condition} -l ${flag.slice(2)}${values} -d ${quoted(meaning)}`;
  };
  return [
    ...common.map((one) => option('', one)),
    ...verbs.map(({ name, meaning }) => {
      return `complete -c occi -n 'not __fish_seen_subcommand_from ${names}' -f -a ${name} -d ${quoted(meaning)}`;
    }),
    ...verbs.flatMap(({ name, options }) => {
      return options.map((one) => option(` -n '__fish_seen_subcommand_from ${name}'`, one));
    }),
    `complete -c occi -n '__fish_seen_subcommand_from completion' -f -a ${quoted(Object.keys(shells).join(' '))}`,
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
