import { describe, expect, it } from 'vitest';
import { clutter, type Space } from '../../../test/helpers/clutter.js';
import { palmOf, raisedHand } from '../../../test/helpers/raised-hands.js';
import type { Vec3 } from '../../geometry/matrix.js';
import type { PoseName } from '../../kinematics/hand-data.js';
import { CAMERAS, SENSORS } from '../../synthetic/cameras.js';
import { depthCamera } from '../../synthetic/depth-camera.js';
import { plane } from '../../synthetic/primitives.js';
import type { PlacedHand, Scene } from '../../synthetic/scene.js';
import { createReferenceTracker } from './reference-tracker.js';

const eye = depthCamera(CAMERAS.small, { sensor: SENSORS.sr305, seed: 5 });
/** Farther from the palm, the point is not on the hand, metres. */
const ON_HAND = 0.07;
const SCENES = 60;

describe('a raised hand in front of its person, the elbow in sight', () => {
  it.each<[string, readonly PoseName[], number, number]>([
    ['open', ['open', 'spread', 'flat'], 50, 3],
    ['in other poses', ['relaxed', 'fist', 'point', 'victory', 'thumbs_up', 'grip', 'claw', 'pinch'], 52, 3],
  ])('is found %s, and hardly ever its elbow in its place', (_, poses, least, most) => {
    const found = Array.from({ length: SCENES }, (_, seed) => foundIn(raisedHand({ seed: 1000 + seed, poses }), seed));
    expect(found.filter((what) => what === 'hand').length).toBeGreaterThanOrEqual(least);
    expect(found.filter((what) => what === 'other').length).toBeLessThanOrEqual(most);
  });
});

describe('clutter', () => {
  const BEHIND: Space = [
    [-0.6, 0.6],
    [-0.45, 0.45],
    [1.02, 1.2],
  ];

  it.each([20, 80])('of %d things as thick as hands behind it does not push a hand out', (things) => {
    const wall = { name: 'wall', primitives: [plane([0, 0, 1.28], [0, 0, -1])] };
    const found = Array.from({ length: 20 }, (_, seed) => {
      const { hand } = raisedHand({ seed, distance: [0.5, 0.7] });
      return foundIn({ hand, objects: [clutter(seed, things, BEHIND), wall] }, seed);
    });
    expect(found.filter((what) => what === 'hand').length).toBeGreaterThanOrEqual(18);
  });
});

function foundIn(scene: Scene & { readonly hand: PlacedHand }, index: number): 'hand' | 'other' | 'lost' {
  const result = createReferenceTracker().track(eye.render(scene, { index }).frame);
  if (result.state === 'lost') return 'lost';
  return distance(result.point.position, palmOf(scene.hand)) < ON_HAND ? 'hand' : 'other';
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
