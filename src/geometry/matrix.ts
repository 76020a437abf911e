/** x, y, z; metres unless it is a direction. */
export type Vec3 = readonly [number, number, number];

/** A 3x3 matrix, row by row. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** p -> rotation p + translation. */
export interface RigidTransform {
  readonly rotation: Matrix3;
  /** Metres. */
  readonly translation: Vec3;
}

export const IDENTITY: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export function rotationX(angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [1, 0, 0, 0, c, -s, 0, s, c];
}

export function rotationY(angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c, 0, s, 0, 1, 0, -s, 0, c];
}

export function rotationZ(angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

/** About a unit vector (Rodrigues' formula). */
export function rotationAbout([x, y, z]: Vec3, angle: number): Matrix3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const t = 1 - c;
  return [
    ...[t * x * x + c, t * x * y - s * z, t * x * z + s * y],
    ...[t * x * y + s * z, t * y * y + c, t * y * z - s * x],
    ...[t * x * z - s * y, t * y * z + s * x, t * z * z + c],
  ] as unknown as Matrix3;
}

/** The product of the matrices from left to right. */
export function multiply(first: Matrix3, ...rest: readonly Matrix3[]): Matrix3 {
  return rest.reduce<Matrix3>((m, n) => {
    const at = (row: number, column: number): number =>
      m[row * 3]! * n[column]! + m[row * 3 + 1]! * n[3 + column]! + m[row * 3 + 2]! * n[6 + column]!;
    return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
  }, first);
}

export function rotate(m: Matrix3, [x, y, z]: Vec3): Vec3 {
  return [m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z];
}

export function transposed(m: Matrix3): Matrix3 {
  return [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];
}

export function transformPoint({ rotation, translation }: RigidTransform, point: Vec3): Vec3 {
  return add(rotate(rotation, point), translation);
}

export function add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scaled(a: Vec3, factor: number): Vec3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** The vector at length 1. */
export function unit(a: Vec3): Vec3 {
  const length = Math.hypot(a[0], a[1], a[2]);
  return [a[0] / length, a[1] / length, a[2] / length];
}

/** The mirror image in the plane x = 0. */
export function mirroredPoint([x, y, z]: Vec3): Vec3 {
  return [-x, y, z];
}

/** What the transform is in a mirror: S T S with S = diag(-1, 1, 1), for points that are mirrored too. */
export function mirroredTransform({ rotation: r, translation }: RigidTransform): RigidTransform {
  return {
    rotation: [r[0], -r[1], -r[2], -r[3], r[4], r[5], -r[6], r[7], r[8]],
    translation: mirroredPoint(translation),
  };
}
