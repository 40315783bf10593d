import type { Command } from 'commander';
import { documentOf } from '../document.ts';
import { everyEntity } from '../everything.ts';
import { examples } from '../options.ts';
import { reference } from '../reference.ts';
import { action } from '../work.ts';

/** `occi export`: a document of which everything can be created again. */
export function addExport(program: Command): void {
  program
    .command('export')
    .description('write resources and their links as one JSON document, for occi create --from')
    .argument('[what]', 'kind, mixin or path; everything without it')
    .addHelpText('after', examples('export > everything.json', 'export compute', 'create --from everything.json'))
    .action(
      action(async ({ client, print }, [what]) => {
        const wanted = what === undefined ? everyEntity(client) : client.entities(reference(client.catalogue, what));
        print(documentOf(await wanted));
      }),
    );
}
