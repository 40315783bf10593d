import { OcciError } from '../../occi/errors.ts';

/** A part of a body (RFC 2046 §5.1). */
export interface Part {
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** What is not read of it is passed over when the next part is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes that the headers of one part may have. */
const mostHeaders = 16_384;

/** More parts than this are no way to send a value. */
const mostParts = 1000;

const lineEnd = Buffer.from('\r\n');
const blankLine = Buffer.from('\r\n\r\n');

/**
 * Takes a body apart as it comes.
 *
 * @throws OcciError `invalid-request` when it is not made of parts, or ends before the last of them does
 */
export async function* readParts(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const text = new Text(source);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // What is before the first part means nothing.
  await drain(text.until(delimiter));
  for (let count = 1; !(await text.startsWith('--')); count++) {
    if (count > mostParts) throw malformed(`there are more than ${mostParts} parts`);
    await expectBlank(text.until(lineEnd));
    text.giveBack(lineEnd);
    const headers = readHeaders(await limited(text.until(blankLine)));
    const body = text.until(delimiter);
    yield { headers, body };
    await drain(body);
  }
}

/** Bytes that come, of which some are looked at before they are taken. */
class Text {
  readonly #source: AsyncIterator<Uint8Array>;
  /** A line end comes before the first delimiter, too. */
  #ahead: Buffer = lineEnd;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** All before a mark, which is taken away, too. */
  async *until(mark: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#ahead.indexOf(mark);
      if (at !== -1) {
        const found = this.#ahead.subarray(0, at);
        this.#ahead = this.#ahead.subarray(at + mark.length);
        if (found.length > 0) yield found;
        return;
      }
      // The mark may have begun in the last bytes.
      const sure = Math.max(this.#ahead.length - mark.length + 1, 0);
      const found = this.#ahead.subarray(0, sure);
      this.#ahead = this.#ahead.subarray(sure);
      if (found.length > 0) yield found;
      await this.#more();
    }
  }

  /** Whether some characters come next. */
  async startsWith(text: string): Promise<boolean> {
    while (this.#ahead.length < text.length) await this.#more();
    return this.#ahead.subarray(0, text.length).toString('latin1') === text;
  }

  giveBack(bytes: Buffer): void {
    this.#ahead = Buffer.concat([bytes, this.#ahead]);
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done === true) throw malformed('it ends before the last part does');
    this.#ahead = Buffer.concat([this.#ahead, value]);
  }
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

async function expectBlank(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  if ((await limited(bytes)).trim() !== '') throw malformed('there is something behind a boundary');
}

async function limited(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const some of bytes) {
    text += Buffer.from(some).toString('latin1');
    if (text.length > mostHeaders) throw malformed('the headers of a part are too long');
  }
  return text;
}

function readHeaders(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      if (colon < 1) throw malformed('a header of a part has no name');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function malformed(reason: string): OcciError {
  return new OcciError('invalid-request', `the multipart body cannot be read: ${reason}`);
}
