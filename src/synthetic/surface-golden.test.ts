import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type GoldenShape, handShapeOf } from '../../test/helpers/golden-shape.js';
import type { CameraModel, DepthFrame } from '../depth/depth-frame.js';
import { type Matrix3, mirroredTransform, type RigidTransform, type Vec3 } from '../geometry/matrix.js';
import { type HandPose, mapPose } from '../kinematics/hand-pose.js';
import type { HandShape } from '../kinematics/hand-shape.js';
import { voxelise } from '../voxels/voxelise.js';
import { depthCamera } from './depth-camera.js';
import { kinematicHand } from './kinematic-hand.js';
import { placeHand } from './scene.js';

/** Written by training/make_surface_golden.py, which says what the fields are. */
interface Golden {
  name: string;
  pose: number[];
  shape: GoldenShape;
  glove?: number;
  sleeve?: number;
  rotation: number[];
  translation: number[];
  focal: number;
  cx: number;
  cy: number;
  depth: string;
}

const { size, unit, cases }: { size: number; unit: number; cases: Golden[] } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/surface-golden.json', import.meta.url), 'utf8'),
);

const CUBE_EDGE = 0.26;
const CELLS = 48;

function cameraOf({ focal, cx, cy }: Golden): CameraModel {
  return { width: size, height: size, fx: focal, fy: focal, cx, cy };
}

function frameOf(camera: CameraModel, depth: Float32Array): DepthFrame {
  return { stamp: 0n, frameId: 'camera', width: size, height: size, depth, camera };
}

/** What Python drew. */
function theirs(golden: Golden): DepthFrame {
  const bytes = Buffer.from(golden.depth, 'base64');
  const depth = Float32Array.from({ length: size * size }, (_, i) => bytes.readUInt16LE(2 * i) * unit);
  return frameOf(cameraOf(golden), depth);
}

function shapeOf({ shape, glove, sleeve }: Golden): HandShape {
  return {
    ...handShapeOf(shape),
    ...(glove === undefined ? {} : { glove }),
    ...(sleeve === undefined ? {} : { sleeve }),
  };
}

/** The same hand by the depth camera of this module; `bend` changes the pose. */
function ours(golden: Golden, bend: (pose: HandPose) => HandPose = (pose) => pose): DepthFrame {
  const hand = kinematicHand(bend(mapPose((_dof, i) => golden.pose[i]!)), shapeOf(golden));
  return depthCamera(cameraOf(golden)).render({ hand: placeHand(hand, placementOf(golden)), objects: [] }).frame;
}

/** The left hand that a mirror shows, before a camera whose picture is mirrored back. */
function mirroredOurs(golden: Golden): DepthFrame {
  const camera = { ...cameraOf(golden), cx: size - 1 - golden.cx };
  const hand = placeHand(
    kinematicHand(
      mapPose((_dof, i) => golden.pose[i]!),
      shapeOf(golden),
    ),
    mirroredTransform(placementOf(golden)),
    'left',
  );
  const { depth } = depthCamera(camera).render({ hand, objects: [] }).frame;
  const back = Float32Array.from(depth, (_, i) => depth[i - (i % size) + size - 1 - (i % size)]!);
  return frameOf(cameraOf(golden), back);
}

function placementOf({ rotation, translation }: Golden): RigidTransform {
  return { rotation: rotation as unknown as Matrix3, translation: translation as unknown as Vec3 };
}

interface Difference {
  /** Pixels that show the hand in one picture only, as a share of the hand's pixels. */
  readonly silhouette: number;
  /** Of depths where both show it, metres: what 99.5 % of the pixels keep to (a ray at a finger's edge may miss it). */
  readonly nearlyAll: number;
  /** Share of voxels that both occupy, of those that either does. */
  readonly sameVoxels: number;
  /** Voxels of one without an occupied one of the other around it. */
  readonly lonelyVoxels: number;
}

function difference(a: DepthFrame, b: DepthFrame): Difference {
  let hand = 0;
  let one = 0;
  const depths: number[] = [];
  for (let i = 0; i < size * size; i++) {
    const [p, q] = [a.depth[i]!, b.depth[i]!];
    if (p > 0) hand++;
    if (p > 0 && q > 0) depths.push(Math.abs(p - q));
    else if (p > 0 || q > 0) one++;
  }
  depths.sort((x, y) => x - y);
  expect(depths.length).toBeGreaterThan(500);
  const [left, right] = [voxels(a, b), voxels(b, b)];
  let both = 0;
  let either = 0;
  for (let i = 0; i < left.length; i++) {
    both += left[i]! & right[i]!;
    either += left[i]! | right[i]!;
  }
  return {
    silhouette: one / hand,
    nearlyAll: depths[Math.floor(0.995 * (depths.length - 1))]!,
    sameVoxels: both / either,
    lonelyVoxels: lonely(left, right) + lonely(right, left),
  };
}

/** Occupancy of the cube around the middle of what `reference` shows. */
function voxels(frame: DepthFrame, reference: DepthFrame): Uint8Array {
  const { fx, fy, cx, cy } = reference.camera;
  const sum = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < size * size; i++) {
    const z = reference.depth[i]!;
    if (z === 0) continue;
    sum[0]! += (((i % size) - cx) / fx) * z;
    sum[1]! += ((Math.floor(i / size) - cy) / fy) * z;
    sum[2]! += z;
    count++;
  }
  const center = sum.map((s) => s / count) as unknown as Vec3;
  return voxelise(frame, { center, edge: CUBE_EDGE, roll: 0, mirror: false }, CELLS).data;
}

/** How many occupied cells of `a` have no occupied cell of `b` among the 27 around them. */
function lonely(a: Uint8Array, b: Uint8Array): number {
  const around = [-1, 0, 1];
  const at = (x: number, y: number, z: number): number =>
    Math.min(x, y, z) < 0 || Math.max(x, y, z) >= CELLS ? 0 : b[(z * CELLS + y) * CELLS + x]!;
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue;
    const [x, y, z] = [i % CELLS, Math.floor(i / CELLS) % CELLS, Math.floor(i / CELLS ** 2)];
    if (!around.some((dz) => around.some((dy) => around.some((dx) => at(x + dx, y + dy, z + dz) === 1)))) count++;
  }
  return count;
}

function expectTheSame({ silhouette, nearlyAll, sameVoxels, lonelyVoxels }: Difference): void {
  expect(silhouette).toBeLessThanOrEqual(0.002);
  expect(nearlyAll).toBeLessThan(0.00005);
  expect(sameVoxels).toBeGreaterThanOrEqual(0.99);
  expect(lonelyVoxels).toBe(0);
}

describe('the surface of the Python training', () => {
  const named = cases.map((golden) => [golden.name, golden] as const);

  it.each(named)('is the same in the case %s', (_, golden) => {
    expectTheSame(difference(ours(golden), theirs(golden)));
  });

  it.each(named.filter(([, { shape }]) => shape === null))('is that of a left hand in a mirror: %s', (_, golden) => {
    expectTheSame(difference(mirroredOurs(golden), theirs(golden)));
  });

  it.each(named)('is another one with each finger bent by 10 degrees more: %s', (_, golden) => {
    const bent = ours(golden, (pose) => mapPose((dof) => pose[dof] + (dof.endsWith('_mcp') ? Math.PI / 18 : 0)));
    expect(() => expectTheSame(difference(bent, theirs(golden)))).toThrow();
  });

  it('covers named poses, random hands, gloves and sleeves', () => {
    expect(cases.filter(({ glove = 0, sleeve = 0 }) => glove > 0 && sleeve > 0).length).toBeGreaterThanOrEqual(2);
    expect(cases.filter(({ shape }) => shape === null).length).toBeGreaterThanOrEqual(6);
    expect(cases.filter(({ shape }) => shape !== null).length).toBeGreaterThanOrEqual(3);
  });
});
