/** A wait that has not ended as hoped: too long, or in the state `error`. What was asked for may still come to pass. */
export class WaitError extends Error {
  override readonly name = 'WaitError';
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}
