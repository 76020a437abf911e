/** The house's rules: no cycles, arrows only to the right, nothing left of bus/ imports Node (docs/architecture.md). */
const rooms = ['hand', 'frames', 'reference', 'voxels', 'detection', 'inference', 'heatmaps', 'smoothing', 'pipeline', 'messages', 'bus', 'synthetic', 'evaluation', 'datasets', 'faults', 'distribution', 'tracker-node', 'cli'];
const may = {
  hand: [],
  frames: ['hand'],
  reference: ['hand', 'frames'],
  voxels: ['hand', 'frames', 'reference'],
  detection: ['hand', 'frames', 'reference', 'voxels'],
  inference: ['hand', 'voxels', 'heatmaps'],
  heatmaps: ['hand'],
  smoothing: ['hand'],
  pipeline: ['hand', 'frames', 'reference', 'voxels', 'detection', 'inference', 'heatmaps', 'smoothing'],
  messages: ['hand'],
  bus: rooms.filter((room) => !['cli', 'synthetic', 'evaluation', 'distribution', 'tracker-node', 'bus'].includes(room)),
  distribution: rooms.filter((room) => !['cli', 'synthetic', 'evaluation', 'tracker-node', 'distribution'].includes(room)),
  'tracker-node': rooms.filter((room) => !['cli', 'synthetic', 'evaluation', 'tracker-node'].includes(room)),
  synthetic: ['hand', 'frames'],
  // what goes wrong may go wrong with any source of messages, and with frames
  faults: ['hand', 'messages', 'bus', 'synthetic'],
  evaluation: ['hand'],
  datasets: ['hand', 'frames'],
};
const pure = ['hand', 'frames', 'reference', 'voxels', 'detection', 'heatmaps', 'smoothing', 'pipeline', 'messages', 'synthetic', 'evaluation', 'datasets'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(may).map(([room, allowed]) => ({
      name: `layer-${room}`,
      severity: 'error',
      comment: `${room}/ may know ${allowed.join(', ') || 'nothing'}`,
      from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
      to: { path: `^src/(${rooms.filter((r) => r !== room && !allowed.includes(r)).join('|')})/` },
    })),
    {
      name: 'layer-viewer',
      severity: 'error',
      comment: 'viewer/ runs in a browser: it may know the nouns, the wire formats of images and messages, and the Foxglove protocol',
      from: { path: '^src/viewer/' },
      to: { path: '^src/(?!(viewer|hand|frames|messages|bus/foxglove/protocol)/)' },
    },
    {
      name: 'nobody-knows-the-viewer',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/viewer/' },
      to: { path: '^src/viewer/' },
    },
    {
      name: 'no-node-left-of-bus',
      severity: 'error',
      from: { path: `^src/(${pure.join('|')}|viewer|bus/foxglove/protocol)/`, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-rxjs-in-numeric-code',
      severity: 'error',
      comment: 'operators live in files that end in -operator.ts or operators.ts',
      from: { path: '^src/(hand|evaluation|synthetic|datasets)/' },
      to: { path: 'rxjs' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      comment: 'voxhand/testing/vitest is what a vitest user imports, and nobody else',
      from: { path: '^src/', pathNot: '\\.test\\.ts$|^src/testing/vitest\\.ts$' },
      to: { path: '\\.test\\.ts$|vitest|fast-check|ml-matrix' },
    },
  ],
  options: { tsConfig: { fileName: 'tsconfig.json' }, tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' }, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] } },
};
