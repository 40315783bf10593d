import type { Command } from 'commander';
import { asContainer, parentOf } from '../../../../client/cdmi/remote-path.ts';
import { hasChildren } from '../../../../client/index.ts';
import { type CdmiWork, cdmiAction } from '../../cdmi/cdmi-work.ts';
import { destinationAt, nameOf } from '../../cdmi/destination.ts';
import { examples } from '../../options.ts';
import { UsageError } from '../../usage-error.ts';

interface Options {
  readonly recursive?: boolean;
}

/** `occi cdmi cp` and `mv`: the server copies and moves, nothing of the values comes here. */
export function addCp(program: Command): void {
  program
    .command('cp')
    .description('copy objects at the server')
    .argument('<source...>', 'paths, and last where to: a container, or the path of the copy')
    .option('-r, --recursive', 'containers, too, with all that is in them')
    .addHelpText('after', examples('cdmi cp notes.txt notes-of-today.txt', 'cdmi cp --recursive photos backup/'))
    .action(
      cdmiAction<Options>((work, words, { recursive = false }) => {
        return carried(work, words, 'cp', async (source, path) => {
          if (hasChildren(source) && !recursive) {
            throw new UsageError(`${source.path} is a ${source.type}`, 'add --recursive to copy all that is in it');
          }
          await work.client.copy(source, path);
        });
      }),
    );
  program
    .command('mv')
    .description('move or rename objects at the server; their IDs stay')
    .argument('<source...>', 'paths, and last where to: a container, or the new path')
    .addHelpText('after', examples('cdmi mv notes.txt letters.txt', 'cdmi mv a.jpg b.jpg photos/'))
    .action(cdmiAction((work, words) => carried(work, words, 'mv', work.client.move)));
}

async function carried(
  work: CdmiWork,
  words: readonly string[],
  verb: string,
  carry: CdmiWork['client']['copy'],
): Promise<void> {
  const { client, pathOf, printUrls } = work;
  const sources = words.slice(0, -1);
  if (sources.length === 0) throw new UsageError('it is not clear where to', `write ${verb} source target`);
  const target = pathOf(words.at(-1) ?? '');
  const { pathFor } = await destinationAt(work, target, sources.length);
  const done: string[] = [];
  try {
    for (const word of sources) {
      const source = await client.look(pathOf(word));
      const path = pathFor(nameOf(source));
      await client.makeContainer(parentOf(path));
      await carry(source, path);
      done.push(hasChildren(source) ? asContainer(path) : path);
    }
  } finally {
    printUrls(done);
  }
}
