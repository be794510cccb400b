import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that hold the product to milliseconds or mebibytes: they run last and alone, or they would measure the others. */
const TIMED = [
  'test/e2e/flips.test.ts',
  'test/e2e/streams.test.ts',
  'src/gateway/clients.test.ts',
  'bench/main.test.ts',
];
const ALL = [
  'src/**/*.test.ts',
  'sim/**/*.test.ts',
  'test/**/*.test.ts',
  'bench/**/*.test.ts',
  'console/**/*.test.ts',
];

export default defineConfig({
  test: {
    // The machine of the promise has two cores; tests that open sockets must not starve each other.
    maxWorkers: 2,
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ALL,
          exclude: [...configDefaults.exclude, ...TIMED],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'timed', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
