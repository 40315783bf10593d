import type { Encoding } from '../../cdmi/encoding.ts';
import type { JsonObject } from '../../cdmi/object.ts';

/**
 * An object in JSON whose last field is a value of any length: it is encoded as it comes.
 *
 * @param fields what comes before it
 */
export async function* jsonWith(
  fields: JsonObject,
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<Uint8Array> {
  const before = JSON.stringify(fields).slice(0, -1);
  const quote = encoding === 'json' ? '' : '"';
  let open = `${before}${before === '{' ? '' : ','}"value":${quote}`;
  for await (const text of encodings[encoding](bytes)) {
    yield Buffer.from(open + text);
    open = '';
  }
  yield Buffer.from(`${open}${quote}}`);
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
