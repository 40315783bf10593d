import { bar } from '../bar.ts';
import { fitted } from '../display-width.ts';
import { printable } from '../printable.ts';
import { byteCount } from './byte-count.ts';

const cells = 20;
const redrawMs = 100;

/** How far a value has come, for people: a line at the bottom of a terminal on stderr, and nothing elsewhere. */
export class TransferBar {
  readonly #stream: NodeJS.WriteStream;
  #name = '';
  #started = 0;
  #drawn = 0;
  /** How many bytes were there when it began, which have taken no time. */
  #first: number | undefined;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  start(name: string): void {
    this.#name = printable(name);
    this.#started = performance.now();
    this.#first = undefined;
  }

  /** @param total undefined where nobody knows */
  show(done: number, total: number | undefined): void {
    this.#first ??= done;
    const now = performance.now();
    if (!this.#stream.isTTY || (now - this.#drawn < redrawMs && done !== total)) return;
    this.#drawn = now;
    const seconds = (now - this.#started) / 1000;
    const speed = seconds < 0.2 ? '' : `${byteCount(Math.max(0, done - this.#first) / seconds)}/s`;
    const far = total === undefined ? '' : `${bar(total === 0 ? 1 : done / total, cells)}  `;
    const sum = total === undefined ? byteCount(done) : `${byteCount(done)} of ${byteCount(total)}`;
    const line = `${far}${sum}  ${speed.padEnd(12)}  ${this.#name}`;
    this.#stream.write(`\r\u001b[K${fitted(line, (this.#stream.columns || 80) - 1)}`);
  }

  /** Takes it away. */
  end(): void {
    if (this.#stream.isTTY && this.#drawn > 0) this.#stream.write('\r\u001b[K');
    this.#drawn = 0;
  }
}
