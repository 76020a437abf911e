import { describe, expect, it } from 'vitest';
import type { CameraModel } from '../depth/depth-frame.js';
import { mirroredTransform } from '../geometry/matrix.js';
import { JOINT_COUNT, JOINT_NAMES } from '../hand/skeleton.js';
import { POSE_NAMES, type PoseName } from '../kinematics/hand-data.js';
import { namedPose } from '../kinematics/hand-pose.js';
import { CAMERAS, SENSORS } from './cameras.js';
import { depthCamera, LABEL_FOREARM, LABEL_HAND, LABEL_OBJECTS, labelOfHand } from './depth-camera.js';
import { attitude, FACING_CAMERA } from './hand-motion.js';
import { kinematicHand } from './kinematic-hand.js';
import { box, plane, sphere } from './primitives.js';
import { type PlacedHand, placeHand } from './scene.js';

const small: CameraModel = CAMERAS.small;

function hand(pose: PoseName, rotation = FACING_CAMERA): PlacedHand {
  return placeHand(kinematicHand(namedPose(pose)), { rotation, translation: [0, 0.08, 0.5] });
}

/** Pixel of a joint. */
function pixel({ fx, fy, cx, cy, width }: CameraModel, joints: Float64Array, j: number): number {
  const [x, y, z] = joints.subarray(3 * j, 3 * j + 3);
  return Math.round((fy * y!) / z! + cy) * width + Math.round((fx * x!) / z! + cx);
}

describe('the exact image', () => {
  it('is the depth along the optical axis, 0 where nothing is', () => {
    const { frame } = depthCamera(small).render({
      objects: [{ name: 'card', primitives: [box([0, 0, 0.61], [0.1, 0.05, 0.01])] }],
    });
    const values = new Set(frame.depth);
    expect([...values].map((z) => Math.round(z * 1e6) / 1e6).sort()).toEqual([0, 0.6]);
    expect(frame.depth.filter((z) => z > 0).length).toBe(80 * 40); // 0.2 m x 0.1 m at 0.6 m with f = 238: 79.3 x 39.7
  });

  it('shows the nearer of two things, and says which', () => {
    const near = { name: 'near', primitives: [sphere([0, 0, 0.4], 0.05)] };
    const far = { name: 'far', primitives: [plane([0, 0, 1], [0, 0, -1])] };
    for (const objects of [
      [near, far],
      [far, near],
    ]) {
      const { frame, labels } = depthCamera(small).render({ objects }, { labels: true });
      expect(frame.depth[119 * 320 + 159]).toBeCloseTo(0.35, 4);
      expect(labels![119 * 320 + 159]).toBe(LABEL_OBJECTS + objects.indexOf(near));
      expect(frame.depth[0]).toBe(1);
      expect(labels![0]).toBe(LABEL_OBJECTS + objects.indexOf(far));
    }
  });

  it('of a lens given by its rays is that of the pinhole with the same rays', () => {
    const rays = new Float32Array(small.width * small.height * 2);
    for (let i = 0; i < small.width * small.height; i++) {
      rays[2 * i] = ((i % small.width) - small.cx) / small.fx;
      rays[2 * i + 1] = (Math.floor(i / small.width) - small.cy) / small.fy;
    }
    const scene = { hand: hand('ok'), objects: [] };
    const { frame, hand: truth } = depthCamera({ ...small, rays }).render(scene);
    const pinhole = depthCamera(small).render(scene);
    expect(frame.depth).toEqual(pinhole.frame.depth);
    expect(truth!.visible).toEqual(pinhole.hand!.visible);
  });

  it('of a distorted lens finds the joints where its rays are', () => {
    const rays = new Float32Array(small.width * small.height * 2);
    for (let i = 0; i < small.width * small.height; i++) {
      const x = ((i % small.width) - small.cx) / small.fx;
      const y = (Math.floor(i / small.width) - small.cy) / small.fy;
      const stretch = 1 + 0.15 * (x * x + y * y);
      rays.set([x * stretch, y * stretch], 2 * i);
    }
    const scene = { hand: hand('spread'), objects: [] };
    const { hand: truth, frame } = depthCamera({ ...small, rays }).render(scene);
    expect([...truth!.visible]).toEqual([...depthCamera(small).render(scene).hand!.visible]);
    // Each point of the image, unprojected by its ray, lies on the hand: the nearest joint is never far.
    for (let i = 0; i < frame.depth.length; i += 37) {
      const z = frame.depth[i]!;
      if (z === 0 || rays[2 * i + 1]! * z > 0.08) continue; // nothing, or the forearm
      let nearest = Infinity;
      for (let j = 0; j < JOINT_COUNT; j++) {
        const [jx, jy, jz] = truth!.joints.subarray(3 * j, 3 * j + 3);
        nearest = Math.min(nearest, Math.hypot(rays[2 * i]! * z - jx!, rays[2 * i + 1]! * z - jy!, z - jz!));
      }
      expect(nearest).toBeLessThan(0.06);
    }
  });

  it('is rendered into a fresh buffer each time', () => {
    const camera = depthCamera(small);
    const first = camera.render({ hand: hand('open'), objects: [] }).frame.depth;
    const copy = first.slice();
    const second = camera.render({ objects: [] }).frame.depth;
    expect(first).toEqual(copy);
    expect(second.every((z) => z === 0)).toBe(true);
  });
});

describe('the truth about the hand', () => {
  const camera = CAMERAS.sr305;
  const eye = depthCamera(camera);
  const views = [
    ['the palm', attitude({ yaw: 0, pitch: 0, roll: 0 })],
    ['the back', attitude({ yaw: Math.PI, pitch: 0.2, roll: 0 })],
    ['the side', attitude({ yaw: -1.2, pitch: 0, roll: 0.3 })],
  ] as const;

  it.each(views.flatMap(([name, rotation]) => POSE_NAMES.map((pose) => [pose, name, rotation] as const)))(
    'is seen in the image: visible joints of %s from %s',
    (pose, _, rotation) => {
      const placed = hand(pose, rotation);
      const { frame, labels, hand: truth } = eye.render({ hand: placed, objects: [] }, { labels: true });
      expect(truth!.visible.filter((v) => v === 1).length).toBeGreaterThanOrEqual(5);
      for (let j = 0; j < JOINT_COUNT; j++) {
        if (truth!.visible[j] === 0) continue;
        const at = pixel(camera, truth!.joints, j);
        expect([LABEL_HAND, LABEL_FOREARM], JOINT_NAMES[j]).toContain(labels![at]);
        const below = truth!.joints[3 * j + 2]! - frame.depth[at]!;
        expect(below, JOINT_NAMES[j]).toBeGreaterThan(-0.003); // inside, not in front
        expect(below, JOINT_NAMES[j]).toBeLessThan(placed.cover[j]! + 0.003);
      }
    },
  );

  it('a joint is covered by no more flesh than a hand has', () => {
    const { cover } = hand('relaxed');
    expect(Math.min(...cover)).toBeGreaterThan(0.006); // the radius of the little finger's tip
    expect(Math.max(...cover)).toBeLessThan(0.03);
  });

  it('all joints of an open hand are visible from the palm side', () => {
    expect([...eye.render({ hand: hand('open'), objects: [] }).hand!.visible]).toEqual(new Array(21).fill(1));
  });

  it('a fingertip behind the palm is not visible', () => {
    const { hand: truth } = eye.render({
      hand: hand('fist', attitude({ yaw: Math.PI, pitch: 0, roll: 0 })),
      objects: [],
    });
    expect(truth!.visible[JOINT_NAMES.indexOf('middle_tip')]).toBe(0);
    expect(truth!.visible[JOINT_NAMES.indexOf('middle_mcp')]).toBe(1);
  });

  it('a hand behind something else is hidden to that share', () => {
    const screen = (left: number) => [{ name: 'screen', primitives: [box([left + 1, 0, 0.3], [1, 1, 0.01])] }];
    const free = eye.render({ hand: hand('open'), objects: screen(5) }).hand!;
    const half = eye.render({ hand: hand('open'), objects: screen(0) }).hand!;
    const none = eye.render({ hand: hand('open'), objects: screen(-1) }).hand!;
    expect(free.visibleShare).toBe(1);
    expect(half.visibleShare).toBeGreaterThan(0.3);
    expect(half.visibleShare).toBeLessThan(0.7);
    expect(none.visibleShare).toBe(0);
    expect(none.visible.some((v) => v === 1)).toBe(false);
    expect(none.jointsInImage).toBe(JOINT_COUNT);
  });

  it('a hand beside the image has no joint in it', () => {
    const away = placeHand(kinematicHand(namedPose('open')), { rotation: FACING_CAMERA, translation: [-1, 0, 0.5] });
    const { hand: truth } = eye.render({ hand: away, objects: [] });
    expect(truth).toMatchObject({ jointsInImage: 0, visibleShare: 0 });
  });
});

describe('handedness', () => {
  it('a right hand with its palm to the camera and fingers up has its thumb on the right of the image', () => {
    const { joints } = hand('open');
    const thumb = JOINT_NAMES.indexOf('thumb_tip');
    const little = JOINT_NAMES.indexOf('little_tip');
    expect(joints[3 * thumb]).toBeGreaterThan(joints[3 * little]!);
    expect(joints[3 * little + 1]).toBeLessThan(joints[1]!); // fingers up: y grows downwards
  });

  it('a left hand is the mirror image of the right hand', () => {
    const geometry = kinematicHand(namedPose('point'));
    const placement = {
      rotation: attitude({ yaw: 0.4, pitch: 0.3, roll: -0.5 }),
      translation: [0.03, 0.05, 0.5] as const,
    };
    const right = depthCamera(small).render({ hand: placeHand(geometry, placement), objects: [] });
    const left = depthCamera(small).render({
      hand: placeHand(geometry, mirroredTransform(placement), 'left'),
      objects: [],
    });
    for (let j = 0; j < JOINT_COUNT; j++) {
      expect(left.hand!.joints[3 * j]).toBeCloseTo(-right.hand!.joints[3 * j]!, 12);
      expect(left.hand!.joints[3 * j + 2]).toBeCloseTo(right.hand!.joints[3 * j + 2]!, 12);
    }
    for (let v = 0; v < small.height; v++) {
      const row = right.frame.depth.subarray(v * small.width, (v + 1) * small.width);
      expect(left.frame.depth.subarray(v * small.width, (v + 1) * small.width)).toEqual(row.slice().reverse());
    }
  });
});

describe('determinism', () => {
  const scene = { hand: hand('relaxed'), objects: [{ name: 'wall', primitives: [plane([0, 0, 1], [0, 0, -1])] }] };
  const shot = (seed: number, index: number) =>
    depthCamera(small, { sensor: SENSORS.noisy, seed }).render(scene, { index }).frame.depth;

  it('the same seed and index give the same bytes, whatever was rendered before', () => {
    const camera = depthCamera(small, { sensor: SENSORS.noisy, seed: 5 });
    camera.render(scene, { index: 0 });
    expect(camera.render(scene, { index: 8 }).frame.depth).toEqual(shot(5, 8));
  });

  it('another seed or index gives other noise', () => {
    expect(shot(6, 8)).not.toEqual(shot(5, 8));
    expect(shot(5, 9)).not.toEqual(shot(5, 8));
  });
});

describe('several hands', () => {
  const camera = depthCamera(small);
  const at = (id: number, x: number, z: number, handedness: PlacedHand['handedness'] = 'right'): PlacedHand => {
    const placement = { rotation: FACING_CAMERA, translation: [x, 0.08, z] } as const;
    return { ...placeHand(kinematicHand(namedPose('flat')), placement, handedness), id };
  };

  it('have labels, sides and ids of their own, whichever lies in front', () => {
    const hands = [at(7, -0.06, 0.6, 'left'), at(4, 0.06, 0.5)];
    const rendering = camera.render({ hands, objects: [] }, { labels: true });
    expect(rendering.hands.map(({ id, handedness }) => [id, handedness])).toEqual([
      [7, 'left'],
      [4, 'right'],
    ]);
    expect(rendering.hand).toBe(rendering.hands[0]);
    expect([labelOfHand(0), labelOfHand(1), labelOfHand(2)]).toEqual([LABEL_HAND, 254, 252]);
    rendering.hands.forEach(({ joints, visibleShare }, i) => {
      expect(rendering.labels![pixel(small, joints, 9)]).toBe(labelOfHand(i));
      expect(visibleShare).toBe(1);
    });
  });

  it.each([
    [0.7, 0.5],
    [0.5, 0.7],
  ])('hide each other by their depth, not by their order: %d m and %d m', (first, second) => {
    const { hands, frame } = camera.render({ hands: [at(0, 0, first), at(1, 0, second)], objects: [] });
    const nearer = first < second ? 0 : 1;
    expect(hands[nearer]!.visibleShare).toBe(1);
    expect(hands[1 - nearer]!.visibleShare).toBeLessThan(0.1);
    expect(hands[1 - nearer]!.visible.filter((seen) => seen === 1).length).toBeLessThan(6);
    const alone = camera.render({ hand: at(0, 0, 0.5), objects: [] }).frame.depth;
    for (const [i, z] of alone.entries()) if (z > 0) expect(frame.depth[i]).toBe(z);
  });
});
