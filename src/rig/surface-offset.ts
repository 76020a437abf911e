import type { Vec3 } from '../geometry/index.js';
import { symmetricEigen } from '../geometry/symmetric-eigen.js';

/** What one camera saw of the surface of a hand, in a frame that several share. */
export interface SeenSurface {
  /** x, y, z, metres. */
  readonly points: ArrayLike<number>;
  /** Where the camera is. */
  readonly eye: Vec3;
  /** Usual distance between neighbouring points, metres. */
  readonly pitch: number;
}

/** Sums over points of the surface: of the squares of their normals, and of normals times distances; and how many there were. */
export interface OffsetSums {
  readonly matrix: Float64Array;
  readonly right: Float64Array;
  readonly points: number;
}

/** Points of the first camera that are compared, at most. */
const COMPARED = 320;
/** Neighbours that a plane is laid through are nearer than this, metres, or so many times the pitch of the points; at least so many. */
const BESIDE = 0.011;
const BESIDE_PITCHES = 1.5;
const NEIGHBOURS = 4;
/** A surface is seen by a camera that looks at it by no more than 66 degrees. */
const FACING = 0.4;
/** Surfaces farther apart than this are not the same one, metres. */
const MOST = 0.015;

/**
 * By how much another camera sees the surface of a hand beside where the first one sees it, as sums of the equations n . t = d: along the
 * normals of points of the first camera that face both cameras.
 *
 * @returns what says it, by where the other camera's points are by what is known, metres: taken back to find which points belong together
 */
export function surfaceOffset(first: SeenSurface, other: SeenSurface): (expected: Vec3) => OffsetSums {
  const p = first.points;
  const beside = Math.max(BESIDE, BESIDE_PITCHES * Math.max(first.pitch, other.pitch));
  const stride = 3 * Math.max(1, Math.ceil(p.length / 3 / COMPARED));
  const facing: { readonly at: Vec3; readonly middle: Vec3; readonly normal: Vec3 }[] = [];
  for (let i = 0; i + 2 < p.length; i += stride) {
    const at: Vec3 = [p[i], p[i + 1], p[i + 2]];
    const own = around(p, at, beside);
    if (own === undefined) continue;
    const normal = towards(own.normal, first.eye, at);
    if (normal === undefined || towards(normal, other.eye, at) !== normal) continue;
    facing.push({ at, middle: own.middle, normal });
  }
  return (expected) => {
    const [matrix, right] = [new Float64Array(9), new Float64Array(3)];
    let points = 0;
    for (const { at, middle, normal } of facing) {
      const place = [at[0] + expected[0], at[1] + expected[1], at[2] + expected[2]];
      const theirs = around(other.points, place, beside);
      if (theirs === undefined) continue;
      const distance = normal.reduce((sum, n, k) => sum + n * (theirs.middle[k] - middle[k]), 0);
      const left = distance - normal.reduce((sum, n, k) => sum + n * expected[k], 0);
      if (Math.abs(left) >= MOST) continue;
      const weight = (1 - (left / MOST) ** 2) ** 2;
      points++;
      for (let a = 0; a < 3; a++) {
        right[a] += weight * normal[a] * distance;
        for (let b = 0; b < 3; b++) matrix[3 * a + b] += weight * normal[a] * normal[b];
      }
    }
    return { matrix, right, points };
  };
}

/** The middle of the points around a place, and the normal of the plane through them; undefined where there are few, or at an edge. */
function around(
  points: ArrayLike<number>,
  at: readonly number[],
  beside: number,
): { readonly middle: Vec3; readonly normal: Vec3 } | undefined {
  const near: number[] = [];
  const sum = [0, 0, 0];
  for (let i = 0; i + 2 < points.length; i += 3) {
    const [x, y, z] = [points[i] - at[0], points[i + 1] - at[1], points[i + 2] - at[2]];
    if (x * x + y * y + z * z > beside * beside) continue;
    near.push(x, y, z);
    sum[0] += x;
    sum[1] += y;
    sum[2] += z;
  }
  const count = near.length / 3;
  if (count < NEIGHBOURS) return undefined;
  const [mx, my, mz] = sum.map((value) => value / count);
  const spread = new Float64Array(9);
  for (let i = 0; i < near.length; i += 3) {
    const d = [near[i] - mx, near[i + 1] - my, near[i + 2] - mz];
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) spread[3 * a + b] += d[a] * d[b];
  }
  const { vectors } = symmetricEigen(spread, 3);
  const normal: Vec3 = [vectors[6], vectors[7], vectors[8]];
  const across = mx * normal[0] + my * normal[1] + mz * normal[2];
  // what lies to one side of the place is the edge of something
  if (mx * mx + my * my + mz * mz - across * across > (beside / 3) ** 2) return undefined;
  return { middle: [at[0] + mx, at[1] + my, at[2] + mz], normal };
}

/** A normal, or the same array where it faces `eye` already, turned to face it; undefined where it is seen from the side. */
function towards(normal: Vec3, eye: Vec3, at: Vec3): Vec3 | undefined {
  const way = [eye[0] - at[0], eye[1] - at[1], eye[2] - at[2]];
  const facing = (normal[0] * way[0] + normal[1] * way[1] + normal[2] * way[2]) / Math.hypot(way[0], way[1], way[2]);
  if (Math.abs(facing) < FACING) return undefined;
  return facing > 0 ? normal : [-normal[0], -normal[1], -normal[2]];
}
