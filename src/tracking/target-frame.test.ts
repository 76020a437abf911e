import { describe, expect, it } from 'vitest';
import { oneHand, resultOf } from '../../test/helpers/one-hand.js';
import { type Transform, transformPoints } from '../geometry/transform.js';
import { type HandJoints, lostHand } from '../hand/hand-joints.js';
import { TransformBuffer } from '../rig/transform-buffer.js';
import { trackerConfig } from './config.js';
import { Counters } from './counters.js';
import { TargetFrame } from './target-frame.js';
import type { TrackResult } from './track-result.js';

const SECOND = 1_000_000_000n;
const TURNED: Transform = { translation: [1, 2, 3], rotation: [0, 0, Math.SQRT1_2, Math.SQRT1_2] };

function hand(stamp: bigint, tracked = true): HandJoints {
  const lost = lostHand(stamp, 'camera', 'left', 4, 2);
  const positions = Float64Array.from({ length: 63 }, (_, i) => i / 100);
  return tracked ? { ...lost, tracked, positions, confidences: new Float32Array(21).fill(0.5) } : lost;
}

function result(stamp: bigint, tracked = true): TrackResult {
  const joints = hand(stamp, tracked);
  const point = { position: [0.1, 0.2, 0.5], arm: [0, 1], confidence: 0.8, source: 'tracked' } as const;
  return resultOf(joints, {
    reference: tracked ? { state: 'found', point } : { state: 'lost', reason: 'zone-empty' },
    cube: { center: [0.1, 0.2, 0.5], edge: 0.26, roll: 0.1, mirror: false },
    raw: new Map(tracked ? [['gauss', joints]] : []),
  });
}

function target(targetFrame = 'base') {
  const buffer = new TransformBuffer({ tolerance: 0.1 });
  const counters = new Counters();
  return { buffer, counters, frame: new TargetFrame(trackerConfig({ output: { targetFrame } }), buffer, { counters }) };
}

/** As the tracker counts a result. */
function counted(counters: Counters, given: TrackResult): TrackResult {
  counters.arrived();
  counters.delivered(given.hands.length > 0 ? undefined : 'zone-empty');
  return given;
}

describe('the target frame', () => {
  it('is where joints, joints before smoothing and the reference point are published', () => {
    const { buffer, counters, frame } = target();
    buffer.add({ stamp: 0n, parent: 'base', child: 'camera', transform: TURNED }, true);
    const given = counted(counters, result(SECOND));
    const { joints, ...detail } = oneHand(frame.apply(given));
    const before = oneHand(given).joints;
    expect(joints).toEqual({
      ...before,
      frameId: 'base',
      positions: transformPoints(TURNED, before.positions),
    });
    expect(joints.positions[0]).toBeCloseTo(0.99, 9); // x' = 1 - y, y' = 2 + x
    expect(joints.positions[1]).toBeCloseTo(2, 9);
    expect(detail.raw.get('gauss')).toEqual(joints);
    expect(detail.cube).toEqual(oneHand(given).cube);
    if (detail.reference.state === 'lost') expect.fail('the point is there');
    const { position, arm, ...rest } = detail.reference.point;
    expect(arm).toBeUndefined();
    expect(rest).toEqual({ confidence: 0.8, source: 'tracked' });
    for (const [axis, expected] of [0.8, 2.1, 3.5].entries()) expect(position[axis]).toBeCloseTo(expected, 9);
    expect(given.frameId).toBe('camera');
    expect(frame.problem).toBeUndefined();
    expect(counters.snapshot()).toMatchObject({ tracked: 1, lost: {} });
  });

  it.each([
    ['none is configured', ''],
    ['it is the camera itself', 'camera'],
  ])('leaves results as they are where %s', (_, name) => {
    const given = result(SECOND);
    expect(target(name).frame.apply(given)).toBe(given);
  });

  it('follows a camera that moves, by the stamp of the frame', () => {
    const { buffer, frame } = target();
    for (const i of [0, 1, 2]) {
      const transform: Transform = { translation: [i, 0, 0], rotation: [0, 0, 0, 1] };
      buffer.add({ stamp: SECOND * BigInt(i), parent: 'base', child: 'camera', transform });
    }
    expect(frame.apply(result((SECOND * 3n) / 2n)).hands[0].positions[0]).toBeCloseTo(1.5, 9);
    expect(frame.apply(result(SECOND / 4n)).hands[0].positions[0]).toBeCloseTo(0.25, 9);
    // one that comes late is taken from the last sample, for a while
    expect(frame.apply(result(2n * SECOND + SECOND / 10n)).hands[0].positions[0]).toBeCloseTo(2, 9);
    expect(frame.apply(result(2n * SECOND + SECOND / 5n)).hands).toEqual([]);
  });

  it('says a loss in its own name where no transform leads there, counts it, and says why', () => {
    const { buffer, counters, frame } = target();
    const { joints, ...detail } = oneHand(frame.apply(counted(counters, result(SECOND))));
    expect(joints).toEqual({ ...lostHand(SECOND, 'base', 'left', 4, 2) });
    expect(detail).toMatchObject({ reference: { state: 'lost' } });
    expect(detail.raw.size).toBe(0);
    expect(counters.snapshot()).toMatchObject({ in: 1, out: 1, tracked: 0, lost: { 'no-transform': 1 }, pending: 0 });
    expect(frame.problem).toBe(
      'joints cannot be brought into "base": no transform names the frame "base"; frames known: none',
    );
    buffer.add({ stamp: 0n, parent: 'base', child: 'camera', transform: TURNED }, true);
    expect(frame.apply(counted(counters, result(SECOND))).hands).toHaveLength(1);
    expect(frame.problem).toBeUndefined();
    expect(counters.snapshot()).toMatchObject({ tracked: 1, lost: { 'no-transform': 1 } });
  });

  it('keeps a loss a loss, under its own reason', () => {
    const { counters, frame } = target();
    const { joints, ...detail } = oneHand(frame.apply(counted(counters, result(SECOND, false))));
    expect(joints).toMatchObject({ tracked: false, frameId: 'base' });
    expect(detail.reference).toEqual({ state: 'lost', reason: 'zone-empty' });
    expect(counters.snapshot().lost).toEqual({ 'zone-empty': 1 });
  });

  it('publishes no joints at no place', () => {
    const { buffer, frame } = target();
    const far: Transform = { translation: [1e308, 0, 0], rotation: [0, 0, 0, 1] };
    buffer.add({ stamp: 0n, parent: 'base', child: 'link', transform: far }, true);
    buffer.add({ stamp: 0n, parent: 'link', child: 'camera', transform: far }, true);
    expect(frame.apply(result(SECOND)).hands).toEqual([]);
    expect(frame.problem).toContain('no finite place');
  });
});
