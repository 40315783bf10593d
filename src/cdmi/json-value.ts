import type { Encoding } from './encoding.ts';
import type { JsonObject } from './object.ts';

/** Bytes, and how JSON carries them. */
export interface Carried {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly encoding: Encoding;
}

/**
 * An object in JSON whose last field is a value of any length, or a list of such: it is encoded as it comes.
 *
 * @param fields what comes before it
 */
export async function* jsonWith(fields: JsonObject, value: Carried | Iterable<Carried>): AsyncGenerator<Uint8Array> {
  const before = JSON.stringify(fields).slice(0, -1);
  let open = `${before}${before === '{' ? '' : ','}"value":`;
  for await (const text of 'bytes' in value ? written(value) : listed(value)) {
    yield Buffer.from(open + text);
    open = '';
  }
  yield Buffer.from(`${open}}`);
}

async function* listed(values: Iterable<Carried>): AsyncGenerator<string> {
  let open = '[';
  for (const value of values) {
    yield open;
    yield* written(value);
    open = ',';
  }
  yield open === '[' ? '[]' : ']';
}

async function* written({ bytes, encoding }: Carried): AsyncGenerator<string> {
  const quote = encoding === 'json' ? '' : '"';
  yield quote;
  yield* encodings[encoding](bytes);
  yield quote;
}

const encodings = { base64, 'utf-8': escapedText, json: plainText } satisfies Record<
  Encoding,
  (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<string>
>;

/** Three bytes become four characters, so what is left over waits for what comes next. */
async function* base64(bytes: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let rest: Uint8Array = new Uint8Array();
  for await (const some of bytes) {
    const all =
      rest.length === 0 ? Buffer.from(some.buffer, some.byteOffset, some.length) : Buffer.concat([rest, some]);
    const end = all.length - (all.length % 3);
    yield all.toString('base64', 0, end);
    rest = Buffer.from(all.subarray(end));
  }
  if (rest.length > 0) yield Buffer.from(rest).toString('base64');
}

async function* escapedText(bytes: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  for await (const text of plainText(bytes)) yield JSON.stringify(text).slice(1, -1);
}

async function* plainText(bytes: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const some of bytes) yield decoder.decode(some, { stream: true });
  yield decoder.decode();
}
