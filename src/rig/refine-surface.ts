import { type CameraModel, type DepthFrame, projectToImage, unproject } from '../depth/index.js';
import { fitRigid } from '../geometry/fit-rotation.js';
import { composeTransforms, invertTransform, type Transform, transformPoints } from '../geometry/index.js';
import { choleskySolve } from '../geometry/symmetric-eigen.js';
import { JOINT_COUNT, ROOT_OF_MIDDLE } from '../hand/index.js';
import { type Alignment, BLOCKS, type JointTrack, placeDifference, spreadOf, trackReader } from './align-tracks.js';

/** What a camera saw around a hand, pixel by pixel of a window of its image. */
export interface SurfacePatch {
  /** As the stamps of its track. */
  readonly time: number;
  readonly width: number;
  readonly height: number;
  /** x, y, z of each pixel, row by row, in the camera's optical frame, metres; NaN where it saw nothing of the hand. */
  readonly points: Float64Array;
  /** Of the surface at each pixel, towards the camera; NaN where none is known, as at edges. */
  readonly normals: Float32Array;
  /** Of the whole image: pixel (u, v) of it is pixel ((u - left) / step, (v - top) / step) of the patch. */
  readonly camera: CameraModel;
  readonly left: number;
  readonly top: number;
  readonly step: number;
}

/** Points so near to a hand's middle root are of it, metres, and pixels along an edge of a patch, at most. */
const HAND_RADIUS = 0.12;
const MOST_PIXELS = 96;
/** Patches of two cameras are of one moment up to this, seconds: the hand's motion between them is taken back. */
export const SAME_MOMENT = 0.06;
/** Neighbours of a normal, in pixels of the patch to each side; where they are deeper or nearer by more than this, metres, is an edge. */
const BESIDE = 2;
const EDGE = 0.012;
/** Normals that differ by more than 37 degrees, or that one of the cameras sees by more than 66, are not of one surface that both saw. */
const SAME_WAY = 0.8;
const FACING = 0.4;
/** Points farther apart are not of one place, and residuals beyond are outliers (Tukey's biweight), metres: at first, and in the end. */
const NEAR = [0.024, 0.012] as const;
const TUKEY = [0.012, 0.006] as const;
const ITERATIONS = 10;
const SHRINK = 0.8;
/** Fewer points than this in common, or moments, are no surface to go by. */
const MIN_POINTS = 1000;
const MIN_PAIRS = 10;
/** Every so many pixels of every so many rows of the other camera's patch are compared. */
const EVERY = 2;
/** Seconds over which a velocity is measured. */
const DELTA = 0.005;
/** The joints say where the cameras are to about this; farther away the surfaces have slid, metres and degrees. */
const MOST_MOVED = { metres: 0.015, degrees: 3 } as const;
/** Turn x, y, z, way x, y, z, clock. */
const UNKNOWNS = 7;
const NO_STEP = new Float64Array(UNKNOWNS);

/**
 * What a camera saw around a hand.
 *
 * @param positions 63 numbers, metres in the frame's optical frame
 */
export function surfacePatch(frame: DepthFrame, positions: Float64Array, time: number): SurfacePatch {
  const { camera } = frame;
  const [x, y, z] = positions.subarray(3 * ROOT_OF_MIDDLE, 3 * ROOT_OF_MIDDLE + 3);
  const reach = (HAND_RADIUS * camera.fx) / z;
  const step = Math.max(1, Math.ceil((2 * reach) / MOST_PIXELS));
  const size = Math.ceil((2 * reach) / step);
  const left = Math.round((camera.fx * x) / z + camera.cx - reach);
  const top = Math.round((camera.fy * y) / z + camera.cy - reach);
  const points = new Float64Array(3 * size * size).fill(Number.NaN);
  for (let i = 0; i < size * size; i++) {
    const point = unproject(frame, left + step * (i % size), top + step * Math.floor(i / size));
    if (point === undefined || Math.hypot(point[0] - x, point[1] - y, point[2] - z) > HAND_RADIUS) continue;
    points.set(point, 3 * i);
  }
  return { time, width: size, height: size, points, normals: normalsOf(points, size), camera, left, top, step };
}

/** The sums of one part of the recording. */
interface Sums {
  readonly matrix: Float64Array;
  readonly right: Float64Array;
}

/**
 * An alignment by joints made exact by the surface of the hand: the points that one camera saw, brought to the moment and the camera of the
 * other one, must lie on the surface that this one saw there. Where cameras look from two sides, only what faces both is compared. Solved for
 * place and clock offset together by Gauss-Newton on the distances along the normals (Chen and Medioni 1992), points matched by projection
 * (Blais and Levine 1995), with Tukey's biweight. Between the moments of two patches the hand moves as the reference's joints say.
 *
 * @returns the alignment with place, clock offset, uncertainty and `surface`; as it was where both saw too little of the same surface
 */
export function refineBySurface(
  alignment: Alignment,
  track: JointTrack,
  reference: readonly SurfacePatch[],
  other: readonly SurfacePatch[],
): Alignment {
  const pairs = other.flatMap((patch) => {
    const time = patch.time + alignment.clockOffset;
    const near = reference.reduce<SurfacePatch | undefined>((best, one) => {
      return best === undefined || Math.abs(one.time - time) < Math.abs(best.time - time) ? one : best;
    }, undefined);
    if (near === undefined || Math.abs(near.time - time) > SAME_MOMENT) return [];
    return [{ near, patch }];
  });
  if (pairs.length < MIN_PAIRS) return alignment;
  const read = trackReader(track);
  let { place, clockOffset } = alignment;
  let blocks: Sums[] = [];
  let distances: number[] = [];
  for (let round = 0; round < ITERATIONS; round++) {
    const [near, tukey] = [NEAR, TUKEY].map(([first, last]) => Math.max(last, first * SHRINK ** round));
    blocks = Array.from({ length: BLOCKS }, () => ({
      matrix: new Float64Array(UNKNOWNS ** 2),
      right: new Float64Array(UNKNOWNS),
    }));
    distances = [];
    for (const [i, pair] of pairs.entries()) {
      const block = blocks[Math.floor((i * BLOCKS) / pairs.length)];
      compare(pair, { read, place, clockOffset, near, tukey }, block, distances);
    }
    const step = solved(blocks);
    if (step === undefined || distances.length < MIN_POINTS) return alignment;
    place = turned(place, step);
    clockOffset += step[UNKNOWNS - 1];
  }
  const { middle } = alignment.coverage;
  const at = transformPoints(invertTransform(place), middle);
  const by = placeDifference(place, alignment.place, at);
  if (by.metres > MOST_MOVED.metres || by.degrees > MOST_MOVED.degrees) return alignment;
  const without = blocks.map((block) => turned(place, solved(blocks, block) ?? NO_STEP));
  distances.sort((a, b) => a - b);
  return {
    ...{ ...alignment, place, clockOffset, error: spreadOf(without, place, at) },
    surface: { median: distances[distances.length >> 1], points: distances.length },
  };
}

interface State {
  readonly read: (time: number) => Float64Array | undefined;
  readonly place: Transform;
  readonly clockOffset: number;
  readonly near: number;
  readonly tukey: number;
}

/** Adds what two patches say to the sums of their block, and the distances between their surfaces to `distances`. */
function compare(
  { near: reference, patch }: { readonly near: SurfacePatch; readonly patch: SurfacePatch },
  { read, place, clockOffset, near, tukey }: State,
  { matrix, right }: Sums,
  distances: number[],
): void {
  const then = read(reference.time);
  const [now, later] = [0, DELTA].map((seconds) => read(patch.time + clockOffset + seconds));
  if (then === undefined || now === undefined || later === undefined) return;
  // how the hand has moved as a whole
  const way = composeTransforms(fitRigid(now, then, ALL_JOINTS), place);
  const moved = transformPoints(way, patch.points);
  const movedLater = transformPoints(composeTransforms(fitRigid(later, then, ALL_JOINTS), place), patch.points);
  const normals = transformPoints({ ...way, translation: [0, 0, 0] }, patch.normals);
  const [ex, ey, ez] = way.translation;
  const row = new Float64Array(UNKNOWNS);
  for (let v = 0; v < patch.height; v += EVERY) {
    for (let u = 0; u < patch.width; u += EVERY) {
      const i = 3 * (v * patch.width + u);
      const [x, y, z] = [moved[i], moved[i + 1], moved[i + 2]];
      // NaN compares as false: neither point nor normal is left out by itself
      const q = Number.isNaN(normals[i]) ? -1 : pixelOf(reference, x, y, z);
      if (q < 0) continue;
      let [nx, ny, nz] = [reference.normals[q], reference.normals[q + 1], reference.normals[q + 2]];
      if (!(nx * normals[i] + ny * normals[i + 1] + nz * normals[i + 2] > SAME_WAY)) continue;
      [nx, ny, nz] = [nx + normals[i], ny + normals[i + 1], nz + normals[i + 2]];
      const length = Math.hypot(nx, ny, nz);
      [nx, ny, nz] = [nx / length, ny / length, nz / length];
      const [dx, dy, dz] = [x - reference.points[q], y - reference.points[q + 1], z - reference.points[q + 2]];
      if (Math.hypot(dx, dy, dz) > near) continue;
      if (-(nx * x + ny * y + nz * z) < FACING * Math.hypot(x, y, z)) continue;
      if (nx * (ex - x) + ny * (ey - y) + nz * (ez - z) < FACING * Math.hypot(ex - x, ey - y, ez - z)) continue;
      const distance = nx * dx + ny * dy + nz * dz;
      if (Math.abs(distance) >= tukey) continue;
      distances.push(Math.abs(distance));
      const weight = (1 - (distance / tukey) ** 2) ** 2;
      const speed = [movedLater[i] - x, movedLater[i + 1] - y, movedLater[i + 2] - z];
      row.set([y * nz - z * ny, z * nx - x * nz, x * ny - y * nx, nx, ny, nz]);
      row[UNKNOWNS - 1] = (nx * speed[0] + ny * speed[1] + nz * speed[2]) / DELTA;
      for (let a = 0; a < UNKNOWNS; a++) {
        right[a] -= weight * row[a] * distance;
        for (let b = 0; b < UNKNOWNS; b++) matrix[a * UNKNOWNS + b] += weight * row[a] * row[b];
      }
    }
  }
}

/** The index of the point that a patch has where the camera sees (x, y, z); -1 outside. */
function pixelOf({ camera, left, top, step, width, height }: SurfacePatch, x: number, y: number, z: number): number {
  const pixel = projectToImage(camera, x, y, z);
  if (pixel === undefined) return -1;
  const u = Math.round((pixel[0] - left) / step);
  const v = Math.round((pixel[1] - top) / step);
  return u >= 0 && v >= 0 && u < width && v < height ? 3 * (v * width + u) : -1;
}

/** The normals of a square of points by those beside each. */
function normalsOf(p: Float64Array, size: number): Float32Array {
  const normals = new Float32Array(p.length).fill(Number.NaN);
  for (let v = BESIDE; v < size - BESIDE; v++) {
    for (let u = BESIDE; u < size - BESIDE; u++) {
      const i = 3 * (v * size + u);
      const [a, b] = [i - 3 * BESIDE, i + 3 * BESIDE];
      const [c, d] = [i - 3 * BESIDE * size, i + 3 * BESIDE * size];
      if (![a, b, c, d].every((k) => Math.abs(p[k + 2] - p[i + 2]) < EDGE)) continue;
      const [ax, ay, az] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
      const [bx, by, bz] = [p[d] - p[c], p[d + 1] - p[c + 1], p[d + 2] - p[c + 2]];
      const [x, y, z] = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
      const length = Math.hypot(x, y, z) * (x * p[i] + y * p[i + 1] + z * p[i + 2] > 0 ? -1 : 1);
      normals.set([x / length, y / length, z / length], i);
    }
  }
  return normals;
}

const ALL_JOINTS = Array.from({ length: JOINT_COUNT }, (_, j) => j);

/** A place turned about the origin and moved by the first six unknowns. */
function turned(place: Transform, [x, y, z, ...way]: Float64Array): Transform {
  const angle = Math.hypot(x, y, z);
  const share = angle > 0 ? Math.sin(angle / 2) / angle : 0.5;
  const rotation = [share * x, share * y, share * z, Math.cos(angle / 2)] as const;
  return composeTransforms({ translation: [way[0], way[1], way[2]], rotation }, place);
}

/** The step that the sums of all blocks ask for, without one of them where that is named; undefined where they do not tell. */
function solved(blocks: readonly Sums[], without?: Sums): Float64Array | undefined {
  const matrix = new Float64Array(UNKNOWNS ** 2);
  const right = new Float64Array(UNKNOWNS);
  for (const block of blocks) {
    if (block === without) continue;
    for (const [i, value] of block.matrix.entries()) matrix[i] += value;
    for (const [i, value] of block.right.entries()) right[i] += value;
  }
  return choleskySolve(matrix, right, UNKNOWNS) ? right : undefined;
}
