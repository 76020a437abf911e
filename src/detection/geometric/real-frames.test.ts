import { describe, expect, it } from 'vitest';
import type { DepthFrame } from '../../depth/depth-frame.js';
import { trackerConfig } from '../../tracking/config.js';
import { depthFrames } from '../../tracking/depth-frames.js';
import { openMcap } from '../../transport/mcap/mcap-source.js';
import { createReferenceTracker } from './reference-tracker.js';

/** SR305 frames of an arm in front of a body, see the README beside the recording. */
const RECORDING = 'recordings/sr305.mcap';
const frames = await readFrames();

/** Read off the pictures by a person: pixel of the palm's centre, and the forearm's direction (degrees, 90 is down). */
const LABELS: Record<string, { palm: [number, number]; arm: number; stub?: true }> = {
  '20210326-230536/30': { palm: [298, 320], arm: -8 },
  '20210326-230536/50': { palm: [295, 272], arm: 5 },
  '20210326-230536/70': { palm: [313, 270], arm: 42 },
  // so little of this forearm is in sight that it may be taken for none
  '20210326-230536/90': { palm: [315, 246], arm: 103, stub: true },
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

describe('on the real SR305 frames', () => {
  for (const [name, { palm, arm, stub }] of Object.entries(LABELS)) {
    it(`${name}: the reference point lies on the palm and the arm points along the forearm`, () => {
      const frame = realFrame(name);
      const result = createReferenceTracker().track(frame);
      if (result.state === 'lost') throw new Error(`lost: ${result.reason}`);
      const { position, confidence } = result.point;
      const { camera } = frame;
      const z = medianDepth(frame, palm, 8);
      const label = [((palm[0] - camera.cx) / camera.fx) * z, ((palm[1] - camera.cy) / camera.fy) * z, z];
      const error = Math.hypot(...label.map((value, axis) => value - position[axis]));
      expect(error).toBeLessThan(0.035);
      expect(confidence).toBeGreaterThan(0.5);
      if (stub && result.point.arm === undefined) return;
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
        const { camera } = frame;
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

/** The frames in the order of the labels, which is that of the recording. */
async function readFrames(): Promise<readonly DepthFrame[]> {
  const recording = await openMcap(RECORDING);
  const config = trackerConfig({ topics: { depth: '/depth/image_rect_raw', cameraInfo: '/depth/camera_info' } });
  const all: DepthFrame[] = [];
  for await (const frame of depthFrames(recording, config)) all.push(frame);
  await recording.close();
  return all;
}

function realFrame(name: string): DepthFrame {
  const frame = frames[Object.keys(LABELS).indexOf(name)];
  return { ...frame, stamp: 0n };
}

function medianDepth({ depth, width }: DepthFrame, [u, v]: readonly [number, number], radius: number): number {
  const values: number[] = [];
  for (let y = v - radius; y <= v + radius; y++) {
    for (let x = u - radius; x <= u + radius; x++) if (depth[y * width + x] > 0) values.push(depth[y * width + x]);
  }
  return values.sort((a, b) => a - b)[values.length >> 1];
}
