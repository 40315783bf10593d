import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { asContainer, childOf, parentOf } from '../../../../client/cdmi/remote-path.ts';
import { fileSource, streamSource, type UploadSource } from '../../../../client/index.ts';
import { byteRangeIn } from '../../cdmi/byte-range.ts';
import { type CdmiWork, cdmiAction } from '../../cdmi/cdmi-work.ts';
import { type Destination, destinationAt } from '../../cdmi/destination.ts';
import { localTree, localType } from '../../cdmi/local-tree.ts';
import { mediaTypeOf } from '../../cdmi/media-type-of.ts';
import { examples } from '../../options.ts';
import { UsageError } from '../../usage-error.ts';

interface Options {
  readonly recursive?: boolean;
  readonly continue?: boolean;
  readonly type?: string;
  readonly range?: string;
}

/** `occi cdmi put`: files, directories and the standard input become objects. */
export function addPut(program: Command): void {
  program
    .command('put')
    .description('send files; containers that are missing are made')
    .argument('<file...>', 'files, - for the standard input; and last where to: a container, or the path of the object')
    .option('-r, --recursive', 'directories, too, with all that is in them')
    .option('-c, --continue', 'go on with what a broken put of the same file has left')
    .option('--type <type>', 'the media type of the values; by default what the names suit')
    .addOption(new Option('--range <a-b>', 'write into an object, from byte a on; 100- goes as far as there is'))
    .addHelpText(
      'after',
      examples(
        'cdmi put notes.txt letters/',
        'cdmi put --recursive photos backup/',
        'cdmi put --continue disk.qcow2 images/disk.qcow2',
        'cdmi put --type text/plain - log.txt < log',
      ),
    )
    .action(
      cdmiAction<Options>(async (work, words, options) => {
        const files = words.slice(0, -1);
        if (files.length === 0) throw new UsageError('it is not clear where to', 'write put file path');
        const sending = new Sending(work, options);
        try {
          const destination = await destinationAt(work, work.pathOf(words.at(-1) ?? ''), files.length);
          for (const file of files) await sending.word(file, destination);
        } finally {
          work.printUrls(sending.sent);
        }
      }),
    );
}

/** One run of the verb. */
class Sending {
  readonly sent: string[] = [];
  readonly #work: CdmiWork;
  readonly #options: Options;
  /** The containers that are known to be there. */
  readonly #made = new Set<string>();

  constructor(work: CdmiWork, options: Options) {
    this.#work = work;
    this.#options = options;
  }

  /** What a word of the command line names. */
  async word(file: string, destination: Destination): Promise<void> {
    const { recursive = false } = this.#options;
    if (file === '-') {
      const path = destination.pathFor('');
      if (path === '' || path.endsWith('/')) {
        throw new UsageError('the standard input has no name', 'write the path of the object');
      }
      await this.#send(streamSource(process.stdin), path, '-');
    } else if ((await localType(file)) === 'file') {
      await this.#send(await fileSource(file), destination.pathFor(basename(file)), file);
    } else if (recursive) {
      await this.#directory(file, destination.pathFor(/(?:^|\/)\.{1,2}\/*$/.test(file) ? '' : basename(file)));
    } else throw new UsageError(`${file} is a directory`, 'add --recursive to send all that is in it');
  }

  async #directory(directory: string, path: string): Promise<void> {
    const { warn } = this.#work;
    await this.#container(asContainer(path));
    for await (const { file, names, type } of localTree(directory)) {
      const own = names.reduce(childOf, path);
      if (type === 'directory') await this.#container(asContainer(own));
      else if (type === 'file') await this.#send(await fileSource(file), own, file);
      else warn(`${file} is left out: it is neither a file nor a directory`);
    }
  }

  async #container(path: string): Promise<void> {
    if (path === '' || this.#made.has(path)) return;
    await this.#work.client.makeContainer(path);
    this.#made.add(path);
  }

  async #send(source: UploadSource, path: string, file: string): Promise<void> {
    const { client, bar } = this.#work;
    const { type = mediaTypeOf(file === '-' ? path : file), range } = this.#options;
    const at = range === undefined ? undefined : byteRangeIn(range);
    if (at?.last !== undefined && source.size !== undefined && at.last - at.first + 1 !== source.size) {
      throw new UsageError(`${file} has ${source.size} bytes, and not those of --range ${range}`, `write ${at.first}-`);
    }
    await this.#container(parentOf(path));
    bar.start(file);
    await client.upload(path, source, {
      mimetype: type,
      ...(at === undefined ? {} : { at: at.first }),
      continues: this.#options.continue === true,
      onProgress: (done) => bar.show(done, source.size),
    });
    this.sent.push(path);
  }
}
