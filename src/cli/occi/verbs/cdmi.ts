import { type Command, Option } from 'commander';
import { examples } from '../options.ts';
import { addCp } from './cdmi/cp.ts';
import { addGet } from './cdmi/get.ts';
import { addLs } from './cdmi/ls.ts';
import { addMeta } from './cdmi/meta.ts';
import { addMkdir } from './cdmi/mkdir.ts';
import { addPut } from './cdmi/put.ts';
import { addRm } from './cdmi/rm.ts';

/** `occi cdmi`: the object storage of servers that speak CDMI (ISO/IEC 17826). */
export function addCdmi(program: Command): void {
  const cdmi = program
    .command('cdmi')
    .description('object storage: list, put, get, rm, cp, mv, meta, mkdir')
    .usage('[options] <verb>')
    .helpCommand('help [verb]', 'tell how a verb is used')
    .addOption(
      new Option('--root <path>', 'where the root container is below the endpoint')
        .env('OCCI_CDMI_ROOT')
        .default('/cdmi/'),
    )
    .addHelpText(
      'after',
      `
Paths are those below the root container, as they are: photos/At the sea.jpg. A slash is at the end of containers.
${examples('cdmi put notes.txt letters/', 'cdmi ls letters/ --long', 'cdmi get letters/notes.txt -', 'cdmi rm --recursive letters')}`,
    );
  for (const add of [addLs, addPut, addGet, addRm, addCp, addMeta, addMkdir]) add(cdmi);
}
