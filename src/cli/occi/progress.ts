import { fitted } from './display-width.ts';
import { printable } from './printable.ts';

const tickMs = 1000;

/** What is going on, for people, on stderr: one line that changes on a terminal, a line for each change elsewhere. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #started = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #text = '';

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** What was shown last; empty when nothing is going on. */
  get text(): string {
    return this.#text;
  }

  show(text: string): void {
    this.#text = printable(text);
    if (!this.#stream.isTTY) {
      this.#stream.write(`${this.#text}\n`);
      return;
    }
    this.#timer ??= setInterval(() => this.#draw(), tickMs);
    this.#draw();
  }

  /** Ends it; on a terminal nothing remains. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#timer !== undefined) this.#stream.write('\r\u001b[K');
    this.#timer = undefined;
    this.#text = '';
  }

  #draw(): void {
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    const line = fitted(`${this.#text} … ${seconds} s`, (this.#stream.columns || 80) - 1);
    this.#stream.write(`\r\u001b[K${line}`);
  }
}
