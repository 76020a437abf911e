/** The manifest of an exported graph (src/inference/model-manifest.ts), but for what is measured. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';
import { JOINT_NAMES } from '../../dist/hand/skeleton.js';
import { selfTestOf } from '../../dist/inference/self-test.js';

const LAYOUT_TEXT = {
  '3d': 'float32, 3D convolutions, for GPUs and as reference',
  '3d16': 'float16, 3D convolutions, for GPUs',
  '2d': 'float32, depth-stacked 2D convolutions, for CPUs',
  '2d8': '8 bit, depth-stacked 2D convolutions, for CPUs',
};
const POINT_TEXT = { com: 'the centre of mass of the visible hand', rom: 'the root of the middle finger' };
const TOLERANCE = {
  gaussian: { cells: 1, value: 0.05 },
  joints: { position: 0.01, value: 0.05 },
  point: { position: 0.01 },
};

/** Names of the files in the model's folder, in the order of the members. */
export function fileNames(graph) {
  return graph.files.map((_, k) => (graph.files.length === 1 ? 'model.onnx' : `model-${k + 1}.onnx`));
}

/** What a manifest of any kind says. */
export function commonOf({ about, graph, files }, { name, version }, description, data) {
  return {
    format: 1,
    name,
    version,
    description,
    licence: 'Apache-2.0',
    files: files.map((file, k) => {
      const bytes = readFileSync(file);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { path: fileNames(graph)[k], sha256, bytes: bytes.length, precision: graph.precision };
    }),
    parameters: about.parameters,
    training: { data, samples: about.samples, seed: about.seed },
  };
}

/** The manifest's `input` of a network that looks at voxels. */
export function voxelInput({ about, graph }, roll, handedness) {
  const { size, edge: cubeEdge } = about;
  const tensor = { tensor: 'voxels', type: 'uint8', size, layout: 'dhw', shape: graph.input, axes: 'zyx' };
  return { ...tensor, cubeEdge, roll, handedness };
}

/** @param exported what readExport gives */
export async function manifestOf(exported, options) {
  const { about, graph, files, holdout } = exported;
  const output = outputOf(about, graph);
  const test = holdout.sample(0);
  const expected = [];
  for (const file of files) {
    expected.push(rounded(graph.kind, selfTestOf(output, await answer(file, graph, test.grid))));
  }
  return {
    ...commonOf(
      exported,
      options,
      description(about, graph),
      'voxhand synthetic hands, rendered on the fly (training/)',
    ),
    input: voxelInput(exported, about.roll ?? options.roll, 'right'),
    output,
    ...(graph.kind === 'point' ? {} : { joints: { skeleton: 'voxhand21', names: JOINT_NAMES } }),
    measured: null,
    selfTest: { occupied: packed(test.grid), expected, tolerance: TOLERANCE[graph.kind] },
  };
}

function outputOf({ outSize, sigma }, { kind, tensor, output: shape, layout, decoder, target, side = false }) {
  switch (kind) {
    case 'gaussian':
      return {
        tensor,
        size: outSize,
        layout,
        shape,
        kind,
        sigma,
        offsetRule: 'cell-centre',
        scale: 1,
        ...(side && { side }),
      };
    case 'joints':
      return { kind, tensor, shape, decoder, ...(side && { side }) };
    case 'point':
      return { kind, tensor, shape, target };
    default:
      throw new Error(`no graphs of the kind ${kind}`);
  }
}

function description(
  { model, parameters, members },
  { kind, target, decoder, precision, layout, dynamicBatch, files },
) {
  const size = `${(parameters / 1e6).toFixed(2)} M parameters`;
  const graph = LAYOUT_TEXT[{ fp32: layout === 'jdhw' ? '3d' : '2d', fp16: '3d16', uint8: '2d8' }[precision]];
  const what =
    kind === 'point'
      ? `refinement network, gives ${POINT_TEXT[target]}`
      : `${model}: ${model.startsWith('v2v') ? 'V2V-PoseNet' : 'U-net of V2V residual blocks'}`;
  return [
    `${what}, ${size}`,
    ...(files.length > 1 ? [`${files.length} epochs (${members.map((m) => m.samples).join(', ')} samples)`] : []),
    graph,
    ...(kind === 'joints' ? [`${decoder} decoder in the graph`] : []),
    ...(dynamicBatch ? ['any batch'] : []),
  ].join('; ');
}

async function answer(file, graph, grid) {
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1, executionProviders: ['cpu'] });
  const results = await session.run({ voxels: new ort.Tensor('uint8', grid, graph.input) });
  await session.release();
  return results[graph.tensor].data;
}

/** Indices of the occupied voxels as base64 of little-endian uint32. */
function packed(grid) {
  const occupied = [...grid.keys()].filter((i) => grid[i] === 1);
  const bytes = Buffer.alloc(4 * occupied.length);
  for (const [i, voxel] of occupied.entries()) bytes.writeUInt32LE(voxel, 4 * i);
  return bytes.toString('base64');
}

/** Five digits; joints stay below 1, as cube coordinates do, a point may lie outside the cube. */
function rounded(kind, { positions, values }) {
  const round = (v) => Math.round(v * 1e5) / 1e5;
  const coordinate = (v) => (kind === 'point' ? round(v) : Math.min(round(v), 0.99999));
  return {
    positions: positions.map((p) => p.map(coordinate)),
    ...(values.length > 0 ? { values: values.map(round) } : {}),
  };
}
