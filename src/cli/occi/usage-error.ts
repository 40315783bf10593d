/** A command line that cannot be meant. The message says what is wrong with it, and `advice` what to write. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly advice: string;

  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.advice = advice;
  }
}
