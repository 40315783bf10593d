/** A log: the file it was kept in, and all that is in it. */
export interface Log {
  readonly file: string;
  readonly text: Buffer;
}

/** A secret in a log. */
export interface Find {
  /** As much of it as is needed to know which it is. */
  readonly begins: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What was searched, for what, and what was found. */
export interface Search {
  readonly files: number;
  readonly lines: number;
  /** Secrets that were looked for, besides those that are known by their form. */
  readonly secrets: number;
  /** Secrets that cannot be told from a word that anybody writes. */
  readonly plain: number;
  readonly finds: readonly Find[];
}

/** Cannot be told from words: `geheim`, `u-1`, `password`. */
const isPlain = (secret: string) => secret.length < 8 || /^[a-z]{8,15}$/.test(secret);

/** Secrets that are known by their form, whoever has made them. */
const forms: readonly RegExp[] = [
  // A JSON Web Token.
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  // A token of Keystone (Fernet).
  /\bgAAAA[\w-]{20,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/g,
  // A password in a URL. Stars are none, and what a fresh RabbitMQ lets in from its own machine is the default that help shows.
  /:\/\/(?!guest:guest@127\.0\.0\.1:5672\b)[^\s/?#@:"'\\]*:(?!\*+@)[^\s/?#@"'\\]+@/g,
  // The hash of a password, as users files have it.
  /\$(?:scrypt|argon2id)\$[\w,=]+\$/g,
];

/** Looks for secrets in logs: as they are, and as JSON, URLs and Basic spell them. */
export function search(logs: Iterable<Log>, secrets: Iterable<string>): Search {
  const distinct = [...new Set(secrets)];
  const telling = distinct.filter((secret) => !isPlain(secret));
  const index = new Index(telling.flatMap(spellings));
  const finds: Find[] = [];
  let [files, lines] = [0, 0];
  for (const { file, text } of logs) {
    files += 1;
    lines += count(text);
    const latin1 = text.toString('latin1');
    const inForm = forms.flatMap((form) =>
      [...latin1.matchAll(form)].map((match) => ({ at: match.index, is: match[0] })),
    );
    for (const { at, is } of [...index.findIn(text), ...inForm])
      finds.push({ begins: is.slice(0, 6), file, line: count(text.subarray(0, at)) + 1 });
  }
  return { files, lines, secrets: telling.length, plain: distinct.length - telling.length, finds };
}

function spellings(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  // Without what depends on the characters that follow.
  const base64 = Buffer.from(secret).subarray(0, Math.floor(Buffer.byteLength(secret) / 3) * 3);
  return [...new Set([secret, json, encodeURIComponent(secret.toWellFormed()), base64.toString('base64')])];
}

function count(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(10); at !== -1; at = text.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** Words to be found in much text: there are thousands of them, and logs are long. */
class Index {
  /** By what the first four bytes come to; it says at once of nearly all places that no word begins there. */
  readonly #words = new Map<number, Buffer[]>();
  readonly #begins = new Uint8Array(1 << 16);

  constructor(words: readonly string[]) {
    for (const word of words.map((one) => Buffer.from(one))) {
      const key = keyOf(word.readInt32BE(0));
      this.#begins[key] = 1;
      const others = this.#words.get(key);
      if (others === undefined) this.#words.set(key, [word]);
      else others.push(word);
    }
  }

  *findIn(text: Buffer): Generator<{ readonly at: number; readonly is: string }> {
    let last = 0;
    for (let end = 0; end < text.length; end += 1) {
      last = (last << 8) | (text[end] as number);
      const key = keyOf(last);
      if (this.#begins[key] === 0 || end < 3) continue;
      const at = end - 3;
      for (const word of this.#words.get(key) ?? [])
        if (text.subarray(at, at + word.length).equals(word)) yield { at, is: word.toString() };
    }
  }
}

function keyOf(fourBytes: number): number {
  return Math.imul(fourBytes, 0x9e3779b1) >>> 16;
}
