/** Hands out the smallest number of a range that is free. */
export class LowestFree {
  readonly #taken = new Set<bigint>();
  /** The range asked for last, and a number below which nothing in it is free. */
  #from = 0n;
  #lowest = 0n;

  get isEmpty(): boolean {
    return this.#taken.size === 0;
  }

  has(number: bigint): boolean {
    return this.#taken.has(number);
  }

  /** Takes a certain number. */
  hold(number: bigint): void {
    this.#taken.add(number);
  }

  /**
   * Takes the smallest free number.
   *
   * @param except a number that is never handed out
   * @returns undefined when none is free
   */
  take(from: bigint, to: bigint, except?: bigint): bigint | undefined {
    let number = from === this.#from && this.#lowest > from ? this.#lowest : from;
    while (number === except || this.#taken.has(number)) number++;
    this.#from = from;
    this.#lowest = number;
    if (number > to) return undefined;
    this.#taken.add(number);
    return number;
  }

  release(number: bigint): void {
    this.#taken.delete(number);
    if (number < this.#lowest) this.#lowest = number;
  }
}
