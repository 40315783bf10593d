import type { Catalogue } from '../client/catalogue.ts';
import { ClientError } from '../client/client-error.ts';
import type { Exchange, Send } from '../client/exchange.ts';
import type { NameSpace } from '../occi/name-space.ts';
import { type Check, Inconclusive, NotApplicable, Unmet } from './check.ts';
import type { Dialect } from './dialect.ts';
import { Ledger } from './ledger.ts';
import { Trial } from './trial.ts';
import { Whereabouts } from './whereabouts.ts';

/** What a check has come to. */
export type Verdict = 'pass' | 'fail' | 'not applicable' | 'inconclusive';

/** A check, and what it has come to in a dialect. */
export interface Result {
  readonly check: Check;
  readonly dialect: Dialect;
  readonly verdict: Verdict;
  /** What was expected and what came instead, or why nothing can be said. */
  readonly reason?: string;
  /** All that was said for it. */
  readonly exchanges: readonly Exchange[];
}

/** A check to be made in a dialect. */
export interface Attempt {
  readonly check: Check;
  readonly dialect: Dialect;
}

/** The server that is looked at. */
export interface Subject {
  readonly send: Send;
  readonly space: NameSpace;
  readonly queryInterface: string;
  readonly catalogue: Catalogue;
  /** How long checks wait for what it does in its own time; 10 s. */
  readonly patienceMs?: number;
}

/** How a run has ended. */
export interface Aftermath {
  /** What could not be taken away again, and why. */
  readonly left: readonly string[];
}

/**
 * Makes checks one after the other, and takes away what they have made, also when the run is given up.
 *
 * @param told is told of each result
 * @param signal gives the run up: the answer that is awaited is still read, since it may say what was made
 */
export async function run(
  subject: Subject,
  attempts: readonly Attempt[],
  told: (result: Result) => void,
  signal?: AbortSignal,
): Promise<Aftermath> {
  const ledger = new Ledger();
  const whereabouts = new Whereabouts();
  const isGivenUp = () => signal?.aborted === true;
  let isTidyingUp = false;
  const send: Send = async (request) => {
    if (!isTidyingUp) signal?.throwIfAborted();
    return subject.send(request);
  };
  for (const { check, dialect } of attempts) {
    if (isGivenUp()) break;
    const trial = new Trial({ ...subject, send, dialect, ledger, whereabouts });
    const come = await outcome(check, trial);
    // What was interrupted has come to nothing.
    if (isGivenUp() && come.verdict !== 'pass') break;
    told({ check, dialect, ...come, exchanges: [...trial.exchanges] });
  }
  isTidyingUp = true;
  return { left: await ledger.tidyUp() };
}

async function outcome(check: Check, trial: Trial): Promise<Pick<Result, 'verdict' | 'reason'>> {
  try {
    await check.run(trial);
    return { verdict: 'pass' };
  } catch (error) {
    if (error instanceof Unmet) return { verdict: 'fail', reason: error.message };
    if (error instanceof NotApplicable) return { verdict: 'not applicable', reason: error.message };
    // What a check needs and is refused is another check's business.
    if (error instanceof Inconclusive || error instanceof ClientError) {
      return { verdict: 'inconclusive', reason: error.message };
    }
    // No answer may end a run, not even one that nobody has thought of.
    return { verdict: 'inconclusive', reason: `the check cannot cope with what came: ${error}` };
  }
}
