import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // property tests and real inference share two cores on small machines
    maxWorkers: 2,
    // a process keeps its modules from file to file: loading them took a third of the time
    isolate: false,
  },
});
