import { Command, Option } from 'commander';
import { profileNames, profiles } from '../../conformance/profiles.ts';
import { version } from '../../version.ts';
import { connectionOption } from '../occi/connection-options.ts';
import { connectionSettings } from '../occi/settings.ts';
import { type Destinations, forms } from './destinations.ts';
import type { Wishes } from './wishes.ts';

/** The options besides those of the connection, as commander gives them. */
export interface Options extends Wishes {
  readonly profile?: keyof typeof profiles;
  readonly patience: string;
  readonly full?: boolean;
  readonly list?: boolean;
  readonly verbose?: boolean;
}

const epilogue = `
Without a selection everything is checked that the server says it speaks. What is made on the server is taken away
again, also after Ctrl-C; nothing else is touched unless --destructive is given.

Profiles:
${profileNames.map((name) => `  ${name.padEnd(6)}${profiles[name].meaning}`).join('\n')}

Exit codes: 0 no MUST fails, 1 a MUST fails, 2 usage, 3 no OCCI server, 4 not authorised, 5 unreachable,
70 a fault of the suite, 130 interrupted.

Examples:
  occi-conformance http://127.0.0.1:3000
  occi-conformance https://cloud.example.org:11443 --profile egi --report html --output report.html
  occi-conformance http://127.0.0.1:3000 --document 223 --level MUST --rendering json
  occi-conformance http://127.0.0.1:3000 --id HTTP-9-a --verbose
  occi-conformance --list --document GFD.226`;

/** The command line. Reports that are wanted are collected in `destinations`. */
export function conformanceProgram(destinations: Destinations): Command {
  const program = new Command('occi-conformance')
    .description('examines an OCCI server of any make from outside, requirement by requirement')
    .argument('[url]', 'the server, the URL in front of /-/')
    .version(version, '-v, --version', 'tell the version')
    .helpOption('-h, --help', 'tell how it is used')
    .addOption(listOption('-d, --document <list>', 'documents: GFD.223 or 223, or interoperability'))
    .addOption(listOption('--occi-version <list>', '1.1 or 1.2; by default what the server says it speaks'))
    .addOption(
      listOption('-y, --rendering <list>', 'text/plain, text/occi, application/occi+json; or text, headers, json'),
    )
    .addOption(listOption('-l, --level <list>', 'MUST, SHOULD, MAY, practice'))
    .addOption(listOption('-i, --id <list>', 'ids of requirements or checks'))
    .addOption(
      new Option('--profile <name>', 'a selection that has a name; other options count more').choices(profileNames),
    )
    .option('--destructive', 'make also the checks that touch what was there before')
    .addOption(
      new Option(
        '-r, --report <form>',
        `${Object.keys(forms).join(', ')}; text by default, several with --output each`,
      ).argParser((form: string) => destinations.addForm(form)),
    )
    .addOption(
      new Option('-o, --output <file>', 'where the report named before goes').argParser((file: string) =>
        destinations.addFile(file),
      ),
    )
    .option('--full', 'tell also of checks that passed all that was said, and not only the beginning; JSON and HTML')
    .option('--patience <s>', 'seconds to wait for what the server does in its own time', '10')
    .option('--list', 'show requirements and their checks, and make none')
    .option('--verbose', 'tell every result on stderr as it comes')
    .addHelpText('after', epilogue)
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError()
    .exitOverride();
  for (const setting of connectionSettings) {
    if (setting.name !== 'endpoint' && setting.name !== 'rendering') program.addOption(connectionOption(setting));
  }
  return program;
}

/** An option that takes several values, with commas or by being given again. */
function listOption(flags: string, meaning: string): Option {
  return new Option(flags, meaning).argParser((value: string, before: readonly string[] = []) => [
    ...before,
    ...value.split(',').map((word) => word.trim()),
  ]);
}
