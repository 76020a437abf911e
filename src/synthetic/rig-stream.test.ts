import { describe, expect, it } from 'vitest';
import { transformPoint, type Vec3 } from '../geometry/matrix.js';
import { ellipsoid, movedPrimitive } from './primitives.js';
import { rayIntersection } from './ray-intersection.js';
import { rayTable } from './ray-table.js';
import { syntheticRig } from './rig-stream.js';
import { viewBounds } from './view-bounds.js';

const camera = { width: 96, height: 72, fx: 71, fy: 71, cx: 47.5, cy: 35.5 };
const few = { camera, motion: 'demo', seed: 4 } as const;

function at({ positions }: { readonly positions: Float64Array }, joint: number): Vec3 {
  return [positions[3 * joint], positions[3 * joint + 1], positions[3 * joint + 2]];
}

describe('a synthetic rig', () => {
  it('sees the same hand from every camera: the poses lead from one picture to the other', () => {
    const rig = syntheticRig({ ...few, preset: 'three-cameras', frames: 2 });
    expect(rig.cameras.map(({ name }) => name)).toEqual(['left', 'right', 'top']);
    const frames = [...rig];
    expect(frames.map(({ camera }) => camera)).toEqual([0, 1, 2, 0, 1, 2]);
    const [truth] = frames[0].truths ?? [];
    expect(truth).toMatchObject({ frameId: 'left_depth_optical_frame', tracked: true });
    for (const { camera: k, hands, frame } of frames.slice(0, 3)) {
      const seen = at({ positions: hands[0].joints }, 9);
      const inRig = transformPoint(rig.cameras[k].pose, seen);
      for (const [axis, c] of at(truth, 9).entries()) expect(inRig[axis]).toBeCloseTo(c, 9);
      // there is depth at the hand where the camera sees the joint
      const pixel = Math.round((71 * seen[1]) / seen[2] + 35.5) * 96 + Math.round((71 * seen[0]) / seen[2] + 47.5);
      if (hands[0].visible[9] === 1) expect(Math.abs(frame.depth[pixel] - seen[2])).toBeLessThan(0.03);
    }
    expect([...(rig.jointsAt(frames[0].frame.stamp) ?? [])]).toEqual([...truth.positions]);
  });

  it('has its cameras as far apart as it says', () => {
    const { cameras } = syntheticRig({ ...few, frames: 1, angle: 75 });
    const [, , , , , , xz, , zz] = cameras[1].pose.rotation;
    expect((Math.atan2(-xz, zz) * 180) / Math.PI).toBeCloseTo(75, 6);
  });

  it('gives the same bytes twice, and other noise to every camera', () => {
    const [a, b] = [0, 1].map(() => [...syntheticRig({ ...few, frames: 1 })]);
    expect(a.map(({ frame }) => frame.depth)).toEqual(b.map(({ frame }) => frame.depth));
    expect(a[0].frame.depth).not.toEqual(a[1].frame.depth);
  });

  it('takes pictures at its own times and stamps them by its own clock', () => {
    const rig = syntheticRig({ ...few, frames: 4, fps: [20, 10], clockOffset: 0.015, phase: 0.2, sensor: null });
    const frames = [...rig].map(({ camera: k, taken, frame }) => [k, Number(taken) / 1e6, Number(frame.stamp) / 1e6]);
    expect(frames).toEqual([
      [0, 0, 0],
      [1, 20, 35],
      [0, 50, 50],
      [0, 100, 100],
      [1, 120, 135],
      [0, 150, 150],
    ]);
  });

  it('says a wrong place by exactly the calibration error', () => {
    const rig = syntheticRig({ ...few, frames: 1, calibrationError: { metres: 0.005, degrees: 0.5 } });
    const [, { pose, told }] = rig.cameras;
    const trace = [0, 1, 2].reduce((sum, i) => {
      return sum + [0, 1, 2].reduce((dot, k) => dot + pose.rotation[3 * k + i] * told.rotation[3 * k + i], 0);
    }, 0);
    expect((Math.acos((trace - 1) / 2) * 180) / Math.PI).toBeCloseTo(0.5, 4);
    expect(rig.cameras[0].told).toEqual(rig.cameras[0].pose);
  });

  it('refuses rates, motions and presets that cannot be', () => {
    expect(() => syntheticRig({ ...few, frames: 1, fps: [30] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', where: 'fps' }),
    );
    expect(() => syntheticRig({ ...few, frames: 1, motion: 'dancing' as 'demo' })).toThrow(
      expect.objectContaining({ where: 'motion' }),
    );
  });
});

it('a turned ellipsoid is met where the straight one is in its own frame, and lies in its bounds', () => {
  const quarterTurn = { rotation: [0, -1, 0, 1, 0, 0, 0, 0, 1], translation: [0.1, 0, 0.6] } as const;
  const turned = movedPrimitive(ellipsoid([0, 0, 0], [0.2, 0.05, 0.1]), quarterTurn);
  const straight = ellipsoid([0.1, 0, 0.6], [0.05, 0.2, 0.1]);
  const { rays, pixelBox } = rayTable(camera);
  const [a, b] = [rayIntersection(turned), rayIntersection(straight)];
  for (let i = 0; i < rays.length; i += 2) {
    const [x, y] = [a(rays[i], rays[i + 1]), b(rays[i], rays[i + 1])];
    if (x !== y) expect(x).toBeCloseTo(y, 9);
  }
  const boxes = [turned, straight].map((solid) => pixelBox(...boundsOf(solid)));
  expect(boxes[0]).toEqual(boxes[1]);
});

function boundsOf(solid: Parameters<typeof viewBounds>[0]) {
  const { x, y } = viewBounds(solid);
  return [...x, ...y] as const;
}
