import { VoxhandError } from '../errors/index.js';

/**
 * The one place that knows what a stored depth value means: its unit, and which values mean "missing".
 *
 * | stored            | metres                       | missing (becomes 0)               |
 * |-------------------|------------------------------|-----------------------------------|
 * | 16UC1, mono16     | value * unit                 | 0                                 |
 * | 32FC1             | value                        | 0, negative, NaN, infinity        |
 * | quantised inverse | quantA / (value - quantB)    | 0, and where that is not positive |
 */

/** Metres per step of 16-bit depth by default (REP 118). */
export const MILLIMETRE = 0.001;

/** Parameters of quantised inverse depth, as in the 12-byte header of compressedDepth. */
export interface InverseDepthScale {
  readonly quantA: number;
  readonly quantB: number;
}

/** Rows of samples; `stride` counts samples from one row's start to the next. */
export interface SampleRows<T> {
  readonly samples: T;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
}

/** 16-bit steps of `unit` metres to metres. */
export function metresFromSteps(rows: SampleRows<Uint16Array>, unit: number): Float32Array {
  const { samples, width, height, stride } = rows;
  const depth = new Float32Array(width * height);
  for (let v = 0, to = 0; v < height; v++) {
    for (let from = v * stride, end = from + width; from < end; from++) depth[to++] = samples[from] * unit;
  }
  return depth;
}

/** Metres as stored, with everything that is no distance turned into 0. */
export function metresFromFloats(rows: SampleRows<Float32Array>): Float32Array {
  const { samples, width, height, stride } = rows;
  const depth = new Float32Array(width * height);
  for (let v = 0, to = 0; v < height; v++) {
    for (let from = v * stride, end = from + width; from < end; from++, to++) {
      const z = samples[from];
      if (z > 0 && z < Infinity) depth[to] = z;
    }
  }
  return depth;
}

/** Quantised inverse depth to metres. */
export function metresFromInverse(samples: Uint16Array, { quantA, quantB }: InverseDepthScale): Float32Array {
  const depth = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const divisor = samples[i] - quantB;
    if (samples[i] !== 0 && divisor > 0) depth[i] = quantA / divisor;
  }
  return depth;
}

/** Metres to the nearest 16-bit step; what does not fit into 16 bits becomes 0 (missing), never a wrong distance. */
export function stepsFromMetres(depth: Float32Array, unit: number): Uint16Array {
  const steps = new Uint16Array(depth.length);
  for (let i = 0; i < depth.length; i++) {
    const step = Math.round(depth[i] / unit);
    if (step > 0 && step <= 0xffff) steps[i] = step;
  }
  return steps;
}

/** Metres to the nearest step of quantised inverse depth; beyond `depthMax`, or too near for 16 bits, becomes 0. */
export function inverseFromMetres(depth: Float32Array, scale: InverseDepthScale, depthMax: number): Uint16Array {
  const steps = new Uint16Array(depth.length);
  for (let i = 0; i < depth.length; i++) {
    if (!(depth[i] > 0 && depth[i] < depthMax)) continue;
    const step = Math.round(scale.quantA / depth[i] + scale.quantB);
    if (step > 0 && step <= 0xffff) steps[i] = step;
  }
  return steps;
}

/** @throws VoxhandError `CONFIG_INVALID` for a unit that is no length. */
export function checkedDepthUnit(unit: number): number {
  if (unit > 0 && unit < Infinity) return unit;
  throw new VoxhandError('CONFIG_INVALID', 'depth unit is no length', {
    expected: 'metres per step, > 0',
    found: String(unit),
    where: 'depthUnit',
  });
}
