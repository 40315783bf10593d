import type { Command } from 'commander';
import { hasChildren } from '../../../../client/index.ts';
import { cdmiAction } from '../../cdmi/cdmi-work.ts';
import { examples } from '../../options.ts';
import { UsageError } from '../../usage-error.ts';

/** `occi cdmi rm`: objects, and with `--recursive` containers with all that is in them. */
export function addRm(program: Command): void {
  program
    .command('rm')
    .description('remove objects')
    .argument('<path...>', 'path')
    .option('-r, --recursive', 'containers, too, with all that is in them')
    .addHelpText('after', examples('cdmi rm notes.txt', 'cdmi rm --recursive photos/2026'))
    .action(
      cdmiAction<{ readonly recursive?: boolean }>(async ({ client, pathOf, printUrls }, words, { recursive }) => {
        const removed: string[] = [];
        try {
          for (const word of words) {
            const asked = pathOf(word);
            // A reference goes without what it leads to, which may be gone already.
            const { path = asked, type, reference } = (await client.find(asked)) ?? {};
            if (path === '') throw new UsageError('the root cannot be removed', 'name what is in it');
            if (type !== undefined && hasChildren({ type }) && reference === undefined && recursive !== true) {
              throw new UsageError(`${path} is a ${type}`, 'add --recursive to remove all that is in it');
            }
            await client.remove(reference ?? path);
            removed.push(reference ?? path);
          }
        } finally {
          printUrls(removed);
        }
      }),
    );
}
