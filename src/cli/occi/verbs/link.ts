import type { Command } from 'commander';
import { attributeOption, attributesFrom, examples, mixinOption, type WordingOptions } from '../options.ts';
import { action } from '../work.ts';

interface Options extends WordingOptions {
  readonly kind?: string;
}

/** `occi link` and `occi unlink`: links between resources. */
export function addLink(program: Command): void {
  program
    .command('link')
    .description('link a resource to another one, and say where the link is')
    .argument('<source>', 'URL or path')
    .argument('<target...>', 'URL or path')
    .option('--kind <kind>', 'kind of the link; by default that which leads to the target')
    .addOption(mixinOption())
    .addOption(attributeOption())
    .option('--title <title>', 'its title')
    .addHelpText(
      'after',
      examples(
        'link compute/1234 network/5678',
        'link compute/1234 storage/9 --attribute occi.storagelink.deviceid=/dev/vdb',
      ),
    )
    .action(
      action<Options>(async ({ client, printer, urlOf, print }, [source = '', ...targets], options) => {
        const { catalogue } = client;
        const wording = {
          mixins: options.mixin ?? [],
          attributes: attributesFrom(catalogue, options),
          ...(options.kind === undefined ? {} : { kind: options.kind }),
        };
        for (const target of targets) {
          const url = await client.link(urlOf(source), urlOf(target), wording);
          print(printer.urls([url]));
        }
      }),
    );

  program
    .command('unlink')
    .description('delete links')
    .argument('<link...>', 'URL or path of the link itself')
    .addHelpText('after', examples('unlink networkinterface/1234'))
    .action(
      action(async ({ client, printer, urlOf, print }, words) => {
        const urls = words.map(urlOf);
        for (const url of urls) await client.unlink(url);
        print(printer.urls(urls));
      }),
    );
}
