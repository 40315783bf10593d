import type { ChangeSet } from '../store/store.ts';

/** What a request comes to, for a record of who did what: filled in by the use cases on their way. */
export interface Trail {
  /** What was asked for, in the words of policy rules: `compute:start`, `mixin:create`. */
  readonly operations: Set<string>;
  /** What was last tried to be written; when the request succeeds, that is what was. */
  changes: ChangeSet | undefined;
  /** IDs of objects whose access control list was against it, and who asked was let in all the same. */
  readonly forced: Set<string>;
}

/** A trail that is empty yet. */
export function newTrail(): Trail {
  return { operations: new Set(), changes: undefined, forced: new Set() };
}
