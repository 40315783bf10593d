import type { Command } from 'commander';
import { asContainer } from '../../../../client/cdmi/remote-path.ts';
import { cdmiAction } from '../../cdmi/cdmi-work.ts';
import { examples } from '../../options.ts';

/** `occi cdmi mkdir`: containers. */
export function addMkdir(program: Command): void {
  program
    .command('mkdir')
    .description('make containers, and those they are in')
    .argument('<path...>', 'path of a container')
    .addHelpText('after', examples('cdmi mkdir photos/2026'))
    .action(
      cdmiAction(async ({ client, pathOf, printUrls }, words) => {
        const made: string[] = [];
        try {
          for (const path of words.map(pathOf).map(asContainer)) {
            await client.makeContainer(path);
            made.push(path);
          }
        } finally {
          printUrls(made);
        }
      }),
    );
}
