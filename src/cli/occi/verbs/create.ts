import type { Command } from 'commander';
import type { Client } from '../../../client/index.ts';
import { contextIn } from '../context-words.ts';
import { createdFrom } from '../document.ts';
import {
  attributeOption,
  attributesFrom,
  examples,
  mixinOption,
  patienceOf,
  repeated,
  type WaitOptions,
  type WordingOptions,
  waitable,
} from '../options.ts';
import { standardInput, textOfFile } from '../text-of-file.ts';
import { UsageError } from '../usage-error.ts';
import { untilSettled } from '../waiting.ts';
import { action, type Work } from '../work.ts';

interface Options extends WordingOptions, WaitOptions {
  readonly resource?: string;
  readonly link?: readonly string[];
  readonly context?: readonly string[];
  readonly from?: string;
}

/** `occi create`: a new entity, or all that a document describes. */
export function addCreate(program: Command): void {
  const command = program
    .command('create')
    .description('create an entity, and say where it is')
    .argument('[kind]', 'its kind, as with --resource')
    .option('-r, --resource <kind>', 'its kind')
    .addOption(mixinOption())
    .addOption(attributeOption())
    .addOption(repeated('-j, --link <target>', 'a link to something, network/1234; again for another one'))
    .addOption(repeated('-T, --context <name=value>', 'user_data or public_key for a machine, of file://… the content'))
    .option('--title <title>', 'its title')
    .option('--from <file>', 'create what occi export has written; - is the standard input');
  waitable(command, 'until it is there')
    .addHelpText(
      'after',
      examples(
        'create compute --mixin os_tpl#debian-13 --mixin resource_tpl#small --title "My machine" --wait',
        'create compute --mixin os_tpl#debian-13 --link network/1234 --context public_key=file://$HOME/.ssh/id_ed25519.pub',
        'create storage --attribute occi.storage.size=10',
        'create --from everything.json',
      ),
    )
    .action(
      action<Options>(async (work, [word], options) => {
        const { from } = options;
        if (from !== undefined) {
          await createAll(work, textOfFile(from === '-' ? standardInput : from));
          return;
        }
        const kind = options.resource ?? word;
        if (kind === undefined) throw new UsageError('it is not clear what to create', 'name its kind: create compute');
        const patience = patienceOf(work, options);
        const { client, printer, surroundings, print } = work;
        const url = await createOne(work, kind, options);
        // It is there, whatever becomes of the wait.
        if (!printer.isCuriousAboutNew) print(printer.urls([url]));
        const settled = options.wait === true ? await untilSettled(patience, url, statesOf(client, kind)) : undefined;
        if (printer.isCuriousAboutNew) print(printer.entity(settled ?? (await client.describe(url)), surroundings));
      }),
    );
}

async function createOne({ client, urlOf }: Work, kind: string, options: Options): Promise<string> {
  const { catalogue } = client;
  const context = contextIn(catalogue, options.context);
  return client.create({
    kind,
    mixins: [...new Set([...(options.mixin ?? []), ...context.mixins])],
    attributes: { ...attributesFrom(catalogue, options), ...context.attributes },
    links: (options.link ?? []).map((target) => ({ target: urlOf(target) })),
  });
}

/** When half of it has been done, people have to know which half. */
async function createAll(work: Work, text: string): Promise<void> {
  const urls: string[] = [];
  try {
    for await (const url of createdFrom(work.client, text)) urls.push(url);
  } finally {
    if (urls.length > 0) work.print(work.printer.urls(urls));
  }
}

/** The states to wait for in which machines and disks can be used; other servers show new ones as something else. */
function statesOf({ catalogue }: Client, kind: string): readonly string[] | undefined {
  switch (catalogue.find(kind, 'kind')?.term) {
    case 'compute':
      return ['active'];
    case 'storage':
      return ['online'];
    default:
      return undefined;
  }
}
