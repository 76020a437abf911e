import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DepthFrame } from '../src/depth/depth-frame.js';
import type { Vec3 } from '../src/geometry/matrix.js';
import { namedPose } from '../src/kinematics/hand-pose.js';
import { type HandShape, neutralShape } from '../src/kinematics/hand-shape.js';
import { CAMERAS, SENSORS } from '../src/synthetic/cameras.js';
import { depthCamera, LABEL_HAND } from '../src/synthetic/depth-camera.js';
import { kinematicHand } from '../src/synthetic/kinematic-hand.js';
import { box, capsule, plane } from '../src/synthetic/primitives.js';
import { type PlacedHand, placeHand, type Scene, type SceneObject } from '../src/synthetic/scene.js';
import { type TrackerSettings, trackerConfig } from '../src/tracking/config.js';
import { HandTracker } from '../src/tracking/hand-tracker.js';
import { type LoadedParts, loadParts } from '../src/tracking/load-parts.js';
import type { TrackResult } from '../src/tracking/track-result.js';

const FRAMES = 3;
const PERIOD = 33_333_333n;
const MIRROR: SceneObject = { name: 'frame of the mirror', primitives: [box([0, -0.3, 0.62], [0.4, 0.02, 0.02])] };
const WALL: SceneObject = { name: 'wall', primitives: [plane([0, 0, 1.1], [0, 0, -1])] };

const settings: TrackerSettings = {
  inference: { model: 'compact-light' },
  smoothing: { stages: [] },
  policy: 'every',
};
let parts: LoadedParts;
beforeAll(async () => {
  parts = await loadParts(trackerConfig(settings));
});
afterAll(() => parts.close());

/** Fingers up, which is -y; the palm to the camera. */
const UP = [1, 0, 0, 0, -1, 0, 0, 0, -1] as const;

/** An open right hand; the middle of its wrist is there. */
function handAt(translation: Vec3, shape: HandShape = neutralShape(), id = 0): PlacedHand {
  return { ...placeHand(kinematicHand(namedPose('open'), shape), { rotation: UP, translation }), id };
}

/** What a mirror at this depth shows of a hand in front of it: a hand of the other side behind it. */
function inMirror(hand: PlacedHand, z: number): PlacedHand {
  const behind = (numbers: Float64Array) => numbers.map((c, i) => (i % 3 === 2 ? 2 * z - c : c));
  const { joints, vertices, elbow } = hand;
  const image = { joints: behind(joints), vertices: behind(vertices), cones: [], handedness: 'left', id: 1 } as const;
  return { ...hand, ...image, elbow: [elbow[0], elbow[1], 2 * z - elbow[2]] };
}

/** The scene a few times, each time with other noise. */
function filmed(
  scene: Scene,
  change: (frame: DepthFrame, labels: Uint8Array) => DepthFrame = (frame) => frame,
): DepthFrame[] {
  const eye = depthCamera(CAMERAS.small, { sensor: SENSORS.sr305, seed: 5 });
  return Array.from({ length: FRAMES }, (_, index) => {
    const { frame, labels } = eye.render(scene, { index, stamp: BigInt(index) * PERIOD, labels: true });
    return change(frame, labels!);
  });
}

/** Only the outline of the hand is left: it lies 2 cm in front of a board. */
function flat(frame: DepthFrame, labels: Uint8Array): DepthFrame {
  return { ...frame, depth: frame.depth.map((_, i) => (labels[i] === LABEL_HAND ? 0.5 : 0.52)) };
}

function mirroredPicture(frame: DepthFrame): DepthFrame {
  const { width, depth } = frame;
  return { ...frame, depth: depth.map((_, i) => depth[i - (i % width) + width - 1 - (i % width)]) };
}

async function follow(frames: readonly DepthFrame[], maxHands: number) {
  const tracker = new HandTracker(trackerConfig({ ...settings, detection: { maxHands } }), parts);
  const results: TrackResult[] = [];
  for (const frame of frames) results.push(...(await tracker.track(frame)));
  results.push(...tracker.flush());
  return { results, dropped: tracker.counters.snapshot().dropped };
}

const ONE = handAt([0, 0.08, 0.5]);
const TEN = Array.from({ length: 10 }, (_, i) => {
  return handAt([0.2 * (i % 5) - 0.4, i < 5 ? -0.03 : 0.25, 0.75 + 0.01 * i], neutralShape(), i);
});
const GLOVED = handAt([0, 0.08, 0.5], { ...neutralShape(), glove: 0.004, sleeve: 0.012 });
const ROBOT: SceneObject = {
  name: 'robot hand',
  primitives: ONE.cones.map(({ a, b, radiusA, radiusB }) => capsule(a, b, 0.8 * radiusA, 0.8 * radiusB)),
};

describe('hands that are not as usual, or none', () => {
  // the last number: hands that are followed at least, where the tracker is expected to do more than not to fail
  it.each<[string, number, () => DepthFrame[], number]>([
    ['ten hands, of which eight are wanted', 8, () => filmed({ hands: TEN, objects: [WALL] }), 2],
    ['cut by the left edge of the picture', 2, () => filmed({ hand: handAt([-0.33, 0.08, 0.5]), objects: [WALL] }), 0],
    ['cut by the upper edge', 2, () => filmed({ hand: handAt([0, -0.17, 0.5]), objects: [WALL] }), 0],
    ['cut by the lower edge: fingers only', 2, () => filmed({ hand: handAt([0, 0.36, 0.5]), objects: [] }), 0],
    ['beside its image in a mirror', 2, () => filmed({ hands: [ONE, inMirror(ONE, 0.6)], objects: [MIRROR] }), 1],
    ['flat, as of cardboard', 2, () => filmed({ hand: ONE, objects: [] }, flat), 0],
    ['in a glove and a thick sleeve', 2, () => filmed({ hand: GLOVED, objects: [WALL] }), 1],
    ["a robot's, of thin links", 2, () => filmed({ objects: [ROBOT, WALL] }), 0],
  ])('%s: a result for each frame, with at most %i hands', async (_, most, frames, least) => {
    const { results, dropped } = await follow(frames(), most);
    expect(dropped).toEqual({});
    expect(results).toHaveLength(FRAMES);
    expect(results.at(-1)?.hands.length).toBeGreaterThanOrEqual(least);
    for (const { hands } of results) {
      expect(hands.length).toBeLessThanOrEqual(most);
      expect(new Set(hands.map(({ id }) => id)).size).toBe(hands.length);
      for (const { positions } of hands) expect(positions.every((c) => Number.isFinite(c))).toBe(true);
    }
  });

  it('in a mirrored picture a right hand is followed as a left one', async () => {
    const pictures = filmed({ hand: ONE, objects: [WALL] });
    const sides: (string | undefined)[] = [];
    for (const frames of [pictures, pictures.map(mirroredPicture)]) {
      const { results, dropped } = await follow(frames, 2);
      expect(dropped).toEqual({});
      expect(results.map(({ hands }) => hands.length)).toEqual(Array(FRAMES).fill(1));
      sides.push(results.at(-1)?.hands[0].handedness);
    }
    expect(sides).toEqual(['right', 'left']);
  });
});
