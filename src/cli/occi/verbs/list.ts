import type { Command } from 'commander';
import type { Catalogue, Offer } from '../../../client/index.ts';
import { attributesIn } from '../attribute-words.ts';
import { everyEntity, everyUrl } from '../everything.ts';
import { examples, mixinOption, repeated } from '../options.ts';
import { reference } from '../reference.ts';
import { action } from '../work.ts';

interface Options {
  readonly filter?: readonly string[];
  readonly mixin?: readonly string[];
}

/** `occi list`: what there is. */
export function addList(program: Command): void {
  program
    .command('list')
    .description(
      'list entities: all, those of a kind or mixin, or those below a path; for os_tpl and resource_tpl, the templates',
    )
    .argument('[what]', 'kind, mixin or path')
    .addOption(repeated('--filter <name=value>', 'only those with this attribute; again for another one'))
    .addOption(mixinOption())
    .addHelpText(
      'after',
      examples('list', 'list compute --filter occi.compute.state=active', 'list os_tpl', 'list compute --output uri'),
    )
    .action(
      action<Options>(async ({ client, printer, surroundings, print }, [what], { filter, mixin = [] }) => {
        const { catalogue } = client;
        const templates = what === undefined ? [] : templatesBelow(catalogue, what);
        if (templates.length > 0) {
          print(printer.model(templates, surroundings));
          return;
        }
        const options = { filter: { categories: mixin, attributes: attributesIn(catalogue, filter, '--filter') } };
        if (printer.isContentWithUrls) {
          const urls =
            what === undefined ? everyUrl(client, options) : client.list(reference(catalogue, what), options);
          print(printer.urls(await urls));
        } else {
          const entities =
            what === undefined ? everyEntity(client, options) : client.entities(reference(catalogue, what), options);
          print(printer.list(await entities, surroundings));
        }
      }),
    );
}

/** What stands for templates has no members that anybody looks for. */
function templatesBelow(catalogue: Catalogue, what: string): readonly Offer[] {
  switch (catalogue.find(what, 'mixin')?.term ?? what) {
    case 'os_tpl':
      return catalogue.osTemplates;
    case 'resource_tpl':
      return catalogue.resourceTemplates;
    default:
      return [];
  }
}
