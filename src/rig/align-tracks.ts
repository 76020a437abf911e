import { fitRigid } from '../geometry/fit-rotation.js';
import {
  IDENTITY_TRANSFORM,
  invertTransform,
  SeededRandom,
  type Transform,
  transformPoints,
  type Vec3,
} from '../geometry/index.js';
import { JOINT_COUNT, PALM_JOINTS, POSITION_COUNT } from '../hand/index.js';
import { expectedError, palmDistance } from './fuse-hands.js';
import { median } from './median.js';

/** One hand as a camera saw it over time, in its optical frame. */
export interface JointTrack {
  /** Ascending, seconds since a moment that all tracks share. */
  readonly stamps: readonly number[];
  /** 63 numbers each, metres. */
  readonly positions: readonly Float64Array[];
  /** 21 numbers each, in [0, 1]. */
  readonly confidences: readonly Float32Array[];
}

export interface AlignOptions {
  /** The clocks differ by at most this much from `clockOffset`, seconds; 0.15 by default. */
  readonly search?: number;
  /** What is added to the other camera's stamps to begin with, seconds; 0 by default. */
  readonly clockOffset?: number;
}

/** Where one camera is as seen by another, by a hand that both saw. */
export interface Alignment {
  /** From the other camera's optical frame into the reference's. */
  readonly place: Transform;
  /** What is to be added to the other camera's stamps, seconds. */
  readonly clockOffset: number;
  /** Distances between the palms of both cameras afterwards, metres. */
  readonly residual: { readonly median: number; readonly p90: number };
  /** Moments that both saw the hand in, and those of them that were left out as outliers. */
  readonly moments: number;
  readonly outliers: number;
  readonly coverage: Coverage;
  /** Where the surface of the hand made it exact: the median distance between what both saw of it, metres, of so many points. */
  readonly surface?: { readonly median: number; readonly points: number };
  /** By how much the middle of the hand's way would differ if other parts of the recording had been used, metres and degrees: one standard error. */
  readonly error: { readonly metres: number; readonly degrees: number };
}

/** Which part of the space the hand went through, in the reference's frame. */
export interface Coverage {
  /** Of the palm's middle, metres: from the 5th to the 95th percentile along x, y, z. */
  readonly extent: Vec3;
  readonly middle: Vec3;
  /** Root mean square, metres per second. */
  readonly speed: number;
  /** From the first to the last moment, seconds. */
  readonly duration: number;
}

export type AlignResult =
  | ({ readonly state: 'aligned' } & Alignment)
  /** `reason` says what was missing, and what to do. */
  | { readonly state: 'refused'; readonly reason: string; readonly moments: number; readonly coverage?: Coverage };

/** Fewer moments that both cameras saw the hand in are too few. */
const MIN_MOMENTS = 60;
/** The hand must go through this much of space, metres: along its longest way, the next one and the shortest. */
const MIN_EXTENT = [0.15, 0.1, 0.05] as const;
/** And so fast for its motion to tell the time, metres per second. */
const MIN_SPEED = 0.08;
/** Half of the time over which a track is smoothed, at least, seconds, and in periods. */
const WINDOW = 0.1;
const WINDOW_PERIODS = 2.6;
/** Nothing is said of a moment in a gap of this, seconds, and in periods where these are longer. */
const MAX_GAP = 0.15;
const GAP_PERIODS = 1.8;
/** A track with fewer samples, one in so many seconds, does not tell how the hand has moved between them. */
const MAX_PERIOD = 0.25;
/** Residuals beyond this many times what is expected are outliers (Tukey's biweight). */
const TUKEY = 6.9;
const ITERATIONS = 12;
const SEARCH_ITERATIONS = 4;
const COARSE_STEPS = 10;
const RANSAC_ROUNDS = 40;
const RANSAC_MOMENTS = 4;
/** A moment whose palms are farther apart than this fits no hypothesis, metres. */
const RANSAC_NEAR = 0.05;
/** Moments that offsets are tried on; all of them in the end. */
const TRIED_ON = 160;
export const BLOCKS = 5;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Joints of both cameras at the same moments. */
interface Pairs {
  /** Joints of the other camera, and where the reference saw them: 63 numbers for each moment. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** One for each joint: what is expected of both. */
  readonly weights: Float64Array;
  /** Of the reference's clock, seconds. */
  readonly times: readonly number[];
}

/**
 * Where another camera is, and how its clock differs, from a hand that both saw while it moved.
 *
 * The transform is the rigid one (no scale; Horn 1987) that brings the other camera's joints onto those of the reference, weighted by the
 * error that their confidences let expect, found by random samples of a few moments and refined by iterative reweighting (Tukey's biweight).
 * The clock offset is the one with the smallest robust residual: coarse steps, then golden section. The reference's track is read between its
 * samples by a local quadratic fit over 0.2 s, whose noise hardly depends on where between samples it is read; linear interpolation would
 * pull the offset to the middle between two samples.
 *
 * The same tracks give the same result.
 */
export function alignTracks(reference: JointTrack, other: JointTrack, options: AlignOptions = {}): AlignResult {
  const { search = 0.15, clockOffset: start = 0 } = options;
  const wide = pairsOf(reference, other, start);
  if (wide.times.length < MIN_MOMENTS) {
    const reason = `both cameras saw the hand at the same time in only ${wide.times.length} moments; ${MIN_MOMENTS} are needed: wave longer, where both see the hand`;
    return { state: 'refused', reason, moments: wide.times.length };
  }
  const coverage = coverageOf(wide);
  const refusal = tooLittle(coverage);
  if (refusal !== undefined) return { state: 'refused', reason: refusal, moments: wide.times.length, coverage };
  const stride = Math.max(1, Math.floor(other.stamps.length / TRIED_ON));
  const few = stride === 1 ? other : everyNth(other, stride);
  const place = hypothesis(pairsOf(reference, few, start));
  const cost = (offset: number) => {
    const pairs = pairsOf(reference, few, offset);
    if (pairs.times.length < MIN_MOMENTS / 3) return Number.POSITIVE_INFINITY;
    return refined(pairs, place, SEARCH_ITERATIONS).cost;
  };
  let [low, high] = bracket(cost, start, search);
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [costA, costB] = [cost(a), cost(b)];
  while (high - low > 2e-4) {
    if (costA <= costB) {
      [high, b, costB] = [b, a, costA];
      a = high - GOLDEN * (high - low);
      costA = cost(a);
    } else {
      [low, a, costA] = [a, b, costB];
      b = low + GOLDEN * (high - low);
      costB = cost(b);
    }
  }
  const clockOffset = (low + high) / 2;
  const pairs = pairsOf(reference, other, clockOffset);
  const fit = refined(pairs, hypothesis(pairs));
  const distances = palmDistances(pairs, fit.place).sort((x, y) => x - y);
  const outliers = distances.filter((distance) => distance > RANSAC_NEAR).length;
  const at = (share: number) => distances[Math.min(distances.length - 1, Math.floor(share * distances.length))];
  return {
    ...{ state: 'aligned', place: fit.place, clockOffset, moments: distances.length, outliers, coverage },
    residual: { median: at(0.5), p90: at(0.9) },
    error: jackknife(pairs, fit.place, coverage.middle),
  };
}

/** How far the palms of two cameras are apart under a place and a clock offset that are said to be right. */
export function disagreementUnder(
  reference: JointTrack,
  other: JointTrack,
  { place, clockOffset }: { readonly place: Transform; readonly clockOffset: number },
): { readonly median: number; readonly moments: number } {
  const pairs = pairsOf(reference, other, clockOffset);
  return { median: median(palmDistances(pairs, place)) ?? Number.NaN, moments: pairs.times.length };
}

/** The angle between two rotations, degrees, and how far apart two places put a point of the other camera's frame, metres. */
export function placeDifference(
  a: Transform,
  b: Transform,
  at: ArrayLike<number>,
): { readonly metres: number; readonly degrees: number } {
  const dot = a.rotation.reduce((sum, value, i) => sum + value * b.rotation[i], 0);
  const [p, q] = [transformPoints(a, at), transformPoints(b, at)];
  return {
    metres: Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]),
    degrees: (2 * Math.acos(Math.min(1, Math.abs(dot))) * 180) / Math.PI,
  };
}

function tooLittle({ extent, speed }: Coverage): string | undefined {
  const sorted = [...extent].sort((a, b) => b - a);
  const short = sorted.findIndex((metres, i) => metres < MIN_EXTENT[i]);
  if (short >= 0) {
    const axis = ['left and right', 'up and down', 'near and far'][extent.indexOf(sorted[short])];
    return `the hand moved by ${centimetres(sorted[short])} ${axis} only, ${centimetres(MIN_EXTENT[short])} are needed: wave through all of the space that the cameras share`;
  }
  if (speed >= MIN_SPEED) return undefined;
  return `the hand moved at ${speed.toFixed(2)} m/s only, ${MIN_SPEED} m/s are needed to compare the clocks: wave faster`;
}

const centimetres = (metres: number) => `${Math.round(100 * metres)} cm`;

/** The step of the coarse search whose neighbours enclose the smallest cost. */
function bracket(cost: (offset: number) => number, start: number, search: number): [number, number] {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  const step = search / COARSE_STEPS;
  for (let k = -COARSE_STEPS; k <= COARSE_STEPS; k++) {
    const found = cost(start + k * step);
    if (found < least) [best, least] = [k, found];
  }
  return [start + (best - 1) * step, start + (best + 1) * step];
}

function everyNth({ stamps, positions, confidences }: JointTrack, n: number): JointTrack {
  const some = <T>(list: readonly T[]) => list.filter((_, i) => i % n === 0);
  return { stamps: some(stamps), positions: some(positions), confidences: some(confidences) };
}

/** Reads a track between its samples: the joints at a time, 63 numbers; undefined in a gap. */
export function trackReader({ stamps, positions }: JointTrack): (time: number) => Float64Array | undefined {
  const periods = stamps.slice(1).map((stamp, i) => stamp - stamps[i]);
  const period = Math.min(MAX_PERIOD, median(periods) ?? 0);
  const half = Math.max(WINDOW, WINDOW_PERIODS * period);
  const gap = Math.max(MAX_GAP, GAP_PERIODS * period);
  return (time) => {
    const first = firstFrom(stamps, time - half);
    let end = first;
    while (end < stamps.length && stamps[end] <= time + half) end++;
    const shares = quadraticAt(stamps.slice(first, end), time, { half, gap });
    if (shares === undefined) return undefined;
    const joints = new Float64Array(POSITION_COUNT);
    for (const [k, share] of shares.entries()) {
      for (let c = 0; c < POSITION_COUNT; c++) joints[c] += share * positions[first + k][c];
    }
    return joints;
  };
}

/** The index of the first stamp that is not before a time. */
function firstFrom(stamps: readonly number[], time: number): number {
  let [low, high] = [0, stamps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stamps[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Both cameras' joints at the moments of the other one's. */
function pairsOf(reference: JointTrack, other: JointTrack, offset: number): Pairs {
  const { stamps } = reference;
  const read = trackReader(reference);
  const count = other.stamps.length;
  const from = new Float64Array(POSITION_COUNT * count);
  const to = new Float64Array(POSITION_COUNT * count);
  const weights = new Float64Array(JOINT_COUNT * count);
  const times: number[] = [];
  for (const [i, stamp] of other.stamps.entries()) {
    const time = stamp + offset;
    const joints = read(time);
    if (joints === undefined) continue;
    const at = times.length;
    times.push(time);
    from.set(other.positions[i], POSITION_COUNT * at);
    to.set(joints, POSITION_COUNT * at);
    // that there are joints means that there are stamps before and after
    const after = firstFrom(stamps, time);
    const near = after > 0 && time - stamps[after - 1] <= stamps[after] - time ? after - 1 : after;
    for (let j = 0; j < JOINT_COUNT; j++) {
      const [a, b] = [expectedError(other.confidences[i][j]), expectedError(reference.confidences[near][j])];
      weights[JOINT_COUNT * at + j] = 1 / (a * a + b * b);
    }
  }
  const [points, joints] = [POSITION_COUNT * times.length, JOINT_COUNT * times.length];
  return { from: from.subarray(0, points), to: to.subarray(0, points), weights: weights.subarray(0, joints), times };
}

/**
 * What each sample counts for in the value at `time` of the quadratic that is fitted to samples around it, weighted by Epanechnikov's kernel;
 * undefined where there are too few, or a gap.
 */
function quadraticAt(
  stamps: readonly number[],
  time: number,
  { half, gap }: { readonly half: number; readonly gap: number },
): Float64Array | undefined {
  if (stamps.length < 4 || stamps[0] > time || stamps[stamps.length - 1] < time) return undefined;
  for (let k = 1; k < stamps.length; k++) if (stamps[k] - stamps[k - 1] > gap) return undefined;
  const moments = new Float64Array(5);
  const kernel = stamps.map((stamp) => 1 - ((stamp - time) / (half * 1.0001)) ** 2);
  for (const [k, stamp] of stamps.entries()) {
    let power = kernel[k];
    for (let n = 0; n < 5; n++) {
      moments[n] += power;
      power *= (stamp - time) / half;
    }
  }
  const [m0, m1, m2, m3, m4] = moments;
  // the first row of the inverse of [[m0 m1 m2] [m1 m2 m3] [m2 m3 m4]]
  const c0 = m2 * m4 - m3 * m3;
  const c1 = m2 * m3 - m1 * m4;
  const c2 = m1 * m3 - m2 * m2;
  const determinant = m0 * c0 + m1 * c1 + m2 * c2;
  if (!(Math.abs(determinant) > 1e-9)) return undefined;
  return Float64Array.from(stamps, (stamp, k) => {
    const x = (stamp - time) / half;
    return (kernel[k] * (c0 + c1 * x + c2 * x * x)) / determinant;
  });
}

/** The place that most moments agree with, of those that a few moments each say. */
function hypothesis(pairs: Pairs): Transform {
  const count = pairs.times.length;
  const random = new SeededRandom(1, count);
  let best = fitPlace(pairs, pairs.weights);
  let most = support(pairs, best);
  for (let round = 0; round < RANSAC_ROUNDS; round++) {
    const chosen = new Float64Array(pairs.weights.length);
    for (let k = 0; k < RANSAC_MOMENTS; k++) {
      const at = random.integer(count) * JOINT_COUNT;
      chosen.set(pairs.weights.subarray(at, at + JOINT_COUNT), at);
    }
    const place = fitPlace(pairs, chosen);
    const found = support(pairs, place);
    if (found > most) [best, most] = [place, found];
  }
  return best;
}

/** How many moments agree with a place, each by how well. */
function support(pairs: Pairs, place: Transform): number {
  return palmDistances(pairs, place).reduce((sum, distance) => sum + Math.max(0, 1 - (distance / RANSAC_NEAR) ** 2), 0);
}

/** Iterative reweighting; `cost` is the mean of Tukey's loss, which grows with the residuals and is bounded. */
function refined(
  pairs: Pairs,
  start: Transform,
  rounds = ITERATIONS,
): { readonly place: Transform; readonly cost: number } {
  let place = start;
  const { weights } = pairs;
  const reweighted = new Float64Array(weights.length);
  let cost = 0;
  for (let round = 0; round < rounds; round++) {
    const residuals = scaledResiduals(pairs, place);
    let [sum, total] = [0, 0];
    for (let i = 0; i < residuals.length; i++) {
      const u = residuals[i] / TUKEY;
      const left = u < 1 ? 1 - u * u : 0;
      reweighted[i] = weights[i] * left * left;
      sum += weights[i] * (1 - left ** 3);
      total += weights[i];
    }
    cost = sum / total;
    place = fitPlace(pairs, reweighted);
  }
  return { place, cost };
}

/** Distances of joints in units of what is expected of them. */
function scaledResiduals({ from, to, weights }: Pairs, place: Transform): Float64Array {
  const moved = transformPoints(place, from);
  const residuals = new Float64Array(weights.length);
  for (let i = 0; i < residuals.length; i++) {
    const [x, y, z] = [moved[3 * i] - to[3 * i], moved[3 * i + 1] - to[3 * i + 1], moved[3 * i + 2] - to[3 * i + 2]];
    residuals[i] = Math.sqrt((x * x + y * y + z * z) * weights[i]);
  }
  return residuals;
}

function handOf(positions: Float64Array, moment: number): Float64Array {
  return positions.subarray(POSITION_COUNT * moment, POSITION_COUNT * (moment + 1));
}

function palmDistances({ from, to, times }: Pairs, place: Transform): number[] {
  const moved = transformPoints(place, from);
  return times.map((_, i) => palmDistance(handOf(moved, i), handOf(to, i)));
}

/** The rigid transform with the smallest weighted squared distances. */
function fitPlace({ from, to }: Pairs, weights: Float64Array): Transform {
  const used: number[] = [];
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) used.push(i);
  if (used.length < 3) return IDENTITY_TRANSFORM;
  return fitRigid(from, to, used, weights);
}

/** The spread of what is found without each fifth of the recording. */
function jackknife(pairs: Pairs, whole: Transform, middle: Vec3): Alignment['error'] {
  const count = pairs.times.length;
  const places = Array.from({ length: BLOCKS }, (_, block) => {
    const [first, end] = [block, block + 1].map((k) => Math.floor((k * count) / BLOCKS) * JOINT_COUNT);
    const weights = pairs.weights.slice();
    weights.fill(0, first, end);
    return refined({ ...pairs, weights }, whole).place;
  });
  return spreadOf(places, whole, transformPoints(invertTransform(whole), middle));
}

/**
 * The standard error of a place at a point of the other camera's frame, by what each part of a recording left out would make of it (jackknife).
 */
export function spreadOf(places: readonly Transform[], whole: Transform, at: ArrayLike<number>): Alignment['error'] {
  const differences = places.map((place) => placeDifference(place, whole, at));
  const share = (places.length - 1) / places.length;
  const rootOf = (key: 'metres' | 'degrees') =>
    Math.sqrt(share * differences.reduce((sum, difference) => sum + difference[key] ** 2, 0));
  return { metres: rootOf('metres'), degrees: rootOf('degrees') };
}

function coverageOf({ to, times }: Pairs): Coverage {
  const middles = times.map((_, i) => {
    const [x, y, z] = [0, 1, 2].map((axis) => {
      return PALM_JOINTS.reduce((sum, j) => sum + handOf(to, i)[3 * j + axis], 0) / PALM_JOINTS.length;
    });
    return [x, y, z] as const;
  });
  const along = ([0, 1, 2] as const).map((axis) => {
    const sorted = middles.map((middle) => middle[axis]).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return { extent: at(0.95) - at(0.05), middle: at(0.5) };
  });
  // over a few moments, so that noise is no speed
  const apart = 4;
  let [squares, seconds] = [0, 0];
  for (let i = apart; i < middles.length; i++) {
    const elapsed = times[i] - times[i - apart];
    if (elapsed > 2 * apart * MAX_GAP) continue;
    const [a, b] = [middles[i], middles[i - apart]];
    squares += ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2) / elapsed;
    seconds += elapsed;
  }
  const [x, y, z] = along;
  return {
    extent: [x.extent, y.extent, z.extent],
    middle: [x.middle, y.middle, z.middle],
    speed: seconds > 0 ? Math.sqrt(squares / seconds) : 0,
    duration: times.length > 0 ? times[times.length - 1] - times[0] : 0,
  };
}

/** What an alignment is worth, in words. */
export function alignmentVerdict({ residual, error, coverage }: Alignment): {
  readonly good: boolean;
  readonly text: string;
} {
  const spread = `${(1000 * error.metres).toFixed(1)} mm and ${error.degrees.toFixed(2)} degrees at the hand`;
  if (residual.median > 0.02) {
    const apart = `${Math.round(1000 * residual.median)} mm`;
    return {
      good: false,
      text: `poor: the palms stay ${apart} apart; is the same hand seen by both, and is the depth of both right (voxhand doctor, depth_unit)?`,
    };
  }
  if (error.metres > 0.005 || error.degrees > 0.7) {
    const [x, y, z] = coverage.extent.map((metres) => Math.round(100 * metres));
    return {
      good: false,
      text: `uncertain by ${spread}: wave longer, through more than the ${x} x ${y} x ${z} cm of this recording`,
    };
  }
  return { good: true, text: `good: certain to ${spread}` };
}
