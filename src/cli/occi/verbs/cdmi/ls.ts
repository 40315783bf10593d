import type { Command } from 'commander';
import { hasChildren } from '../../../../client/index.ts';
import { cdmiAction } from '../../cdmi/cdmi-work.ts';
import { nameOf } from '../../cdmi/destination.ts';
import { listed, listingText } from '../../cdmi/listing.ts';
import { type Member, membersOf, treeBelow } from '../../cdmi/remote-tree.ts';
import { examples } from '../../options.ts';

interface Options {
  readonly long?: boolean;
  readonly recursive?: boolean;
}

/** `occi cdmi ls`: what is in a container. */
export function addLs(program: Command): void {
  program
    .command('ls')
    .description('list what is in a container')
    .argument('[path]', 'container or object; the root when none is named')
    .option('-l, --long', 'with sizes, times and types')
    .option('-r, --recursive', 'with all that is below')
    .addHelpText('after', examples('cdmi ls', 'cdmi ls photos/ --long', 'cdmi ls photos --recursive --output json'))
    .action(
      cdmiAction<Options>(async (work, [word = ''], { long = false, recursive = false }) => {
        const { client, print } = work;
        const object = await client.look(work.pathOf(word));
        const { path } = object;
        const isTree = hasChildren(object);
        const members: Member[] = [];
        if (isTree) {
          for await (const member of (recursive ? treeBelow : membersOf)(client, path)) members.push(member);
        } else members.push({ path, name: nameOf(object), type: 'object' });
        print(listingText(work, await listed(work, isTree ? path : '', members, long), long));
      }),
    );
}
