/** What a run has made on a server, so that it can be taken away again. */
export class Ledger {
  readonly #made = new Map<string, () => Promise<string | undefined>>();

  /** @param undo takes it away; resolves with what went wrong. What is gone already is no fault */
  add(name: string, undo: () => Promise<string | undefined>): void {
    this.#made.set(name, undo);
  }

  /** It has been taken away by a check. */
  forget(name: string): void {
    this.#made.delete(name);
  }

  /** Takes everything away, the last first. @returns what is left, and why */
  async tidyUp(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const [name, undo] of [...this.#made].reverse()) {
      const problem = await undo().catch((error: Error) => error.message);
      if (problem !== undefined) left.push(`${name}: ${problem}`);
      this.#made.delete(name);
    }
    return left;
  }
}
