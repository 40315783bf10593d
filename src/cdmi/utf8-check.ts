import { isUtf8 } from 'node:buffer';

/** Whether bytes that come in pieces are UTF-8; characters may be cut in two. */
export class Utf8Check {
  #isUtf8 = true;
  #rest: Uint8Array = new Uint8Array();

  update(bytes: Uint8Array): void {
    if (!this.#isUtf8) return;
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const end = all.length - unfinished(all);
    this.#isUtf8 = isUtf8(all.subarray(0, end));
    this.#rest = Uint8Array.prototype.slice.call(all, end);
  }

  /** Whether all that came was. */
  end(): boolean {
    return this.#isUtf8 && this.#rest.length === 0;
  }
}

/** How many bytes at the end begin a character that is not complete. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
