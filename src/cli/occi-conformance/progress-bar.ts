import { dialectName } from '../../conformance/dialect.ts';
import type { Result } from '../../conformance/run.ts';
import { bar } from '../occi/bar.ts';
import { fitted } from '../occi/display-width.ts';
import { printable } from '../occi/printable.ts';

const cells = 24;

/** How far a run has come: a line at the bottom of a terminal, and nothing elsewhere. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  readonly #isVerbose: boolean;
  #planned = 0;
  #done = 0;
  #failed = 0;

  /** @param isVerbose whether every result is told in a line of its own, on a terminal or not */
  constructor(stream: NodeJS.WriteStream, isVerbose: boolean) {
    this.#stream = stream;
    this.#isVerbose = isVerbose;
  }

  start(planned: number): void {
    this.#planned = planned;
    this.#draw('');
  }

  /** Counts a result. */
  add({ check, dialect, verdict, reason }: Result): void {
    this.#done += 1;
    if (verdict === 'fail') this.#failed += 1;
    if (this.#isVerbose) {
      const why = reason === undefined ? '' : `\n${' '.repeat(16)}${printable(reason)}`;
      this.#tell(`${verdict.padEnd(16)}${check.id} · ${dialectName(dialect)}${why}`);
    }
    this.#draw(`${check.id} · ${dialectName(dialect)}`);
  }

  /** Writes a line above the bar. */
  #tell(line: string): void {
    this.end();
    this.#stream.write(`${line}\n`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }

  #draw(now: string): void {
    if (!this.#stream.isTTY) return;
    const failures = this.#failed === 0 ? '' : `  ${this.#failed} failed`;
    const line = `${bar(this.#done / Math.max(1, this.#planned), cells)}  ${this.#done}/${this.#planned}${failures}  ${now}`;
    this.#stream.write(`\r\u001b[K${fitted(line, (this.#stream.columns || 80) - 1)}`);
  }
}
