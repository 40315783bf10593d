import { parentPort } from 'node:worker_threads';
import { checks } from '../../src/conformance/checks/index.ts';
import type { Dialect } from '../../src/conformance/dialect.ts';
import type { Verdict } from '../../src/conformance/run.ts';
import { type Fault, faults } from './faults.ts';
import { openLaboratory } from './mutation.ts';

/** What a worker is to do: a fault by its room and its place there, or a dialect without any fault. */
export type Task = { readonly room: string; readonly at: number } | { readonly dialect: Dialect };

/** A check that did not pass. */
export interface Trouble {
  readonly check: string;
  readonly verdict: Verdict;
  readonly reason: string;
}

function faultOf(task: { readonly room: string; readonly at: number }): Fault {
  const fault = faults.find(({ room, at }) => room === task.room && at === task.at);
  if (fault === undefined) throw new Error(`there is no fault ${JSON.stringify(task)}`);
  return fault;
}

parentPort?.on('message', async (task: Task) => {
  const { mutation, options } = 'dialect' in task ? { mutation: task } : faultOf(task);
  // What a fault leaves behind is not to be in the way of the next one.
  const laboratory = await openLaboratory(options);
  const results = await laboratory.resultsWith(mutation, checks);
  await laboratory.close();
  const troubles = results.flatMap(({ check, verdict, reason = '' }): Trouble[] =>
    verdict === 'fail' || verdict === 'inconclusive' ? [{ check: check.id, verdict, reason }] : [],
  );
  parentPort?.postMessage(troubles);
});
