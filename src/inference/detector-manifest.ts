import { z } from 'zod';
import { fileSchema, type ModelManifest, manifestHead, measuredSchema, trainingSchema } from './model-manifest.js';

/** Largest side of a picture that a manifest may declare, pixels: what is allocated later is bounded here. */
const MAX_SIDE = 1024;

const input = z.strictObject({
  kind: z.literal('picture'),
  /** Name of the graph's input tensor: `[1, 1, height, width]` metres, 0 is missing; height and width are open. */
  tensor: z.string().min(1),
  type: z.literal('float32'),
  /** Focal length of the pictures, pixels. */
  focal: z.number().positive().max(10_000),
  /** Width and height are multiples of this, and at most so large; pixels. */
  multiple: z.int().min(4).max(MAX_SIDE),
  maxSize: z.int().min(16).max(MAX_SIDE),
  /** It was trained for second looks at pictures that are so much finer, with depth divided by that (`secondLooks`); left out: for none. */
  finer: z.int().min(2).max(4).optional(),
});

const output = z.strictObject({
  kind: z.literal('hands'),
  /** Name of the graph's output tensor: `[1, 11, height / 4, width / 4]`, see `findHands`. */
  tensor: z.string().min(1),
  channels: z.literal(11),
  stride: z.literal(4),
});

const selfTest = z.strictObject({
  width: z.int().min(4).max(MAX_SIDE),
  height: z.int().min(4).max(MAX_SIDE),
  /** The picture, row by row, as base64 of little-endian uint16. */
  millimetres: z.base64(),
  /** The cell with the largest score, and its numbers. */
  expected: z.strictObject({
    column: z.int().nonnegative(),
    row: z.int().nonnegative(),
    values: z.array(z.number()).length(11),
  }),
  tolerance: z.strictObject({
    /** Another cell may be the largest within so many columns and rows. */
    cells: z.int().min(0).max(3),
    value: z.number().positive().max(2),
  }),
});

/** The zod schema of the `manifest.json` of a network that finds hands in depth pictures. */
export const detectorManifestSchema = z.strictObject({
  ...manifestHead,
  input,
  output,
  files: z.array(fileSchema).length(1),
  parameters: z.int().positive().optional(),
  training: trainingSchema.nullable(),
  measured: measuredSchema.nullable(),
  selfTest,
});

/** What a detector says about itself, as `ModelManifest` does of a network that looks at voxels. */
export type DetectorManifest = z.output<typeof detectorManifestSchema>;
export type AnyManifest = ModelManifest | DetectorManifest;
