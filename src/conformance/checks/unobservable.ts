/** A requirement on servers that cannot be seen from outside, and why. */
export interface Unobservable {
  readonly id: string;
  readonly why: string;
}

/** All requirements with level MUST or SHOULD on servers that have no check. */
export const unobservable: readonly Unobservable[] = [];
