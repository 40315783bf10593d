import type { Attributes } from './attribute.ts';

/** One edge of a state machine: what an action does to an entity. */
export interface Transition {
  /** The type identifier of the action. */
  readonly action: string;
  readonly from: readonly string[];
  readonly to: string;
  /** The state shown while it is under way, where that is a state of its own (storage in OCCI 1.1). */
  readonly via?: string;
}

/** The state machine of a kind, as the figures and tables of its document give it. */
export interface Lifecycle {
  /** The attribute that holds the state, `occi.compute.state`. */
  readonly attribute: string;
  /** The attribute that says what is going on, `occi.compute.state.message`. */
  readonly message?: string;
  readonly states: readonly string[];
  readonly initial: string;
  /** The state that a new entity goes to by itself; equal to `initial` when it just stays. */
  readonly settled: string;
  /** The state after a failure. Documents before 1.2 have none. */
  readonly error?: string;
  readonly transitions: readonly Transition[];
}

/** A change of state that has been asked for and has not happened yet. */
export interface Pending {
  readonly to: string;
  /** The action that started it; none while the entity is being created. */
  readonly action?: string;
  /** Attributes that the entity is going to have, where it takes more for them already. */
  readonly claims?: Attributes;
}

/** What asking for an action means in the present state. */
export type Verdict =
  | { readonly allowed: true; readonly transition: Transition }
  /** The state it leads to already holds or is under way: nothing is to be done, and it is no error. */
  | { readonly allowed: true; readonly transition?: undefined }
  | { readonly allowed: false };

/** The transition an action makes from a state, if there is one. */
export function transitionFrom(lifecycle: Lifecycle, state: string, action: string): Transition | undefined {
  return lifecycle.transitions.find((edge) => edge.action === action && edge.from.includes(state));
}

/**
 * Whether an action can be carried out now (GFD.221 §5.3.5, GFD.224 §3).
 *
 * While a change is under way only its own goal can be asked for again; anything else has to wait.
 */
export function judge(lifecycle: Lifecycle, state: string, pending: Pending | undefined, action: string): Verdict {
  // An edge from a state to itself (restart, save, resize) is taken for what it does, never for where it ends.
  const leadsTo = (goal: string) =>
    lifecycle.transitions.some((edge) => edge.action === action && edge.to === goal && !edge.from.includes(goal));
  if (pending !== undefined) {
    return leadsTo(pending.to) ? { allowed: true } : { allowed: false };
  }
  const transition = transitionFrom(lifecycle, state, action);
  if (transition !== undefined) return { allowed: true, transition };
  return leadsTo(state) ? { allowed: true } : { allowed: false };
}
