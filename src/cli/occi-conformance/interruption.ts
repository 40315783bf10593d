import { exitCodes } from './exit-code.ts';

const codes = { SIGHUP: exitCodes.hungUp, SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
type Name = keyof typeof codes;

/** Ctrl-C: once to give the run up in order, twice to end at once. SIGTERM and SIGHUP are the same. */
export class Interruption {
  readonly #controller = new AbortController();
  #code: number | undefined;
  #isUnderWay = false;

  /** @param told is told that the run is given up */
  constructor(told: () => void) {
    for (const name of Object.keys(codes) as Name[]) {
      process.on(name, () => {
        // Before the run nothing has been made.
        if (!this.#isUnderWay || this.#code !== undefined) process.exit(codes[name]);
        this.#code = codes[name];
        told();
        this.#controller.abort(new Error(`interrupted by ${name}`));
      });
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code when there was an interruption. */
  get code(): number | undefined {
    return this.#code;
  }

  /** From now on there may be something to take away. */
  started(): void {
    this.#isUnderWay = true;
  }
}
