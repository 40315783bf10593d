/** About how many characters go out at once. */
const pieceSize = 65_536;

/**
 * The items of pages as text, with a separator between them: a string when the first page is all there is, else
 * pieces of about 64 KiB, so that memory does not grow with the collection.
 */
export async function pieces<T>(
  pages: AsyncIterable<readonly T[]>,
  write: (item: T) => string,
  separator: string,
): Promise<string | AsyncIterable<string>> {
  const iterator = pages[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return '';
  const second = await iterator.next();
  if (second.done === true) return first.value.map(write).join(separator);
  return rest([first.value, second.value], iterator, write, separator);
}

async function* rest<T>(
  read: readonly (readonly T[])[],
  iterator: AsyncIterator<readonly T[]>,
  write: (item: T) => string,
  separator: string,
): AsyncGenerator<string> {
  let text = '';
  let begun = false;
  try {
    for await (const page of chain(read, iterator)) {
      for (const item of page) {
        text += begun ? separator + write(item) : write(item);
        begun = true;
        if (text.length >= pieceSize) {
          yield text;
          text = '';
        }
      }
    }
    if (text !== '') yield text;
  } finally {
    await iterator.return?.();
  }
}

async function* chain<T>(read: readonly T[], iterator: AsyncIterator<T>): AsyncGenerator<T> {
  yield* read;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}
