/** The requests that are being answered, and whether more are taken. */
export class Traffic {
  #inFlight = 0;
  #draining = false;
  #idle: PromiseWithResolvers<void> | undefined;

  /** Whether no more requests are taken. */
  get draining(): boolean {
    return this.#draining;
  }

  /** How many are being answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  drain(): void {
    this.#draining = true;
  }

  enter(): void {
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#idle?.resolve();
  }

  /** Resolves when nothing is being answered. */
  async idle(): Promise<void> {
    if (this.#inFlight === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }
}
