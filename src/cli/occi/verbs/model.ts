import type { Command } from 'commander';
import { examples } from '../options.ts';
import { action } from '../work.ts';

/** `occi model`: what the server offers. */
export function addModel(program: Command): void {
  program
    .command('model')
    .description('show kinds, mixins and actions, or one of them in full')
    .argument('[category]', 'term, type identifier or location')
    .addHelpText('after', examples('model', 'model compute', 'model os_tpl#debian-13', 'model --output json'))
    .action(
      action(async ({ client, printer, surroundings, print }, [name]) => {
        const { catalogue } = client;
        const { kinds, mixins, actions } = catalogue;
        if (name === undefined) print(printer.model([...kinds, ...mixins, ...actions], surroundings));
        else print(printer.category(catalogue.find(name) ?? catalogue.resolve(name), surroundings));
      }),
    );
}
