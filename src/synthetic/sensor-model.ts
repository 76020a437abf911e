import type { CameraModel } from '../depth/depth-frame.js';
import { SeededRandom } from '../geometry/random.js';

/**
 * How a depth sensor differs from the exact image. What is absent does not happen.
 *
 * Lengths are metres, probabilities 0 to 1, each for one pixel of one frame.
 */
export interface SensorModel {
  /** Standard deviation of the depth: constant + quadratic * z^2 (1/m); grows with z^2 for triangulating sensors. */
  readonly noise?: { readonly constant: number; readonly quadratic: number };
  /** Standard deviation, in pixels, of the place that a pixel really looks at: ragged outlines. */
  readonly lateral?: number;
  /** Pixels beside a jump in depth of at least `step`. */
  readonly edges?: {
    readonly step: number;
    /** Probability that such a pixel is missing. */
    readonly hole: number;
    /** Probability that it lies anywhere between both sides ("flying"). */
    readonly flying: number;
  };
  /** Surfaces that the sensor sees at more than `angle` (radians from their normal) are missing with `probability`. */
  readonly grazing?: { readonly angle: number; readonly probability: number };
  /** Structured light: where the projector, `baseline` to the right of the camera (negative: left), casts no light. */
  readonly baseline?: number;
  /** Depth comes in multiples of this (metres). */
  readonly depthStep?: number;
  /** Inverse depth comes in multiples of this (1/m), as disparities do: steps grow with z^2. */
  readonly inverseDepthStep?: number;
  /** Probability that a pixel is missing for no reason. */
  readonly dropout?: number;
  /** Depth outside is missing. */
  readonly range?: readonly [number, number];
}

/**
 * The image that a sensor makes of an exact one (Infinity where nothing is); missing depth is 0.
 *
 * The noise depends on `seed` and `index` alone. Returns a new buffer.
 */
export function senseDepth(
  exact: Float32Array,
  camera: CameraModel,
  sensor: SensorModel | undefined,
  seed: number,
  index: number,
): Float32Array {
  const out = new Float32Array(exact.length);
  if (sensor === undefined) {
    for (let i = 0; i < exact.length; i++) out[i] = exact[i]! < Infinity ? exact[i]! : 0;
    return out;
  }
  const { width, height, fx } = camera;
  const { noise = { constant: 0, quadratic: 0 }, lateral = 0, edges, grazing, baseline = 0, dropout = 0 } = sensor;
  const { depthStep = 0, inverseDepthStep = 0, range: [nearest, farthest] = [0, Infinity] } = sensor;
  const edgeStep = edges?.step ?? Infinity;
  // Steepest |dz| / z from pixel to pixel.
  const slope = grazing === undefined ? Infinity : Math.tan(grazing.angle) / fx;
  const random = new SeededRandom(seed, index, SENSOR_STREAM);
  const normals = normalTable();
  const lit = baseline === 0 ? undefined : litPixels(exact, camera, baseline);

  for (let v = 0, i = 0; v < height; v++) {
    for (let u = 0; u < width; u++, i++) {
      let from = i;
      if (lateral > 0) {
        const bits = random.bits();
        const du = Math.round(lateral * normals[bits & NORMAL_MASK]!);
        const dv = Math.round(lateral * normals[(bits >>> 16) & NORMAL_MASK]!);
        from = inside(v + dv, height) * width + inside(u + du, width);
      }
      const z = exact[from]!;
      if (z === Infinity || (lit !== undefined && lit[from] === 0)) continue;
      if (dropout > 0 && random.next() < dropout) continue;

      let depth = z;
      const other = steepestNeighbour(exact, from, width, height);
      const step = Math.abs(other - z);
      if (edges !== undefined && step >= edgeStep) {
        const draw = random.next();
        if (draw < edges.hole) continue;
        if (draw < edges.hole + edges.flying && other < Infinity) depth = z + (other - z) * random.next();
      } else if (step > slope * z && random.next() < grazing!.probability) continue;

      depth += (noise.constant + noise.quadratic * z * z) * normals[random.bits() & NORMAL_MASK]!;
      if (inverseDepthStep > 0)
        depth = 1 / (Math.max(1, Math.round(1 / (depth * inverseDepthStep))) * inverseDepthStep);
      if (depthStep > 0) depth = Math.round(depth / depthStep) * depthStep;
      if (depth > nearest && depth < farthest) out[i] = depth;
    }
  }
  return out;
}

const SENSOR_STREAM = 1;

/** Depth of that direct neighbour whose depth differs most (Infinity where it shows nothing). */
function steepestNeighbour(exact: Float32Array, i: number, width: number, height: number): number {
  const z = exact[i]!;
  const u = i % width;
  const left = u > 0 ? exact[i - 1]! : z;
  const right = u < width - 1 ? exact[i + 1]! : z;
  const above = i >= width ? exact[i - width]! : z;
  const below = i < width * (height - 1) ? exact[i + width]! : z;
  const beside = Math.abs(left - z) > Math.abs(right - z) ? left : right;
  const over = Math.abs(above - z) > Math.abs(below - z) ? above : below;
  return Math.abs(beside - z) > Math.abs(over - z) ? beside : over;
}

/**
 * 1 where the projector's light falls. In the projector's image a point lies at u - fx baseline / z. Along a row these
 * places grow with u, unless something nearer stands in the light: going away from the projector, a pixel is in the
 * shadow while its place has already been passed.
 */
function litPixels(exact: Float32Array, { width, height, fx }: CameraModel, baseline: number): Uint8Array {
  const lit = new Uint8Array(exact.length);
  const direction = baseline > 0 ? -1 : 1;
  for (let v = 0; v < height; v++) {
    let passed = Infinity;
    for (let k = 0, u = baseline > 0 ? width - 1 : 0; k < width; k++, u += direction) {
      const i = v * width + u;
      const z = exact[i]!;
      if (z === Infinity) continue;
      const place = -direction * (u - (fx * baseline) / z);
      if (place < passed) {
        passed = place;
        lit[i] = 1;
      }
    }
  }
  return lit;
}

const NORMAL_MASK = (1 << 16) - 1;
let normalNumbers: Float32Array | undefined;

/** 2^16 normal numbers with mean 0 and deviation 1, drawn once: looking one up is ten times faster than drawing it. */
function normalTable(): Float32Array {
  if (normalNumbers === undefined) {
    const random = new SeededRandom(1);
    const drawn = Float64Array.from({ length: NORMAL_MASK + 1 }, () => random.normal());
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const deviation = Math.sqrt(drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length);
    normalNumbers = Float32Array.from(drawn, (x) => (x - mean) / deviation);
  }
  return normalNumbers;
}

function inside(value: number, size: number): number {
  return value < 0 ? 0 : value >= size ? size - 1 : value;
}
