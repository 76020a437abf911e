import { z } from 'zod';
import { JOINT_COUNT, SKELETON_NAME } from '../hand/skeleton.js';
import { PROVIDERS } from './provider.js';

/** Largest sizes that a manifest may declare: what is allocated later is bounded here. */
const MAX_GRID_SIZE = 256;
const MAX_HEAT_MAP_SIZE = 128;
const MAX_FILES = 32;

const finite = z.number();
const positive = finite.positive();

/** Shape of a tensor, slowest axis first. */
export const tensorShape = z.array(z.int().positive()).min(3).max(6);

/** Name of the graph's output tensor, always float32: a half-precision graph casts inside. */
const tensor = z.string().min(1);

const gaussian = z.strictObject({
  kind: z.literal('gaussian'),
  tensor,
  /** Voxels along an edge of a heat map, R. */
  size: z.int().min(2).max(MAX_HEAT_MAP_SIZE),
  /** `jdhw`: [J][z][y][x]. `djhw`: [z][J][y][x], as depth-stacked graphs give it. */
  layout: z.enum(['jdhw', 'djhw']),
  /** Shape of the tensor; apart from ones it reads [J,R,R,R] or [R,J,R,R]. */
  shape: tensorShape,
  /** Standard deviation of the heat map's peak, voxels. */
  sigma: positive,
  /** A joint at cube coordinate c in [0, 1) has its peak at c * R - 0.5. */
  offsetRule: z.literal('cell-centre'),
  /** What the tensor is multiplied by, so that a sure joint's peak comes near 1. */
  scale: positive.default(1),
  /**
   * Whether one heat map more follows those of the joints (J = 22): its largest value is the probability that the grid shows a hand of the side that the
   * network was trained on, and not one of the other side that is not mirrored.
   */
  side: z.boolean().optional(),
});

const joints = z.strictObject({
  kind: z.literal('joints'),
  tensor,
  /** [1][joint][x, y, z, confidence], cube coordinates in [0, 1). */
  shape: z.tuple([z.literal(1), z.union([z.literal(JOINT_COUNT), z.literal(JOINT_COUNT + 1)]), z.literal(4)]),
  /** How the graph reads the joints off its own heat maps; the confidence is the heat map's value there. */
  decoder: z.enum(['gauss', 'smax', 'max']),
  /** Whether a row more follows those of the joints, whose confidence is the probability that {@link gaussian} describes. */
  side: z.boolean().optional(),
});

const point = z.strictObject({
  kind: z.literal('point'),
  tensor,
  /** [1][x, y, z], cube coordinates; a point may lie outside the cube. */
  shape: z.tuple([z.literal(1), z.literal(3)]),
  /** The hand's centre of mass, or the root of its middle finger. */
  target: z.enum(['com', 'rom']),
});

const verdict = z.strictObject({
  kind: z.literal('verdict'),
  tensor,
  /** [1][x, y, z, hand, left, direction x, y]: see `readVerdict`. */
  shape: z.tuple([z.literal(1), z.literal(7)]),
});

/**
 * What a network answers that looks at voxels.
 *
 * ```text
 * gaussian   21 heat maps of R^3 voxels, one per joint, and perhaps one more that tells the side
 * joints     the same joints: the graph decodes its own heat maps, so that a GPU hands over four numbers a joint and not R^3
 * point      one point: a network that refines the reference point
 * verdict    whether there is a hand, where, which one and how it is turned: the second stage of detection
 * ```
 */
export const modelOutputSchema = z.discriminatedUnion('kind', [gaussian, joints, point, verdict], {
  error: (issue) => (issue.code === 'invalid_union' ? 'a kind: gaussian, joints, point or verdict' : undefined),
});

export type ModelOutput = z.output<typeof modelOutputSchema>;
export type GaussianOutput = z.output<typeof gaussian>;
export type JointsOutput = z.output<typeof joints>;
export type PointOutput = z.output<typeof point>;

const input = z.strictObject({
  /** Name of the graph's input tensor. */
  tensor: z.string().min(1),
  type: z.enum(['uint8', 'float32']),
  /** Voxels along an edge of the grid, N. */
  size: z.int().min(4).max(MAX_GRID_SIZE),
  /** The grid's memory order: plain [z][y][x]. */
  layout: z.literal('dhw'),
  /** Shape of the tensor; its product is N^3 (`[1,1,N,N,N]`, or `[N,1,N,N]` for a depth-stacked graph). */
  shape: tensorShape,
  axes: z.literal('zyx'),
  /** Metres. */
  cubeEdge: positive.max(2),
  /**
   * How the cube is turned about the optical axis, and what is in its centre. `forearm-down`: the forearm points to +y; centre of mass.
   * `hand-down`: from the middle finger's root to the wrist is +y; the middle finger's root. `none`: not turned; centre of mass.
   */
  roll: z.enum(['none', 'forearm-down', 'hand-down']),
  /** Which hand the network was trained on; the other one is shown to it mirrored. */
  handedness: z.enum(['right', 'left', 'any']),
});

const skeleton = z.strictObject({
  skeleton: z.literal(SKELETON_NAME),
  names: z.array(z.string()),
});

/** What a manifest says of one of its files. */
export const fileSchema = z.strictObject({
  /** Relative to the manifest, inside its folder. */
  path: z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, 'not a plain path inside the folder'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'not 64 hexadecimal digits in lower case'),
  bytes: z.int().positive(),
  precision: z.enum(['fp32', 'fp16', 'uint8']),
});

export const trainingSchema = z.strictObject({
  data: z.string().min(1),
  samples: z.int().nonnegative(),
  seed: z.int(),
  commit: z.string().optional(),
});

export const measuredSchema = z.strictObject({
  /** Millimetres; at least `mean` and `median`, further quantiles by name. */
  errorMm: z.object({ mean: finite.nonnegative(), median: finite.nonnegative() }).catchall(finite.nonnegative()),
  /** On which data. */
  on: z.string().min(1),
  /** How long one inference takes, where that was measured too. */
  milliseconds: z
    .strictObject({
      median: positive,
      p95: positive.optional(),
      provider: z.enum(PROVIDERS).default('cpu'),
      threads: z.int().positive(),
      /** Processor or graphics card, in words. */
      machine: z.string().min(1),
    })
    .optional(),
});

const selfTest = z.strictObject({
  /** Indices of the occupied voxels of the test grid, rising; or the same as base64 of little-endian uint32. */
  occupied: z.union([z.array(z.int().nonnegative()), z.base64()]),
  /** What each file must answer, in the order of `files`. */
  expected: z.array(
    z.strictObject({
      /**
       * Cube coordinates [x, y, z]. `gaussian`: the centre of each joint's largest voxel, (i + 0.5) / R. `joints`: each
       * joint. `point`: the one point. `verdict`: middle root minus the cube's centre.
       */
      positions: z.array(z.tuple([finite, finite, finite])),
      /** `gaussian`: the value of that voxel, after `scale`. `joints`: the confidence. `point`: none. `verdict`: its last four numbers. */
      values: z.array(finite).default([]),
    }),
  ),
  tolerance: z.strictObject({
    /** `gaussian`: voxels along each axis. */
    cells: z.int().min(0).max(3).optional(),
    /** `joints`, `point` and `verdict`: share of the cube's edge along each axis. */
    position: positive.max(0.1).optional(),
    /** `gaussian` and `joints`. */
    value: positive.max(0.1).optional(),
    /** `verdict`: each of its last four numbers. */
    number: positive.max(1).optional(),
  }),
});

/** What every manifest begins with. */
export const manifestHead = {
  format: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, 'not a plain name'),
  version: z.string().min(1),
  description: z.string(),
  licence: z.string().min(1),
} as const;

/** The zod schema of the `manifest.json` of a network that looks at voxels. It checks types and ranges; `parseManifest` also checks that the numbers agree. */
export const modelManifestSchema = z.strictObject({
  ...manifestHead,
  input,
  output: modelOutputSchema,
  /** Of a network that answers joints; `point` and `verdict` have none. */
  joints: skeleton.optional(),
  /** One ONNX file, or the members of an ensemble. */
  files: z.array(fileSchema).min(1).max(MAX_FILES),
  /** Weights of one file, where they were counted. */
  parameters: z.int().positive().optional(),
  /** `null`: not a trained model. */
  training: trainingSchema.nullable(),
  /** `null`: never measured. */
  measured: measuredSchema.nullable(),
  selfTest,
});

/**
 * What a model says about itself (`models/<name>/manifest.json`): the meaning of its input and output to the half voxel,
 * its files, where it comes from and how to prove that it still works.
 */
export type ModelManifest = z.output<typeof modelManifestSchema>;
export type ModelFile = ModelManifest['files'][number];
export type SelfTest = ModelManifest['selfTest'];
export type SelfTestAnswer = SelfTest['expected'][number];
