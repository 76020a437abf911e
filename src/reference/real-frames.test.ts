import { existsSync, readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { DepthFrame } from '../frames/index.js';
import { createReferenceTracker } from './reference-tracker.js';

/** SR305 frames of an arm in front of a body, see the README beside them. */
const FOLDER = new URL('../../../shared/data/sr305/', import.meta.url);
const camera = { width: 640, height: 480, fx: 476.007, fy: 476.007, cx: 313.683, cy: 242.755 };
const UNIT = 0.000125;

/** Read off the pictures by a person: pixel of the palm's centre, and the forearm's direction (degrees, 90 is down). */
const LABELS: Record<string, { palm: [number, number]; arm: number }> = {
  '20210326-230536/30': { palm: [298, 320], arm: -8 },
  '20210326-230536/50': { palm: [295, 272], arm: 5 },
  '20210326-230536/70': { palm: [313, 270], arm: 42 },
  '20210326-230536/90': { palm: [315, 246], arm: 103 },
  '20210326-230536/110': { palm: [275, 234], arm: 188 },
  '20210326-230536/130': { palm: [250, 213], arm: 222 },
  '20210326-230536/150': { palm: [296, 220], arm: 253 },
  '20210326-230536/170': { palm: [277, 228], arm: 298 },
  '20210326-231615/0': { palm: [272, 302], arm: 98 },
  '20210326-231615/20': { palm: [337, 300], arm: 97 },
  '20210326-231615/40': { palm: [323, 306], arm: 85 },
  '20210326-231615/60': { palm: [326, 302], arm: 87 },
  '20210326-231615/80': { palm: [331, 306], arm: 88 },
  '20210326-231615/100': { palm: [331, 302], arm: 90 },
  '20210326-231615/140': { palm: [323, 300], arm: 83 },
  '20210326-231615/160': { palm: [331, 296], arm: 90 },
  '20210326-231615/180': { palm: [337, 275], arm: 92 },
  '20210326-231615/200': { palm: [337, 278], arm: 92 },
  '20210326-231615/220': { palm: [351, 296], arm: 102 },
};

if (!existsSync(FOLDER)) {
  it.skip('real SR305 frames: SKIPPED, ../shared/data/sr305 is not there', () => {});
} else {
  describe('on the real SR305 frames', () => {
    for (const [name, { palm, arm }] of Object.entries(LABELS)) {
      it(`${name}: the reference point lies on the palm and the arm points along the forearm`, () => {
        const frame = realFrame(name);
        const result = createReferenceTracker().track(frame);
        if (result.state === 'lost') throw new Error(`lost: ${result.reason}`);
        const { position, confidence } = result.point;
        const z = medianDepth(frame, palm, 8);
        const label = [((palm[0] - camera.cx) / camera.fx) * z, ((palm[1] - camera.cy) / camera.fy) * z, z];
        const error = Math.hypot(...label.map((value, axis) => value - position[axis]));
        expect(error).toBeLessThan(0.035);
        expect(confidence).toBeGreaterThan(0.5);
        expect(result.point.arm).toBeDefined();
        const [ax, ay] = result.point.arm as readonly [number, number];
        expect(Math.hypot(ax, ay)).toBeCloseTo(1, 6);
        const turned = ax * Math.cos((arm * Math.PI) / 180) + ay * Math.sin((arm * Math.PI) / 180);
        expect((Math.acos(Math.min(1, turned)) * 180) / Math.PI).toBeLessThan(15);
      });

      it(`${name}: a tracked second look at the frame agrees with the first`, () => {
        const frame = realFrame(name);
        const tracker = createReferenceTracker();
        const first = tracker.track(frame);
        const second = tracker.track({ ...frame, stamp: 33_000_000n });
        if (first.state === 'lost' || second.state === 'lost') throw new Error('lost');
        expect(second.point.source).toBe('tracked');
        const moved = second.point.position.map((value, axis) => value - first.point.position[axis]);
        expect(Math.hypot(...moved)).toBeLessThan(0.015);
      });
    }

    it('where the hand is cut out of the frame (200 mm around, 140 mm deep), nothing else is taken for one', () => {
      for (const [name, { palm }] of Object.entries(LABELS)) {
        const frame = realFrame(name);
        const z = medianDepth(frame, palm, 8);
        const depth = frame.depth.map((value, pixel) => {
          const u = pixel % camera.width;
          const v = Math.floor(pixel / camera.width);
          const x = ((u - camera.cx) * value - (palm[0] - camera.cx) * z) / camera.fx;
          const y = ((v - camera.cy) * value - (palm[1] - camera.cy) * z) / camera.fy;
          return Math.hypot(x, y) < 0.2 && Math.abs(value - z) < 0.07 ? 0 : value;
        });
        expect(createReferenceTracker().track({ ...frame, depth }), name).toMatchObject({ state: 'lost' });
      }
    });
  });
}

function realFrame(name: string): DepthFrame {
  const png = decode(readFileSync(new URL(`${name}.png`, FOLDER)));
  const depth = Float32Array.from(png.data, (value) => value * UNIT);
  return { stamp: 0n, frameId: 'sr305', width: 640, height: 480, depth, camera };
}

function medianDepth({ depth, width }: DepthFrame, [u, v]: readonly [number, number], radius: number): number {
  const values: number[] = [];
  for (let y = v - radius; y <= v + radius; y++) {
    for (let x = u - radius; x <= u + radius; x++) if (depth[y * width + x] > 0) values.push(depth[y * width + x]);
  }
  return values.sort((a, b) => a - b)[values.length >> 1];
}
