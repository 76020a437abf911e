import { z } from 'zod';
import { JOINT_COUNT } from '../hand/skeleton.js';

/** Largest heat map that a manifest may declare: what is allocated later is bounded here. */
const MAX_HEAT_MAP_SIZE = 128;

/** Shape of a tensor, slowest axis first. */
export const tensorShape = z.array(z.int().positive()).min(3).max(6);

const positive = z.number().positive();

/** Name of the graph's output tensor, always float32: a half-precision graph casts inside. */
const tensor = z.string().min(1);

const gaussian = z.strictObject({
  kind: z.literal('gaussian'),
  tensor,
  /** Cells along an edge of a heat map, R. */
  size: z.int().min(2).max(MAX_HEAT_MAP_SIZE),
  /** `jdhw`: [J][z][y][x]. `djhw`: [z][J][y][x], as depth-stacked graphs give it. */
  layout: z.enum(['jdhw', 'djhw']),
  /** Shape of the tensor; apart from ones it reads [J,R,R,R] or [R,J,R,R]. */
  shape: tensorShape,
  /** Standard deviation of the heat map's peak, cells. */
  sigma: positive,
  /** A joint at cube coordinate c in [0, 1) has its peak at c * R - 0.5. */
  offsetRule: z.literal('cell-centre'),
  /** What the tensor is multiplied by, so that a sure joint's peak comes near 1. */
  scale: positive.default(1),
});

const joints = z.strictObject({
  kind: z.literal('joints'),
  tensor,
  /** [1][joint][x, y, z, confidence], cube coordinates in [0, 1). */
  shape: z.tuple([z.literal(1), z.literal(JOINT_COUNT), z.literal(4)]),
  /** How the graph reads the joints off its own heat maps; the confidence is the heat map's value there. */
  decoder: z.enum(['gauss', 'smax', 'max']),
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
 * gaussian   21 heat maps of R^3 cells, one a joint
 * joints     21 joints: the graph decodes its own heat maps, so that a GPU hands over 84 numbers and not 21 * R^3
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
