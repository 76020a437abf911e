import { defineConfig } from 'vitest/config';

/** Tests that load onnxruntime or rclnodejs outside of a worker, end workers amid their work, or measure what compiled code allocates. */
const OWN_PROCESS = [
  'test/ros2/**/*.test.ts',
  'test/training-graphs.test.ts',
  'src/inference/node/{create-inference,run-gate,worker-restart}.test.ts',
  'src/node/real-network.test.ts',
  'src/kinematics/fit-memory.test.ts',
];
/** Tests of the built program, and of trackers with networks. */
const PROGRAMS = [
  'test/**/*.test.ts',
  'src/inference/node/**/*.test.ts',
  'src/node/**/*.test.ts',
  'src/tracking/{learned-tracking,network-refiner,track-hands,track-to,variants}.test.ts',
];

export default defineConfig({
  test: {
    // for what never ends: beside other programs everything may take long
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // property tests and real inference share two cores on small machines
    maxWorkers: 2,
    setupFiles: ['./test/helpers/equal-bytes.ts'],
    // the built program is run as it is
    server: { deps: { external: [/\/dist\//] } },
    // One after the other, in this order. Without isolation a process keeps its modules from file to file: loading them took a
    // third of the time.
    projects: [
      { extends: true, test: { name: 'own process', include: OWN_PROCESS } },
      { extends: true, test: { name: 'programs', include: PROGRAMS, exclude: OWN_PROCESS, isolate: false } },
      {
        extends: true,
        test: { name: 'shared', include: ['src/**/*.test.ts'], exclude: [...OWN_PROCESS, ...PROGRAMS], isolate: false },
      },
    ],
  },
});
