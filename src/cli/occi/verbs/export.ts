import type { Command } from 'commander';
import { documentOf } from '../document.ts';
import { examples } from '../options.ts';
import { reference } from '../reference.ts';
import { action } from '../work.ts';
import { collections, entitiesIn } from './list.ts';

/** `occi export`: a document of which everything can be created again. */
export function addExport(program: Command): void {
  program
    .command('export')
    .description('write resources and their links as one JSON document, for occi create --from')
    .argument('[what]', 'kind, mixin or path; everything without it')
    .addHelpText('after', examples('export > everything.json', 'export compute', 'create --from everything.json'))
    .action(
      action(async ({ client, print }, [what]) => {
        const { catalogue } = client;
        const targets = what === undefined ? collections(catalogue) : [reference(catalogue, what)];
        print(documentOf(await entitiesIn(client, targets)));
      }),
    );
}
