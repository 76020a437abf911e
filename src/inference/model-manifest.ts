import { z } from 'zod';

/** Largest sizes that a manifest may declare: what is allocated later is bounded here. */
const MAX_GRID_SIZE = 256;
const MAX_HEAT_MAP_SIZE = 128;
const MAX_FILES = 32;

const shape = z.array(z.int().positive()).min(3).max(6);
const finite = z.number();
const positive = finite.positive();

const input = z.strictObject({
  /** Name of the graph's input tensor. */
  tensor: z.string().min(1),
  type: z.enum(['uint8', 'float32']),
  /** Cells along an edge of the grid, N. */
  size: z.int().min(4).max(MAX_GRID_SIZE),
  /** The grid's memory order: plain [z][y][x]. */
  layout: z.literal('dhw'),
  /** Shape of the tensor; its product is N^3 (`[1,1,N,N,N]`, or `[N,1,N,N]` for a depth-stacked graph). */
  shape,
  axes: z.literal('zyx'),
  /** Metres. */
  cubeEdge: positive.max(2),
  /** `forearm-down`: the cube is turned about the optical axis so that the forearm points to +y. */
  roll: z.enum(['none', 'forearm-down']),
  /** Which hand the network was trained on; the other one is shown to it mirrored. */
  handedness: z.enum(['right', 'left', 'any']),
});

const output = z.strictObject({
  /** Name of the graph's output tensor, always float32. */
  tensor: z.string().min(1),
  /** Cells along an edge of a heat map, R. */
  size: z.int().min(2).max(MAX_HEAT_MAP_SIZE),
  /** `jdhw`: [J][z][y][x]. `djhw`: [z][J][y][x], as depth-stacked graphs give it. */
  layout: z.enum(['jdhw', 'djhw']),
  /** Shape of the tensor; apart from ones it reads [J,R,R,R] or [R,J,R,R]. */
  shape,
  kind: z.literal('gaussian'),
  /** Standard deviation of the heat map's peak, cells. */
  sigma: positive,
  /** A joint at cube coordinate c in [0, 1) has its peak at c * R - 0.5. */
  offsetRule: z.literal('cell-centre'),
  /** What the tensor is multiplied by, so that a sure joint's peak comes near 1. */
  scale: positive.default(1),
});

const joints = z.strictObject({
  skeleton: z.literal('voxhand21'),
  names: z.array(z.string()),
});

const file = z.strictObject({
  /** Relative to the manifest, inside its folder. */
  path: z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, 'not a plain path inside the folder'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'not 64 hexadecimal digits in lower case'),
  bytes: z.int().positive(),
  precision: z.enum(['fp32', 'fp16', 'uint8']),
});

const training = z.strictObject({
  data: z.string().min(1),
  samples: z.int().nonnegative(),
  seed: z.int(),
  commit: z.string().optional(),
});

const measured = z.strictObject({
  /** Millimetres; at least `mean` and `median`, further quantiles by name. */
  errorMm: z.object({ mean: finite.nonnegative(), median: finite.nonnegative() }).catchall(finite.nonnegative()),
  /** On which data. */
  on: z.string().min(1),
});

const selfTest = z.strictObject({
  /** Indices of the occupied cells of the test grid, rising; or the same as base64 of little-endian uint32. */
  occupied: z.union([z.array(z.int().nonnegative()), z.base64()]),
  /** What each file must answer, in the order of `files`. */
  expected: z.array(
    z.strictObject({
      /** Cube coordinates [x, y, z] of the centre of each joint's largest cell: (i + 0.5) / R. */
      positions: z.array(z.tuple([finite, finite, finite])),
      /** Value of that cell, after `scale`. */
      values: z.array(finite),
    }),
  ),
  tolerance: z.strictObject({ cells: z.int().min(0).max(3), value: positive.max(0.1) }),
});

/** The zod schema of `manifest.json`. It checks types and ranges; `parseManifest` also checks that the numbers agree. */
export const modelManifestSchema = z.strictObject({
  format: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, 'not a plain name'),
  version: z.string().min(1),
  description: z.string(),
  licence: z.string().min(1),
  input,
  output,
  joints,
  /** One ONNX file, or the members of an ensemble. */
  files: z.array(file).min(1).max(MAX_FILES),
  /** `null`: not a trained model. */
  training: training.nullable(),
  /** `null`: never measured. */
  measured: measured.nullable(),
  selfTest,
});

/**
 * What a model says about itself (`models/<name>/manifest.json`): the meaning of its input and output to the half cell,
 * its files, where it comes from and how to prove that it still works.
 */
export type ModelManifest = z.output<typeof modelManifestSchema>;
export type ModelFile = ModelManifest['files'][number];
export type ModelOutput = ModelManifest['output'];
export type SelfTest = ModelManifest['selfTest'];
export type PeakExpectation = SelfTest['expected'][number];
