import { describe, expect, it } from 'vitest';
import type { CameraModel, DepthFrame } from '../../depth/depth-frame.js';
import type { Vec3 } from '../../geometry/matrix.js';
import type { PoseName } from '../../kinematics/hand-data.js';
import { namedPose } from '../../kinematics/hand-pose.js';
import { CAMERAS } from '../../synthetic/cameras.js';
import { depthCamera } from '../../synthetic/depth-camera.js';
import { attitude } from '../../synthetic/hand-motion.js';
import { kinematicHand } from '../../synthetic/kinematic-hand.js';
import { box, capsule, type Primitive, plane, sphere } from '../../synthetic/primitives.js';
import { type PlacedHand, placeHand } from '../../synthetic/scene.js';
import { createReferenceTracker } from './reference-tracker.js';

const DEGREE = Math.PI / 180;
const camera: CameraModel = CAMERAS.sr305;

describe('a hand of simple shapes', () => {
  it('a ball on a stick is found at the ball, whichever way the stick points', () => {
    for (let angle = 0; angle < 360; angle += 30) {
      const away: [number, number] = [Math.cos(angle * DEGREE), Math.sin(angle * DEGREE)];
      const fist: Vec3 = [-0.08 * away[0], -0.05 * away[1], 0.5];
      const point = found(fistOnForearm(fist, away));
      expect(distance(point.position, fist)).toBeLessThan(0.05);
      expect(point.arm).toBeDefined();
      const [ax, ay] = point.arm as readonly [number, number];
      expect(ax * away[0] + ay * away[1]).toBeGreaterThan(Math.cos(12 * DEGREE));
    }
  });

  it('a fist that points at the camera is found, and no arm is said', () => {
    const fist: Vec3 = [0.02, -0.03, 0.45];
    const point = found([sphere(fist, 0.042), capsule([0.022, -0.033, 0.5], [0.03, -0.045, 0.75], 0.027, 0.035)]);
    expect(distance(point.position, [0.02, -0.03, 0.42])).toBeLessThan(0.03);
    expect(point.arm).toBeUndefined();
  });

  it('two hands: the better one, and the nearer to the last pose once one is tracked', () => {
    const left = fistOnForearm([-0.15, 0, 0.5], [0, 1]);
    const right = fistOnForearm([0.15, 0, 0.47], [0, 1]);
    const tracker = createReferenceTracker({ recheckFrames: 0 });
    const first = tracker.track(render(left));
    const second = tracker.track({ ...render([...left, ...right]), stamp: 33_000_000n });
    if (first.state === 'lost' || second.state === 'lost') throw new Error('lost');
    expect(second.point.position[0]).toBeCloseTo(first.point.position[0], 2);
    expect(createReferenceTracker().track(render([...left, ...right])).state).toBe('found');
  });
});

describe('a kinematic hand', () => {
  for (const pose of ['open', 'flat', 'relaxed', 'fist', 'point', 'victory', 'thumbs_up', 'pinch'] as const) {
    for (const roll of [0, 75, -75, 180]) {
      it(`in pose ${pose}, rolled by ${roll} degrees, is found at its palm`, () => {
        const hand = placed(pose, [0, 0, 0.5], 0, roll);
        const { position } = found([], hand);
        expect(distance(position, palmOf(hand))).toBeLessThan(0.055);
      });
    }
  }

  it('cut by the border of the image is found in what is left of it', () => {
    const hand = placed('open', [-0.3, 0, 0.5], 0, 90);
    const { position } = found([], hand);
    expect(position[0]).toBeGreaterThan(-0.34);
    expect(Math.abs(position[1])).toBeLessThan(0.06);
  });

  it('so near that it fills the image is found in it', () => {
    const hand = placed('open', [0, 0, 0.24], 0, 0);
    const { position } = found([], hand);
    expect(distance(position, palmOf(hand))).toBeLessThan(0.06);
  });

  it('in front of a wall, a table or both is found, not the wall', () => {
    const hand = placed('open', [-0.02, 0.02, 0.5], 0, 0);
    const wall = plane([0, 0, 0.75], [0, 0, -1]);
    const table = box([0, 0.24, 0.6], [0.6, 0.02, 0.4]);
    for (const background of [[wall], [table], [wall, table]]) {
      expect(distance(found(background, hand).position, palmOf(hand))).toBeLessThan(0.05);
    }
  });

  it('lying on a table that is seen from above is found by taking the table away', () => {
    const hand = placed('flat', [0.03, 0, 0.6], 180, 0);
    const table = plane([0, 0, 0.612], [0, 0, -1]);
    const { position } = found([table], hand);
    expect(distance(position, palmOf(hand))).toBeLessThan(0.05);
  });

  it('that holds a bar is found at the hand', () => {
    const hand = placed('grip', [0, 0, 0.5], 0, 0);
    const [x, y, z] = palmOf(hand);
    const { position } = found([capsule([x - 0.1, y - 0.02, z - 0.03], [x + 0.1, y - 0.02, z - 0.03], 0.015)], hand);
    expect(distance(position, [x, y, z])).toBeLessThan(0.06);
  });

  it('seen through a lens with rays is found in the same place', () => {
    const hand = placed('open', [0.05, -0.03, 0.5], 0, 20);
    const frame = depthCamera(camera).render({ hand, objects: [] }).frame;
    const rays = new Float32Array(camera.width * camera.height * 2);
    for (let pixel = 0; pixel < camera.width * camera.height; pixel++) {
      rays[2 * pixel] = ((pixel % camera.width) - camera.cx) / camera.fx;
      rays[2 * pixel + 1] = (Math.floor(pixel / camera.width) - camera.cy) / camera.fy;
    }
    const plain = createReferenceTracker().track(frame);
    const rayed = createReferenceTracker().track({ ...frame, camera: { ...camera, rays } });
    if (plain.state === 'lost' || rayed.state === 'lost') throw new Error('lost');
    expect(distance(plain.point.position, rayed.point.position)).toBeLessThan(0.003);
  });
});

describe('no hand', () => {
  const cases: [string, DepthFrame, string][] = [
    ['an image without depth', image(640, 480, () => 0), 'no-depth'],
    ['a single missing pixel', image(1, 1, () => 0), 'no-depth'],
    ['a single pixel', image(1, 1, () => 0.5), 'too-small'],
    ['a row of pixels', image(7, 1, () => 0.5), 'too-small'],
    ['all beyond the zone', image(64, 48, () => 5), 'zone-empty'],
    ['all before the zone', image(64, 48, () => 0.05), 'zone-empty'],
    ['scattered pixels', image(640, 480, (u, v) => (u % 16 === 5 && v % 16 === 5 ? 0.5 : 0)), 'zone-empty'],
  ];
  for (const [name, frame, reason] of cases) {
    it(`in ${name} is lost with the reason ${reason}`, () => {
      expect(createReferenceTracker().track(frame)).toEqual({ state: 'lost', reason });
    });
  }

  it('in a wall that fills the image, upright or tilted, is lost', () => {
    for (const tilt of [0, 0.3, -0.8]) {
      const frame = image(640, 480, (u) => 0.7 + (tilt * (u - 320)) / 640 / 2);
      expect(createReferenceTracker().track(frame).state).toBe('lost');
    }
  });

  it('on a head and shoulders is lost', () => {
    const body = [
      sphere([0, -0.15, 0.7], 0.09),
      capsule([0, -0.08, 0.72], [0, 0.05, 0.74], 0.06),
      capsule([-0.15, 0.1, 0.75], [0.15, 0.1, 0.75], 0.07),
      capsule([0, 0.2, 0.75], [0, 0.6, 0.75], 0.16),
    ];
    expect(createReferenceTracker().track(render(body)).state).toBe('lost');
  });

  it('where it is outside the box of the zone is lost', () => {
    const hand = placed('open', [0.1, 0, 0.5], 0, 0);
    const frame = depthCamera(camera).render({ hand, objects: [] }).frame;
    const result = createReferenceTracker({ zone: { z: [0.15, 1.3], x: [-0.4, -0.1] } }).track(frame);
    expect(result).toEqual({ state: 'lost', reason: 'zone-empty' });
  });
});

function found(objects: readonly Primitive[], hand?: PlacedHand) {
  const result = createReferenceTracker().track(render(objects, hand));
  if (result.state === 'lost') throw new Error(`lost: ${result.reason}`);
  expect(result.point.source).toBe('acquired');
  return result.point;
}

function render(primitives: readonly Primitive[], hand?: PlacedHand): DepthFrame {
  const scene = { objects: [{ name: 'things', primitives }], ...(hand === undefined ? {} : { hand }) };
  return depthCamera(camera).render(scene).frame;
}

/** A ball for a fist, and a forearm that gets thicker away from it. */
function fistOnForearm([x, y, z]: Vec3, [dx, dy]: readonly [number, number]): Primitive[] {
  return [
    sphere([x, y, z], 0.042),
    capsule([x + 0.05 * dx, y + 0.05 * dy, z], [x + 0.27 * dx, y + 0.27 * dy, z + 0.02], 0.026, 0.04),
  ];
}

function placed(pose: PoseName, translation: [number, number, number], yaw: number, roll: number): PlacedHand {
  const rotation = attitude({ yaw: yaw * DEGREE, pitch: 0, roll: roll * DEGREE });
  return placeHand(kinematicHand(namedPose(pose)), { rotation, translation });
}

/** Middle of wrist and the roots of the four fingers. */
function palmOf({ joints }: PlacedHand): Vec3 {
  const mean = (axis: number) => [0, 5, 9, 13, 17].reduce((sum, joint) => sum + joints[3 * joint + axis], 0) / 5;
  return [mean(0), mean(1), mean(2)];
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function image(width: number, height: number, depthAt: (u: number, v: number) => number): DepthFrame {
  const depth = Float32Array.from({ length: width * height }, (_, i) => depthAt(i % width, Math.floor(i / width)));
  const intrinsics = { width, height, fx: 476, fy: 476, cx: width / 2, cy: height / 2 };
  return { stamp: 0n, frameId: 'camera', width, height, depth, camera: intrinsics };
}
