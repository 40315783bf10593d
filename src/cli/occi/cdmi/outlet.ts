import { open } from 'node:fs/promises';
import { type Sink, StreamSink } from '../../../client/index.ts';

/** Writes to the standard output, and waits until there is room. @throws ReaderGone */
export function toOutput(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(new ReaderGone());
    });
  });
}

/** Whoever read the output has seen enough, as `head` has: there is nothing more to do. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

/** Something that is no file of its own, such as a device or a pipe. */
export async function deviceSink(path: string): Promise<Sink> {
  const handle = await open(path, 'w');
  return new StreamSink(
    (bytes) => handle.writeFile(bytes),
    () => handle.close(),
  );
}
