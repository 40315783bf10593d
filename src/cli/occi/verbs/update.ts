import type { Command } from 'commander';
import { attributeOption, attributesFrom, examples, mixinOption, repeated, type WordingOptions } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import { action } from '../work.ts';

interface Options extends WordingOptions {
  readonly link?: readonly string[];
}

/** `occi update`: changes what is named, and nothing else. */
export function addUpdate(program: Command): void {
  program
    .command('update')
    .description('change attributes, add mixins and links')
    .argument('<url>', 'URL or path')
    .addOption(attributeOption())
    .addOption(mixinOption())
    .addOption(repeated('-j, --link <target>', 'a link to something; again for another one'))
    .option('--title <title>', 'another title')
    .addHelpText(
      'after',
      examples('update compute/1234 --title "Old faithful"', 'update compute/1234 --mixin resource_tpl#large'),
    )
    .action(
      action<Options>(async ({ client, printer, surroundings, urlOf, print }, [url = ''], options) => {
        const { catalogue } = client;
        const change = {
          attributes: attributesFrom(catalogue, options),
          mixins: options.mixin ?? [],
          links: (options.link ?? []).map((target) => ({ target: urlOf(target) })),
        };
        if (Object.keys(change.attributes).length + change.mixins.length + change.links.length === 0) {
          throw new UsageError('there is nothing to change', 'use --attribute, --mixin, --link or --title');
        }
        print(printer.entity(await client.update(urlOf(url), change), surroundings));
      }),
    );
}
