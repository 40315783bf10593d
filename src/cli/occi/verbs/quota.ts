import type { Command } from 'commander';
import { examples } from '../options.ts';
import { action } from '../work.ts';

/** `occi quota`: what one uses, and may use. */
export function addQuota(program: Command): void {
  program
    .command('quota')
    .description('show what your project uses and may use')
    .addHelpText('after', examples('quota', 'quota --output json'))
    .action(
      action(async ({ client, printer, surroundings, print }) => {
        print(printer.quotas(await client.quotas(), surroundings));
      }),
    );
}
