import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { faultTally } from './test/conformance/fault-tally.ts';
import { logSearch } from './test/secrecy/log-search.ts';

const secrecy = logSearch();

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [faultTally(), secrecy],
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/interop/**'],
          // Most of the time tests wait for processes; one at a time, as on a machine with two cores, would take far longer.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          testTimeout: 20_000,
        },
      },
      {
        plugins: [secrecy],
        test: {
          // Against real servers, which are installed and started for it: slow to begin with, and few at a time.
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          globalSetup: ['test/interop/lab/global-setup.ts'],
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        'src/occi/**': { branches: 95 },
        'src/renderers/**': { branches: 95 },
      },
    },
  },
});
