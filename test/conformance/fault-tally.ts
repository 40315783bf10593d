import type { Plugin } from 'vitest/config';
import type { Reporter, TestModule } from 'vitest/node';

declare module 'vitest' {
  interface TaskMeta {
    /** The test is whether the conformance suite notices a fault. */
    isFault?: true;
  }
}

/** How many faults were tried, at least one, and how many of them the conformance suite has caught. */
export interface Faults {
  readonly tried: number;
  readonly caught: number;
}

/** The share of faults that the conformance suite has to catch. */
const bar = 0.95;

/** What a run has come to, in a line. */
export function tally({ tried, caught }: Faults): string {
  // What is not whole is not to look whole.
  const percent = Math.floor((caught / tried) * 1000) / 10;
  return `conformance suite: ${caught} of ${tried} faults caught (${percent} %; bar ${bar * 100} %)`;
}

/** Whether the bar is reached. */
export function isEnough({ tried, caught }: Faults): boolean {
  return caught / tried >= bar;
}

/** Tells at the end of a run of the tests how many faults were caught; below the bar the run fails. */
const reporter: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const tests = modules.flatMap((one) => [...one.children.allTests()]);
    const tried = tests.filter((test) => test.meta().isFault === true);
    const caught = tried.filter((test) => test.result().state === 'passed');
    if (tried.length === 0) return;
    const faults = { tried: tried.length, caught: caught.length };
    process.stdout.write(`\n${tally(faults)}\n`);
    if (!isEnough(faults)) process.exitCode = 1;
  },
};

/** Adds the tally to whichever reporters there are: those of the command line take the place of those of the config. */
export function faultTally(): Plugin {
  return {
    name: 'fault-tally',
    configureVitest({ vitest }) {
      vitest.config.reporters.push(reporter);
    },
  };
}
