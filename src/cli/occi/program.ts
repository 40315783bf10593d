import { Command, Option } from 'commander';
import { version } from '../../version.ts';
import { addCompletion } from './completion.ts';
import { connectionOption } from './connection-options.ts';
import { formats } from './printers/formats.ts';
import { connectionSettings } from './settings.ts';
import { addCdmi } from './verbs/cdmi.ts';
import { addCreate } from './verbs/create.ts';
import { addDelete } from './verbs/delete.ts';
import { addDescribe } from './verbs/describe.ts';
import { addExport } from './verbs/export.ts';
import { addLink } from './verbs/link.ts';
import { addList } from './verbs/list.ts';
import { addModel } from './verbs/model.ts';
import { addQuota } from './verbs/quota.ts';
import { addTag } from './verbs/tag.ts';
import { addTrigger } from './verbs/trigger.ts';
import { addUpdate } from './verbs/update.ts';
import { addWatch } from './verbs/watch.ts';

const epilogue = `
Settings count in this order: options, environment (in brackets), ~/.config/occi/config. Keystone takes OS_… as well.
Entities are named by URL or path; categories by term, type identifier, location, or os_tpl#term.
Exit codes: 0 done, 1 refused, 2 usage, 3 not found, 4 not authorised, 5 unreachable, 6 waited in vain.

Examples:
  occi --endpoint http://127.0.0.1:3000 model
  occi create compute --mixin os_tpl#debian-13 --mixin resource_tpl#small --title "My machine" --wait
  occi list compute`;

/** The command with all its verbs. */
export function occiProgram(): Command {
  const program = new Command('occi')
    .description('a client of OCCI servers of any make')
    .version(version, '-v, --version', 'tell the version')
    .helpOption('-h, --help', 'tell how it is used')
    .helpCommand('help [verb]', 'tell how a verb is used')
    .option('--profile <name>', 'section of the configuration file')
    .addOption(
      new Option('-o, --output <format>', 'how results are written').choices(Object.keys(formats)).default('table'),
    )
    .option('--dump', 'show every exchange on stderr, credentials masked')
    .addHelpText('after', epilogue)
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError()
    .exitOverride();
  for (const setting of connectionSettings) program.addOption(connectionOption(setting));
  for (const add of [
    addModel,
    addList,
    addDescribe,
    addCreate,
    addUpdate,
    addDelete,
    addTrigger,
    addLink,
    addTag,
    addWatch,
    addExport,
    addQuota,
    addCdmi,
    addCompletion,
  ]) {
    add(program);
  }
  return program;
}
