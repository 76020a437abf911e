import { defineConfig } from 'vitest/config';

/** Tests that start networks, and those of whole programs, have a process of their own. */
const OWN_PROCESS = [
  'test/**/*.test.ts',
  'src/inference/node/**/*.test.ts',
  'src/node/**/*.test.ts',
  'src/tracking/{learned-tracking,network-refiner,track-hands,track-to,variants}.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // property tests and real inference share two cores on small machines
    maxWorkers: 2,
    // the built program is run as it is
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      { extends: true, test: { name: 'own process', include: OWN_PROCESS } },
      // a process keeps its modules from file to file: loading them took a third of the time
      { extends: true, test: { name: 'shared', include: ['src/**/*.test.ts'], exclude: OWN_PROCESS, isolate: false } },
    ],
  },
});
