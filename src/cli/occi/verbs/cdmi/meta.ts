import type { Command } from 'commander';
import type { RemoteObject } from '../../../../client/index.ts';
import { pairIn } from '../../attribute-words.ts';
import { type CdmiWork, cdmiAction } from '../../cdmi/cdmi-work.ts';
import { examples, repeated } from '../../options.ts';
import { printable } from '../../printable.ts';
import { table } from '../../table.ts';
import { UsageError } from '../../usage-error.ts';

interface Options {
  readonly remove?: readonly string[];
}

/** `occi cdmi meta`: what is known about an object, and what people keep with it. */
export function addMeta(program: Command): void {
  program
    .command('meta')
    .description('show the metadata of an object, or set items of it')
    .argument('<path>', 'path')
    .argument('[item...]', 'name=text, or name:=JSON')
    .addOption(repeated('--remove <name>', 'an item that is to go; again for another one'))
    .addHelpText(
      'after',
      examples(
        'cdmi meta notes.txt',
        'cdmi meta notes.txt author=Anna --remove draft',
        'cdmi meta photos/ cdmi_value_hash=SHA256',
        `cdmi meta notes.txt 'tags:=["one","two"]' --output json`,
      ),
    )
    .action(
      cdmiAction<Options>(async (work, [word = '', ...items], { remove = [] }) => {
        const { client, print } = work;
        const object = await client.look(work.pathOf(word));
        const wanted: [string, unknown][] = [
          ...items.map(itemIn),
          ...remove.map((name): [string, unknown] => [name, undefined]),
        ];
        if (wanted.length > 0) await client.setMetadata(object, Object.fromEntries(wanted));
        print(metadataText(work, wanted.length > 0 ? await client.look(object.path) : object));
      }),
    );
}

/** @throws UsageError */
function itemIn(word: string): [name: string, value: unknown] {
  const [before, value] = pairIn(word, 'the item');
  if (!before.endsWith(':')) return [before, value];
  try {
    return [before.slice(0, -1), JSON.parse(value)];
  } catch (cause) {
    throw new UsageError(`${word} is no JSON: ${(cause as Error).message}`, 'write name=text for text', { cause });
  }
}

function metadataText({ format, page }: CdmiWork, object: RemoteObject): string {
  const items = Object.entries(object.metadata);
  const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  switch (format) {
    case 'json':
      return JSON.stringify(object, undefined, 2);
    case 'uri':
      return object.url;
    case 'text':
      return items.map(([name, value]) => `${name}=${shown(value)}`).join('\n');
    default: {
      const { url, type, id = '', mimetype = '', completion = '' } = object;
      const facts = [
        ['Type', type],
        ['ID', id],
        ['Media type', mimetype],
        ['State', completion],
      ].filter(([, value]) => value !== '');
      const wide = { ...page, columns: Number.POSITIVE_INFINITY };
      const rows = items.map(([name, value]) => [name, shown(value)]);
      const parts = [page.strong(printable(url)), table(facts, wide)];
      return [...parts, ...(rows.length === 0 ? [] : [table(rows, wide, ['ITEM', 'VALUE'])])].join('\n\n');
    }
  }
}
