import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import {
  type ByteRange,
  ClientError,
  FileSink,
  hasChildren,
  type RemoteObject,
  type Sink,
  StreamSink,
} from '../../../../client/index.ts';
import { byteRangeIn } from '../../cdmi/byte-range.ts';
import { type CdmiWork, cdmiAction } from '../../cdmi/cdmi-work.ts';
import { nameOf } from '../../cdmi/destination.ts';
import { deviceSink, toOutput } from '../../cdmi/outlet.ts';
import { membersOf } from '../../cdmi/remote-tree.ts';
import { examples } from '../../options.ts';
import { printable } from '../../printable.ts';
import { UsageError } from '../../usage-error.ts';

interface Options {
  readonly recursive?: boolean;
  readonly range?: string;
}

/** `occi cdmi get`: objects become files, or go to the standard output. */
export function addGet(program: Command): void {
  program
    .command('get')
    .description('read objects; what a broken get has left is gone on with')
    .argument(
      '<path...>',
      'paths, and last where to: a directory, a file, or - for the standard output; by default here',
    )
    .option('-r, --recursive', 'containers, too, with all that is in them')
    .option('--range <a-b>', 'only these bytes, both ends included; 100- for the rest')
    .addHelpText(
      'after',
      examples(
        'cdmi get letters/notes.txt',
        'cdmi get letters/notes.txt - | wc',
        'cdmi get --recursive photos /tmp',
        'cdmi get images/disk.qcow2 head --range 0-511',
      ),
    )
    .action(
      cdmiAction<Options>(async (work, words, { recursive = false, range }) => {
        const paths = words.length > 1 ? words.slice(0, -1) : words;
        const target = words.length > 1 ? (words.at(-1) as string) : '.';
        const reading = new Reading(work, recursive, range === undefined ? undefined : byteRangeIn(range));
        try {
          for (const word of paths) {
            await reading.object(await work.client.look(work.pathOf(word)), await placeAt(target, paths.length));
          }
        } finally {
          if (reading.files.length > 0 && target !== '-') work.print(filesText(work, reading.files));
        }
      }),
    );
}

/** Gives the file for something by its name. */
type Place = (name: string) => string;

async function placeAt(target: string, count: number): Promise<Place> {
  const isDirectory = target.endsWith('/') || (await isA('directory', target));
  if (isDirectory && target !== '-') return (name) => join(target, name);
  if (count > 1 && target !== '-')
    throw new UsageError(`${target} is no directory`, 'write it with a slash to make it one');
  return () => target;
}

async function isA(type: 'directory' | 'file', file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return (type === 'directory' ? found?.isDirectory() : found?.isFile()) === true;
}

/** One run of the verb. */
class Reading {
  readonly files: string[] = [];
  readonly #work: CdmiWork;
  readonly #isRecursive: boolean;
  readonly #range: ByteRange | undefined;

  constructor(work: CdmiWork, isRecursive: boolean, range: ByteRange | undefined) {
    this.#work = work;
    this.#isRecursive = isRecursive;
    this.#range = range;
  }

  async object(object: RemoteObject, place: Place): Promise<void> {
    const { client, warn } = this.#work;
    const file = place(nameOf(object));
    if (!hasChildren(object)) {
      await this.#value(object, file);
      return;
    }
    if (!this.#isRecursive) {
      throw new UsageError(`${object.path || '/'} is a ${object.type}`, 'add --recursive to get all that is in it');
    }
    if (file === '-') throw new UsageError('a container cannot go to the standard output', 'name a directory');
    await mkdir(file, { recursive: true });
    for await (const { path, name, type } of membersOf(client, object.path)) {
      if (type === 'reference') warn(`${path} is left out: it is a reference`);
      else await this.object(await client.look(path), () => join(file, name));
    }
  }

  async #value(object: RemoteObject, file: string): Promise<void> {
    const { client, bar } = this.#work;
    if (object.type === 'queue')
      throw new UsageError(`${object.path} is a queue`, 'its values are read with CDMI alone');
    if (!object.isComplete) {
      const advice = 'it is being written, or somebody has stopped writing it';
      throw new ClientError('refused', `${object.url} is not complete: ${object.completion}`, { advice });
    }
    bar.start(object.path);
    await client.download(object, await this.#sinkFor(file), {
      ...(this.#range === undefined ? {} : { range: this.#range }),
      onProgress: (done, total) => bar.show(done, total),
    });
    this.files.push(file);
  }

  async #sinkFor(file: string): Promise<Sink> {
    if (file === '-') return new StreamSink(toOutput);
    await mkdir(dirname(file), { recursive: true });
    const isOther = !(await isA('file', file)) && (await stat(file).catch(() => undefined)) !== undefined;
    // What is no file, such as /dev/null, is not to become one.
    return isOther ? deviceSink(file) : new FileSink(file, this.#range === undefined);
  }
}

function filesText({ format }: CdmiWork, files: readonly string[]): string {
  if (format === 'json') return JSON.stringify(files, undefined, 2);
  return files.map((file) => (format === 'table' ? printable(file) : file)).join('\n');
}
