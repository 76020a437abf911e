import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReferenceTracker } from '../detection/geometric/reference-tracker.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { voxelise } from '../voxels/voxelise.js';
import type { DepthFrame } from './depth-frame.js';
import { samplesOf, storedFrame } from './stored-depth.js';

const camera = { width: 4, height: 3, fx: 4, fy: 4, cx: 1.5, cy: 1 };
const about = { stamp: 7n, frameId: 'camera', camera };
const steps = (width: number, height: number, stride: number) =>
  Uint16Array.from({ length: stride * (height - 1) + width }, (_, i) => (i * 7919) % 65_536);

/** The same frame with its metres computed beforehand. */
function eager(frame: DepthFrame): DepthFrame {
  return { ...frame };
}

describe('a frame as it was stored', () => {
  it.each([4, 5, 9])('has the metres of its pixels, whatever lies between its rows (stride %i)', (stride) => {
    const samples = steps(4, 3, stride);
    const frame = storedFrame(about, { width: 4, height: 3, samples, stride, unit: 0.001 });
    const expected = [0, 1, 2].flatMap((v) => [0, 1, 2, 3].map((u) => Math.fround(samples[v * stride + u] * 0.001)));
    expect([...frame.depth]).toEqual(expected);
    expect(frame.depth).toBe(frame.depth);
  });

  it('gives its samples, which make the same metres', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-5, max: 0.1, noNaN: true }),
        fc.uint16Array({ minLength: 12, maxLength: 12 }),
        (unit, samples) => {
          const frame = storedFrame(about, { width: 4, height: 3, samples, stride: 4, unit });
          const given = samplesOf(frame);
          expect(Float32Array.from(given.samples, (value) => value * given.unit)).toEqual(frame.depth);
        },
      ),
    );
  });

  it('is forgotten by copies, which may have another depth', () => {
    const frame = storedFrame(about, { width: 4, height: 3, samples: steps(4, 3, 4), stride: 4, unit: 0.001 });
    const depth = new Float32Array(12).fill(0.5);
    expect(samplesOf({ ...frame, depth })).toEqual({ samples: depth, stride: 4, unit: 1 });
    expect(samplesOf({ ...frame }).samples).toEqual(frame.depth);
  });

  it('can be sent to another thread as any frame can', () => {
    const frame = storedFrame(about, { width: 4, height: 3, samples: steps(4, 3, 4), stride: 4, unit: 0.001 });
    expect(structuredClone(frame)).toEqual(eager(frame));
  });

  it('leads detection and voxels, which look at its samples, to the same hand and the same voxels', () => {
    const trackers = [createReferenceTracker(), createReferenceTracker()];
    let found = 0;
    for (const { frame: metres } of syntheticStream({ preset: 'hard', frames: 12, seed: 5 })) {
      const { width, height } = metres;
      const samples = new Uint16Array((width + 3) * height).fill(400);
      for (let v = 0; v < height; v++) {
        for (let u = 0; u < width; u++) samples[v * (width + 3) + u] = Math.round(metres.depth[v * width + u] * 1000);
      }
      const stored = storedFrame(metres, { width, height, samples, stride: width + 3, unit: 0.001 });
      const [a, b] = [stored, eager(stored)].map((frame, i) => ({ frame, result: trackers[i].track(frame) }));
      expect(a.result).toEqual(b.result);
      if (a.result.state === 'lost') continue;
      found++;
      const cube = { center: a.result.point.position, edge: 0.26, roll: 0.4, mirror: false };
      const [left, right] = [a, b].map(({ frame }) => voxelise(frame, cube, 48));
      expect(left.occupied).toBeGreaterThan(100);
      expect(Buffer.from(left.data).equals(right.data)).toBe(true);
    }
    expect(found).toBeGreaterThan(6);
  });
});
