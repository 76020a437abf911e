import { expect, it } from 'vitest';
import { meanDistance } from '../src/hand/match-hands.js';
import { CAMERAS, depthCamera, handMotion, handPose, handScene, neutralShape, SENSORS } from '../src/testing.js';
import { parseConfig } from '../src/tracking/config-file.js';
import { HandTracker } from '../src/tracking/hand-tracker.js';
import { loadParts } from '../src/tracking/load-parts.js';

const DEGREE = Math.PI / 180;
const SPLAYED = Object.entries({
  ...{ thumb_radial: 78, thumb_palmar: 4, thumb_twist: -40, thumb_mcp: -18, thumb_ip: -22 },
  ...{ index_abduction: -28, middle_abduction: -4, ring_abduction: 18, little_abduction: 38 },
});
/** All fingers as far apart as they go: farther than 22 degrees from the palm's axis. */
const POSE = handPose(Object.fromEntries(SPLAYED.map(([name, degrees]) => [name, degrees * DEGREE])));
const FRAMES = 16;

it.each(['right', 'left'] as const)(
  'a %s hand with its fingers far apart is tracked as that hand, and as wide',
  async (handedness) => {
    const motion = handMotion({
      poses: ['spread'],
      views: [{ yaw: 0.3, pitch: 0.1, roll: -0.2 }],
      center: [0, 0, 0.55],
      seed: 4,
    });
    const scene = handScene({ motion: (t) => ({ ...motion(t), pose: POSE }), shape: neutralShape(), handedness });
    const eye = depthCamera(CAMERAS.small, { seed: 4, sensor: SENSORS.sr305 });
    const config = parseConfig('', 'test', ['policy=every']);
    const { close, ...parts } = await loadParts(config);
    const errors: number[] = [];
    const sides = new Set<string>();
    try {
      const tracker = new HandTracker(config, parts);
      for (let i = 0; i < FRAMES; i++) {
        const at = { stamp: BigInt(i) * 33_333_333n, frameId: 'camera', index: i };
        const { frame, hand } = eye.render(scene(i / 30), at);
        for (const { hands } of await tracker.track(frame)) {
          for (const { positions, handedness: side } of hands) {
            sides.add(side);
            errors.push(meanDistance(positions, hand!.joints));
          }
        }
      }
    } finally {
      await close();
    }
    expect([...sides]).toEqual([handedness]);
    expect(errors.length).toBe(FRAMES);
    expect(errors.reduce((a, b) => a + b, 0) / errors.length).toBeLessThan(0.005);
  },
);
