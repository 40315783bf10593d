import type { Command } from 'commander';
import { attributesIn } from '../attribute-words.ts';
import { attributeOption, examples, patienceOf, type WaitOptions, waitable } from '../options.ts';
import { categoryNamed, reference } from '../reference.ts';
import { untilSettled } from '../waiting.ts';
import { action } from '../work.ts';

interface Options extends WaitOptions {
  readonly attribute?: readonly string[];
}

/** Where the actions of the standard lead (GFD.224 §3.2, §3.3). */
const targetStates: Readonly<Record<string, readonly string[]>> = {
  start: ['active'],
  stop: ['inactive'],
  suspend: ['suspended'],
  up: ['active'],
  down: ['inactive'],
  online: ['online'],
  offline: ['offline'],
};

/** `occi trigger`: an action, on an entity or on all of a kind. */
export function addTrigger(program: Command): void {
  const command = program
    .command('trigger')
    .description('invoke an action on an entity, or on all of a kind')
    .argument('<url>', 'URL, path or kind')
    .argument('<action>', 'term or type identifier')
    .addOption(attributeOption());
  waitable(command, 'until it is done')
    .addHelpText(
      'after',
      examples(
        'trigger compute/1234 stop --attribute method=graceful --wait',
        'trigger compute start',
        'trigger compute/1234 save',
      ),
    )
    .action(
      action<Options>(async (work, [target = '', name = ''], options) => {
        const { client, printer, surroundings, urlOf, print } = work;
        const { catalogue } = client;
        const isCollection = categoryNamed(catalogue, target) !== undefined;
        const url = isCollection ? reference(catalogue, target) : urlOf(target);
        const patience = patienceOf(work, options);
        const { entity, mixins } = await client.trigger(url, name, attributesIn(catalogue, options.attribute));
        if (options.wait === true) {
          const states = targetStates[name.slice(name.indexOf('#') + 1)];
          for (const one of isCollection ? await client.list(url) : [url]) await untilSettled(patience, one, states);
        }
        if (mixins.length > 0) {
          const offers = await client.refresh();
          print(
            printer.model(
              offers.mixins.filter(({ id }) => mixins.includes(id)),
              surroundings,
            ),
          );
        } else if (isCollection) print(printer.list(await client.entities(url), surroundings));
        else {
          const now = options.wait === true ? undefined : entity;
          print(printer.entity(now ?? (await client.describe(url)), surroundings));
        }
      }),
    );
}
