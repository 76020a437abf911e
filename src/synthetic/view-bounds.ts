import { add, type Matrix3, rotate, type Vec3 } from '../geometry/matrix.js';
import type { Primitive } from './primitives.js';

/** A range of x/z or y/z of rays, both ends included. */
export type Range = readonly [number, number];

const ALL: Range = [-Infinity, Infinity];
const NONE: Range = [Infinity, -Infinity];

/** The smallest ranges of x/z and y/z whose rays can meet a solid (all rays where it reaches behind the camera). */
export function viewBounds(primitive: Primitive): { readonly x: Range; readonly y: Range } {
  switch (primitive.kind) {
    case 'cone': {
      const { a, b, radiusA: ra, radiusB: rb } = primitive;
      const axis = (i: 0 | 1): Range => hull(tangents(a[i], a[2], ra, ra), tangents(b[i], b[2], rb, rb));
      return { x: axis(0), y: axis(1) };
    }
    case 'ellipsoid': {
      const { center: c, radii: r, rotation } = primitive;
      if (rotation !== undefined) return { x: turnedTangents(0, c, r, rotation), y: turnedTangents(1, c, r, rotation) };
      return { x: tangents(c[0], c[2], r[0], r[2]), y: tangents(c[1], c[2], r[1], r[2]) };
    }
    case 'box': {
      const corners: Vec3[] = [];
      for (let i = 0; i < 8; i++) {
        const [hx, hy, hz] = primitive.half;
        const corner: Vec3 = [i & 1 ? hx : -hx, i & 2 ? hy : -hy, i & 4 ? hz : -hz];
        corners.push(add(primitive.center, rotate(primitive.rotation, corner)));
      }
      if (corners.some((c) => c[2] <= 0)) return { x: ALL, y: ALL };
      const axis = (i: 0 | 1): Range => {
        const values = corners.map((c) => c[i] / c[2]);
        return [Math.min(...values), Math.max(...values)];
      };
      return { x: axis(0), y: axis(1) };
    }
    case 'plane':
      return { x: ALL, y: ALL };
  }
}

/**
 * Slopes s of the planes x = s z through the camera's centre that touch an ellipsoid with centre (c, cz) and radii
 * (r, rz) along those axes: a plane with normal n touches where (n.c)^2 = sum of (n r)^2, here
 * (c - s cz)^2 = r^2 + s^2 rz^2.
 */
function tangents(c: number, cz: number, r: number, rz: number): Range {
  if (cz <= -rz) return NONE;
  if (cz <= rz) return ALL;
  const a = cz * cz - rz * rz;
  const root = Math.sqrt(Math.max(0, c * c * cz * cz - a * (c * c - r * r)));
  return [(c * cz - root) / a, (c * cz + root) / a];
}

/** The same of a turned ellipsoid: (c - s cz)^2 = q - 2 s qz + s^2 qzz with Q = R diag(r^2) R^T. */
function turnedTangents(axis: 0 | 1, center: Vec3, radii: Vec3, r: Matrix3): Range {
  const q = (i: number, j: number) =>
    radii.reduce((sum, radius, k) => sum + radius ** 2 * r[3 * i + k] * r[3 * j + k], 0);
  const [c, cz] = [center[axis], center[2]];
  const deep = Math.sqrt(q(2, 2));
  if (cz <= -deep) return NONE;
  if (cz <= deep) return ALL;
  const a = cz * cz - q(2, 2);
  const b = c * cz - q(axis, 2);
  const root = Math.sqrt(Math.max(0, b * b - a * (c * c - q(axis, axis))));
  return [(b - root) / a, (b + root) / a];
}

function hull(p: Range, q: Range): Range {
  return [Math.min(p[0], q[0]), Math.max(p[1], q[1])];
}
