/**
 * The layers of src/ (docs/architecture.md): a folder imports from lower layers, or from a folder of its own layer that stands before it in
 * the flow of data; there are no cycles between files or folders. Only entry files lie at the root of src/.
 */
const layers = [
  ['errors', 'geometry', 'timing', 'hand'],
  ['depth', 'rig', 'detection', 'voxels', 'heatmaps', 'inference', 'kinematics', 'smoothing', 'gestures', 'synthetic', 'faults'],
  ['messages', 'transport'],
  ['tracking'],
  ['recording', 'evaluation', 'regression', 'node'],
  ['cli'],
];
const folders = layers.flat();
/** Where a folder may not use all that stands before it. */
const only = {
  errors: [],
  geometry: ['errors'],
  timing: ['errors'],
  hand: ['errors', 'geometry'],
  rig: ['errors', 'geometry', 'timing', 'hand', 'depth'],
  heatmaps: ['errors', 'geometry', 'hand'],
  inference: ['errors', 'geometry', 'timing', 'hand', 'voxels', 'heatmaps'],
  kinematics: ['errors', 'geometry', 'hand'],
  smoothing: ['errors', 'geometry', 'timing', 'hand'],
  gestures: ['errors', 'geometry', 'timing', 'hand'],
  synthetic: ['errors', 'geometry', 'hand', 'depth', 'kinematics'],
  faults: ['errors', 'geometry', 'timing'],
  messages: ['errors', 'geometry', 'timing', 'hand', 'gestures'],
};
const before = (folder) => only[folder] ?? folders.slice(0, folders.indexOf(folder));
const pure = ['errors', 'geometry', 'timing', 'hand', 'depth', 'rig', 'detection', 'voxels', 'heatmaps', 'kinematics', 'smoothing', 'gestures', 'synthetic', 'faults', 'messages', 'regression/compare', 'evaluation/datasets'];
const inBrowser = [
  ...['errors', 'geometry', 'timing', 'hand', 'depth', 'kinematics', 'synthetic', 'messages'],
  // plays a recording that somebody opens in the page
  ...['transport/foxglove/protocol', 'recording/player'],
];
const notTests = '\\.test\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...folders.map((folder) => ({
      name: `layer-${folder}`,
      severity: 'error',
      comment: `${folder}/ may import ${before(folder).join(', ') || 'nothing'}`,
      from: { path: `^src/${folder}/`, pathNot: notTests },
      to: { path: `^src/(?!(${[folder, ...before(folder)].join('|')})/|version\\.ts$${folder === 'cli' ? '|(ros2|foxglove)\\.ts$' : ''})` },
    })),
    {
      name: 'every-folder-has-a-layer',
      severity: 'error',
      from: {},
      to: { path: `^src/(?!(${[...folders, 'viewer', 'pointer'].join('|')})/|[a-z0-9-]+\\.ts$)` },
    },
    {
      name: 'layer-viewer',
      severity: 'error',
      comment: 'viewer/ runs in a browser: it may import what is there without Node, the wire formats above all',
      from: { path: '^src/viewer/' },
      to: { path: `^src/(?!(viewer|pointer|${inBrowser.join('|')})/)`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'layer-pointer',
      severity: 'error',
      comment: 'pointer/ is what pages of others load: it imports nothing but the types of its events',
      from: { path: '^src/pointer/', pathNot: notTests },
      to: { path: '^src/(?!pointer/|messages/stream-events\\.ts$)|node_modules' },
    },
    {
      name: 'messages-know-only-types-of-gestures',
      severity: 'error',
      comment: 'the page loads messages/, not gestures/',
      from: { path: '^src/messages/', pathNot: notTests },
      to: { path: '^src/gestures/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'nobody-imports-the-viewer', severity: 'error', from: { path: '^src/', pathNot: '^src/(viewer|pointer)/' }, to: { path: '^src/(viewer|pointer)/' } },
    {
      name: 'no-node-in-pure-folders',
      severity: 'error',
      from: { path: `^src/(${pure.join('|')}|viewer|pointer|transport/foxglove/protocol)/`, pathNot: notTests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'onnxruntime-in-workers-only',
      severity: 'error',
      comment: 'its library is large, and may abort a process that ends while it is loaded: it is loaded by the scripts of workers and of the probe alone',
      from: { path: '^src/(cli|[a-z0-9-]+\\.ts)|/index\\.ts$', pathNot: notTests },
      to: { path: 'onnxruntime-node', reachable: true },
    },
    {
      name: 'no-rxjs-in-numeric-code',
      severity: 'error',
      comment: 'operators live in files that end in -operator.ts or operators.ts',
      from: { path: '^src/(errors|geometry|timing|hand|rig|kinematics|synthetic|evaluation|regression)/', pathNot: notTests },
      to: { path: 'rxjs' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      comment: 'voxhand/testing/vitest is what a vitest user imports, and nobody else',
      from: { path: '^src/', pathNot: '\\.test\\.ts$|^src/testing-vitest\\.ts$' },
      to: { path: '\\.test\\.ts$|vitest|fast-check|ml-matrix' },
    },
  ],
  options: { tsConfig: { fileName: 'tsconfig.json' }, tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' }, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] } },
};
