import type { Command } from 'commander';
import type { Client } from '../../../client/index.ts';
import { examples } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import { action } from '../work.ts';

/** `occi tag` and `occi untag`: mixins on entities. */
export function addTag(program: Command): void {
  program
    .command('tag')
    .description('put a mixin on entities')
    .argument('<mixin>', 'term, type identifier or location')
    .argument('[url...]', 'URL or path')
    .option('--define <path>', 'bring the mixin into the model first, with its collection at this path')
    .option('--title <title>', 'title of a mixin that is brought')
    .addHelpText(
      'after',
      examples(
        'tag mine compute/1234 compute/5678',
        'tag http://example.org/tags#mine --define /tag/mine/ compute/1234',
      ),
    )
    .action(
      action<{ readonly define?: string; readonly title?: string }>(
        async ({ client, printer, urlOf, print }, [mixin = '', ...words], { define, title }) => {
          if (define !== undefined) await bring(client, mixin, define, title);
          const urls = words.map(urlOf);
          await client.tag(mixin, urls);
          print(printer.urls(urls));
        },
      ),
    );

  program
    .command('untag')
    .description('take a mixin off entities')
    .argument('<mixin>', 'term, type identifier or location')
    .argument('[url...]', 'URL or path')
    .option('--undefine', 'remove the mixin from the model, and so from all entities')
    .addHelpText('after', examples('untag mine compute/1234', 'untag mine --undefine'))
    .action(
      action<{ readonly undefine?: boolean }>(
        async ({ client, printer, urlOf, print }, [mixin = '', ...words], { undefine }) => {
          const urls = words.map(urlOf);
          await client.untag(mixin, urls);
          if (undefine === true) await client.removeMixins([mixin]);
          print(printer.urls(urls));
        },
      ),
    );
}

async function bring(client: Client, id: string, path: string, title: string | undefined): Promise<void> {
  const [, scheme, term] = /^(\S+#)([^#\s]+)$/.exec(id) ?? [];
  if (scheme === undefined || term === undefined) {
    throw new UsageError(
      `${id} is no type identifier`,
      'write it with a scheme of your own: http://example.org/tags#mine',
    );
  }
  await client.addMixins([{ scheme, term, location: path, ...(title === undefined ? {} : { title }) }]);
}
