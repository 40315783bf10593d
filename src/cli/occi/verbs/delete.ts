import type { Command } from 'commander';
import { examples, patienceOf, type WaitOptions, waitable } from '../options.ts';
import { categoryNamed, reference } from '../reference.ts';
import { UsageError } from '../usage-error.ts';
import { untilGone } from '../waiting.ts';
import { action } from '../work.ts';

interface Options extends WaitOptions {
  readonly all?: boolean;
}

/** `occi delete`: entities, and with `--all` those of a kind. */
export function addDelete(program: Command): void {
  const command = program
    .command('delete')
    .description('delete entities, resources with their links')
    .argument('<url...>', 'URL or path; with --all, kinds')
    .option('--all', 'delete everything of the kinds that are named');
  waitable(command, 'until they are gone')
    .addHelpText(
      'after',
      examples('delete compute/1234 network/5678', 'delete compute/1234 --wait', 'delete compute --all'),
    )
    .action(
      action<Options>(async (work, words, options) => {
        const { client, printer, print } = work;
        const { catalogue } = client;
        const kinds = words.filter((word) => categoryNamed(catalogue, word) !== undefined);
        if (kinds.length > 0 && options.all !== true) {
          throw new UsageError(`${kinds.join(', ')} means all of them`, 'add --all when that is right');
        }
        const patience = patienceOf(work, options);
        const deleted: string[] = [];
        try {
          for (const word of words) {
            const isCollection = kinds.includes(word);
            const where = reference(catalogue, word);
            const members = isCollection ? await client.list(where) : [work.urlOf(word)];
            if (isCollection) await client.deleteAll(where);
            else await client.delete(work.urlOf(word));
            deleted.push(...members);
            if (options.wait === true) for (const member of members) await untilGone(patience, member);
          }
        } finally {
          if (deleted.length > 0) print(printer.urls(deleted));
        }
      }),
    );
}
