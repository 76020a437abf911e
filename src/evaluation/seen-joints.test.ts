import { expect, test } from 'vitest';
import { handAt, lostAt } from '../../test/helpers/hands.js';
import type { DepthFrame } from '../depth/depth-frame.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { addSeenJoints, seenJoints } from './seen-joints.js';
import { TruthByStamp } from './truth-by-stamp.js';

const camera = { width: 60, height: 80, fx: 100, fy: 100, cx: 30, cy: 60 };

/** The open hand 0.5 m away: its joints lie on columns 22 to 38, its fingertips on row 30. */
function frameOf(depthAt: (u: number, v: number) => number): DepthFrame {
  const depth = Float32Array.from({ length: 60 * 80 }, (_, i) => depthAt(i % 60, Math.floor(i / 60)));
  return { stamp: 0n, frameId: 'camera', width: 60, height: 80, depth, camera };
}

test('a joint is seen where its own flesh is before it, and not behind a thing, in a hole, or where the view goes past it', () => {
  const hand = handAt({ frame: 0 });
  const tips = (seen: Uint8Array) => [4, 8, 12, 16, 20].map((joint) => seen[joint]);
  expect(
    seenJoints(
      frameOf(() => 0.491),
      hand,
    ),
  ).toEqual(new Uint8Array(21).fill(1));
  // at the fingertips: a thing, nothing before the view goes past, a hole with the hand about it, a hole
  const byColumn = (u: number): number => (u < 28 ? 0.4 : u < 32 ? 0.52 : u === 34 || u > 36 ? 0 : 0.491);
  const seen = seenJoints(
    frameOf((u, v) => (Math.abs(v - 30) < 2 ? byColumn(u) : 0.491)),
    hand,
  );
  expect(tips(seen)).toEqual([0, 0, 0, 1, 0]);
  expect(seen.reduce((sum, one) => sum + one, 0)).toBe(17);
  const beside = handAt({ frame: 0, x: 0.12 });
  expect(
    tips(
      seenJoints(
        frameOf(() => 0.491),
        beside,
      ),
    ),
  ).toEqual([1, 1, 1, 1, 0]);
});

test('joints of true hands are looked up by the stamp, in the frame of reference of the image alone', () => {
  const other = handAt({ frame: 1, more: { frameId: 'base' } });
  const truth = new TruthByStamp([handAt({ frame: 0 }), other, lostAt(2)]);
  const seen = new Map();
  for (const { stamp } of truth.frames) addSeenJoints(seen, { ...frameOf(() => 0.491), stamp }, truth);
  expect([...seen.keys()]).toEqual([truth.frames[0]]);
});

test('what depth tells agrees with what the synthetic camera knows', () => {
  let same = 0;
  let all = 0;
  const stream = syntheticStream({ preset: 'hard', frames: 6, fps: 2, camera: CAMERAS.small, seed: 3 });
  for (const { frame, truth, visible } of stream) {
    if (!truth.tracked) continue;
    seenJoints(frame, truth).forEach((one, joint) => {
      all++;
      if (one === visible[joint]) same++;
    });
  }
  expect(all).toBeGreaterThan(60);
  expect(same / all).toBeGreaterThan(0.9);
});
