import { describe, expect, it } from 'vitest';
import { VoxhandError } from '../../errors/voxhand-error.js';
import type { Vec3 } from '../../geometry/matrix.js';
import { CAMERAS } from '../../synthetic/cameras.js';
import { depthCamera } from '../../synthetic/depth-camera.js';
import { capsule, type Primitive, sphere } from '../../synthetic/primitives.js';
import { syntheticStream } from '../../synthetic/synthetic-stream.js';
import type { ReferenceConfig } from './reference-config.js';
import { referenceConfig } from './reference-config.js';
import type { ReferenceResult } from './reference-point.js';
import { createReferenceTracker } from './reference-tracker.js';

const PERIOD = 33_000_000n;
const camera = depthCamera(CAMERAS.small);

describe('tracking', () => {
  it('acquires in the first frame and tracks from then on, near the hand all the way', () => {
    const tracker = createReferenceTracker();
    for (let frame = 0; frame < 60; frame++) {
      const x = -0.12 + 0.004 * frame;
      const point = foundIn(tracker.track(fistAt([x, 0.03 * Math.sin(frame / 8), 0.5], frame)));
      expect(point.source).toBe(frame === 0 ? 'acquired' : 'tracked');
      expect(Math.hypot(point.position[0] - x, point.position[1] - 0.03 * Math.sin(frame / 8))).toBeLessThan(0.04);
    }
  });

  it('says lost in the frame in which the hand is gone, and acquires it again when it is back', () => {
    const tracker = createReferenceTracker();
    expect(tracker.track(fistAt([0, 0, 0.5], 0)).state).toBe('found');
    expect(tracker.track(frameOf([], 1))).toEqual({ state: 'lost', reason: 'no-depth' });
    expect(foundIn(tracker.track(fistAt([0, 0, 0.5], 2))).source).toBe('acquired');
  });

  it('acquires again when the hand jumps farther than a hand moves', () => {
    const tracker = createReferenceTracker();
    tracker.track(fistAt([-0.15, -0.05, 0.5], 0));
    const point = foundIn(tracker.track(fistAt([0.15, -0.05, 0.45], 1)));
    expect(point.source).toBe('acquired');
    expect(point.position[0]).toBeCloseTo(0.15, 1);
  });

  it('forgets the last pose after a gap and after a step back in time', () => {
    for (const next of [-1, 100]) {
      const tracker = createReferenceTracker();
      tracker.track(fistAt([0, 0, 0.5], 0));
      expect(foundIn(tracker.track(fistAt([0, 0, 0.5], next))).source).toBe('acquired');
    }
  });

  it('takes two frames with the same stamp without dividing by zero', () => {
    const tracker = createReferenceTracker();
    tracker.track(fistAt([0, 0, 0.5], 0));
    const point = foundIn(tracker.track(fistAt([0.01, 0, 0.5], 0)));
    expect(point.position.every(Number.isFinite)).toBe(true);
  });

  it('does not look behind the camera after a hand that came fast towards it', () => {
    const tracker = createReferenceTracker({ trackRadius: 0.5, prediction: 1 });
    tracker.track(fistAt([0, 0, 0.45], 0));
    tracker.track(fistAt([0, 0, 0.32], 1));
    // Half a second on, constant velocity would have it two metres behind.
    expect(foundIn(tracker.track(fistAt([0, 0, 0.35], 15))).position[2]).toBeCloseTo(0.32, 1);
  });

  it('leaves a wrong lock when rechecks see a better hand twice', () => {
    // A poor hand (a short stump, far away), then a good one beside it.
    const stump: Primitive[] = [sphere([0.17, 0, 0.75], 0.04)];
    const fist = fistPrimitives([-0.15, 0, 0.45]);
    const sources: string[] = [];
    const sides: number[] = [];
    const tracker = createReferenceTracker({ recheckFrames: 5 });
    for (let frame = 0; frame < 12; frame++) {
      const { source, position } = foundIn(tracker.track(frameOf(frame === 0 ? stump : [...stump, ...fist], frame)));
      sources.push(source);
      sides.push(Math.sign(position[0]));
    }
    // Frame 5 is the first recheck, frame 6 confirms it.
    expect(sides.slice(0, 6)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(sides.slice(6)).toEqual([-1, -1, -1, -1, -1, -1]);
    expect(sources.filter((source) => source === 'acquired')).toHaveLength(2);
  });

  it('looks around when the decoder doubts the joints several times in a row', () => {
    const stump: Primitive[] = [sphere([0.17, 0, 0.75], 0.04)];
    const tracker = createReferenceTracker({ recheckFrames: 0 });
    const sides: number[] = [];
    for (let frame = 0; frame < 12; frame++) {
      const shapes = frame === 0 ? stump : [...stump, ...fistPrimitives([-0.15, 0, 0.45])];
      const { position } = foundIn(tracker.track(frameOf(shapes, frame)));
      sides.push(Math.sign(position[0]));
      tracker.feedback(position, 0.1);
    }
    expect(sides[4]).toBe(1);
    expect(sides[11]).toBe(-1);
  });

  it('is not thrown off by joints fed back that are far away or not finite', () => {
    const tracker = createReferenceTracker();
    tracker.track(fistAt([0, 0, 0.5], 0));
    tracker.feedback([3, 3, 3], 1);
    expect(foundIn(tracker.track(fistAt([0, 0, 0.5], 1))).source).toBe('tracked');
    tracker.feedback([Number.NaN, 0, 0.5], 1);
    expect(foundIn(tracker.track(fistAt([0, 0, 0.5], 2))).source).toBe('tracked');
  });

  it('gives the same results for the same frames, twice', () => {
    const run = () => {
      const tracker = createReferenceTracker();
      return [...syntheticStream({ preset: 'hard', frames: 20, camera: CAMERAS.small })].map(({ frame }) =>
        tracker.track(frame),
      );
    };
    expect(run()).toEqual(run());
  });

  it('follows the synthetic demo hand in every frame', () => {
    const tracker = createReferenceTracker();
    for (const { frame, truth } of syntheticStream({ preset: 'demo', frames: 90, fps: 15 })) {
      const { position } = foundIn(tracker.track(frame));
      const palm = [0, 1, 2].map((axis) =>
        [0, 5, 9, 13, 17].reduce((sum, joint) => sum + truth.positions[3 * joint + axis] / 5, 0),
      );
      expect(Math.hypot(...palm.map((value, axis) => value - position[axis]))).toBeLessThan(0.07);
    }
  });
});

describe('bad input', () => {
  it('refuses a frame with too little data and keeps tracking', () => {
    const tracker = createReferenceTracker();
    const frame = fistAt([0, 0, 0.5], 0);
    tracker.track(frame);
    const torn = { ...fistAt([0, 0, 0.5], 1), depth: new Float32Array(10) };
    expect(code(() => tracker.track(torn))).toBe('DEPTH_SIZE');
    expect(code(() => tracker.track({ ...torn, width: 0, height: 0 }))).toBe('DEPTH_SIZE');
    expect(foundIn(tracker.track(fistAt([0, 0, 0.5], 2))).source).toBe('tracked');
  });

  it('refuses a camera without a focal length', () => {
    const frame = fistAt([0, 0, 0.5], 0);
    const blind = { ...frame, camera: { ...frame.camera, fx: 0 } };
    expect(code(() => createReferenceTracker().track(blind))).toBe('CAMERA_INVALID');
  });

  it('refuses an impossible configuration and names the key', () => {
    const cases: [Partial<ReferenceConfig>, RegExp][] = [
      [{ comRadius: 0 }, /^com_radius: .*found 0; at reference$/],
      [{ gridCells: 1e9 }, /^grid_cells: .*<=2048, found 1000000000/],
      [{ depthJump: Number.NaN }, /^depth_jump: .*NaN/],
      [{ maxGap: -1 }, /^max_gap: .*found -1/],
      [{ zone: { z: [1, 0.5] } }, /^zone\.z: two numbers, the lower first, found \[1, 0\.5\]/],
      [{ zone: { z: [0.1, 1], x: [Number.NaN, 1] } }, /^zone\.x\.0: .*NaN/],
    ];
    for (const [partial, message] of cases) {
      expect(code(() => referenceConfig(partial))).toBe('CONFIG_INVALID');
      expect(() => referenceConfig(partial)).toThrow(message);
    }
  });
});

function fistPrimitives([x, y, z]: Vec3): Primitive[] {
  return [sphere([x, y, z], 0.042), capsule([x, y + 0.05, z], [x, y + 0.27, z + 0.02], 0.026, 0.04)];
}

function fistAt(center: Vec3, frame: number) {
  return frameOf(fistPrimitives(center), frame);
}

function frameOf(primitives: readonly Primitive[], frame: number) {
  return camera.render({ objects: [{ name: 'things', primitives }] }, { stamp: BigInt(frame) * PERIOD }).frame;
}

function foundIn(result: ReferenceResult) {
  if (result.state === 'lost') throw new Error(`lost: ${result.reason}`);
  return result.point;
}

function code(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return error instanceof VoxhandError ? error.code : String(error);
  }
  return undefined;
}
