import { add, type Vec3 } from '../geometry/matrix.js';
import { capsule, ellipsoid, type Primitive } from './primitives.js';

/** From the right shoulder of a person who faces the camera to the left one, metres. */
export const SHOULDERS: Vec3 = [0.36, 0, 0];

/** It stretches as needed. */
export function upperArm(shoulder: Vec3, elbow: Vec3, handScale: number): Primitive {
  return capsule(shoulder, elbow, 0.052, 0.034 * handScale);
}

/** Shoulders, trunk, neck and head of a person who faces the camera, whose right shoulder is given. */
export function trunk(shoulder: Vec3): Primitive[] {
  const at = (x: number, y: number, z: number): Vec3 => add(shoulder, [x, y, z]);
  return [
    capsule(at(0.01, 0.01, 0.02), at(0.35, 0.01, 0.02), 0.06),
    ellipsoid(at(0.18, 0.17, 0.03), [0.175, 0.24, 0.115]),
    ellipsoid(at(0.18, 0.45, 0.03), [0.155, 0.34, 0.115]),
    capsule(at(0.18, -0.03, 0.03), at(0.18, -0.13, 0.015), 0.055, 0.05),
    ellipsoid(at(0.18, -0.21, 0), [0.074, 0.115, 0.095]),
  ];
}

/** The left arm of this person, down to the wrist; the right one where the left is busy. */
export function hangingArm(shoulder: Vec3, side: 'left' | 'right' = 'left'): Primitive[] {
  const at = (x: number, y: number, z: number): Vec3 => add(shoulder, [side === 'left' ? x : SHOULDERS[0] - x, y, z]);
  return [
    capsule(at(0.36, 0.01, 0.02), at(0.42, 0.29, 0.05), 0.052, 0.04),
    capsule(at(0.42, 0.29, 0.05), at(0.36, 0.52, -0.04), 0.04, 0.03),
  ];
}
