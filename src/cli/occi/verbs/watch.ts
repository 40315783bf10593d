import type { Command } from 'commander';
import { examples, patienceOf, repeated } from '../options.ts';
import { untilSettled } from '../waiting.ts';
import { action } from '../work.ts';

interface Options {
  readonly until?: readonly string[];
  readonly waitTimeout: string;
}

/** `occi watch`: what becomes of an entity. */
export function addWatch(program: Command): void {
  program
    .command('watch')
    .description('follow the states of an entity until they have settled, and show it then')
    .argument('<url>', 'URL or path')
    .addOption(repeated('--until <state>', 'the state to wait for; again for another one that will do'))
    .option('--wait-timeout <s>', 'seconds to wait at most', '300')
    .addHelpText('after', examples('watch compute/1234', 'watch compute/1234 --until suspended --until inactive'))
    .action(
      action<Options>(async (work, [word = ''], options) => {
        const { printer, surroundings, urlOf, print } = work;
        const url = urlOf(word);
        print(printer.entity(await untilSettled(patienceOf(work, options), url, options.until), surroundings));
      }),
    );
}
