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
