import type { Command } from 'commander';
import { examples } from '../options.ts';
import { categoryNamed, reference } from '../reference.ts';
import { action } from '../work.ts';

/** `occi describe`: entities in full. */
export function addDescribe(program: Command): void {
  program
    .command('describe')
    .description('show entities in full; all of a kind; or a mixin')
    .argument('<what...>', 'URL, path or kind')
    .addHelpText(
      'after',
      examples('describe compute/1234', 'describe compute --output json', 'describe os_tpl#debian-13'),
    )
    .action(
      action(async ({ client, printer, surroundings, urlOf, print }, words) => {
        const { catalogue } = client;
        const offers = words.map((word) => categoryNamed(catalogue, word));
        const [first] = offers;
        if (words.length === 1 && first !== undefined && first.class !== 'kind') {
          print(printer.category(first, surroundings));
          return;
        }
        if (words.length === 1 && first === undefined) {
          print(printer.entity(await client.describe(urlOf(words[0] ?? '')), surroundings));
          return;
        }
        const found = await Promise.all(
          words.map((word, index) => {
            return offers[index] === undefined
              ? client.describe(urlOf(word))
              : client.entities(reference(catalogue, word));
          }),
        );
        print(printer.describe(found.flat(), surroundings));
      }),
    );
}
