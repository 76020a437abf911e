import { describe, expect, it } from 'vitest';
import { distance, type Vec3 } from '../geometry/matrix.js';
import { namedPose, POSE_LIMITS } from '../kinematics/hand-pose.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { CAMERAS } from './cameras.js';
import { blendTargets, facing, type HandTarget, reaching } from './hand-target.js';
import { PRESETS } from './presets.js';
import { handsOf, type Scene } from './scene.js';
import { syntheticStream } from './synthetic-stream.js';

const FPS = 10;
const PRESET_NAMES = ['two-hands', 'visitors'] as const;

function scenes(preset: (typeof PRESET_NAMES)[number], seed: number, seconds = 10): Scene[] {
  const at = PRESETS[preset].scene({ camera: CAMERAS.small, seed, shape: neutralShape(), handedness: 'right' });
  return Array.from({ length: seconds * FPS }, (_, i) => at(i / FPS));
}

/** How many joints are in the picture of the small camera. */
function inPicture(joints: Float64Array): number {
  const { fx, fy, cx, cy, width, height } = CAMERAS.small;
  let count = 0;
  for (let j = 0; j < 63; j += 3) {
    const [u, v] = [(fx * joints[j]!) / joints[j + 2]! + cx, (fy * joints[j + 1]!) / joints[j + 2]! + cy];
    if (u > -0.5 && v > -0.5 && u < width - 0.5 && v < height - 0.5) count++;
  }
  return count;
}

describe.each(PRESET_NAMES)('the preset %s', (preset) => {
  const all = scenes(preset, 5);

  it('has hands that keep their side, and move no faster than hands do', () => {
    const known = new Map<number, { side: string; joints: Float64Array; index: number }>();
    let fastest = 0;
    for (const [index, scene] of all.entries()) {
      for (const { id, handedness, joints } of handsOf(scene)) {
        const before = known.get(id!);
        if (before !== undefined) expect(handedness).toBe(before.side);
        if (before?.index === index - 1) {
          for (let j = 0; j < 63; j += 3) {
            const [a, b] = [before.joints, joints].map((of) => [of[j], of[j + 1], of[j + 2]] as unknown as Vec3);
            fastest = Math.max(fastest, distance(a!, b!) * FPS);
          }
        }
        known.set(id!, { side: handedness, joints, index });
      }
    }
    expect(fastest).toBeGreaterThan(0.7); // metres per second
    expect(fastest).toBeLessThan(3);
  });

  it('never has two hands in one place', () => {
    for (const scene of all) {
      const roots = handsOf(scene).map(({ joints }) => [...joints.subarray(27, 30)] as unknown as Vec3);
      for (const [i, a] of roots.entries())
        for (const b of roots.slice(i + 1)) expect(distance(a, b)).toBeGreaterThan(0.035);
    }
  });

  it('gives the same bytes in any order, and others with another seed', () => {
    const stream = (seed: number) => syntheticStream({ preset, seed, frames: 200, fps: 20, camera: CAMERAS.small });
    const [once, again] = [stream(2), stream(2)];
    const later = again.at(150);
    expect(again.at(30).frame.depth).toEqual(once.at(30).frame.depth);
    expect(later.truths).toEqual(once.at(150).truths);
    expect(stream(3).at(30).frame.depth).not.toEqual(once.at(30).frame.depth);
  });
});

describe('two hands', () => {
  it('do four things in ten seconds: cross, clap, lift a box and hand a rod to somebody who takes it away', () => {
    const found = { crossed: 0, clapped: 0, lifted: 0, handed: 0 };
    let rodGone = false;
    for (const scene of scenes('two-hands', 9, 11)) {
      const [right, left, guest] = handsOf(scene);
      const palm = ({ joints }: { joints: Float64Array }) => [...joints.subarray(27, 30)] as unknown as Vec3;
      if (palm(right!)[0] > palm(left!)[0] + 0.1) found.crossed++;
      if (distance(palm(right!), palm(left!)) < 0.06) found.clapped++;
      const box = scene.objects.find(({ name }) => name === 'box')!.primitives[0]!;
      if (box.kind === 'box' && box.center[1] < 0.15) found.lifted++;
      if (guest !== undefined && distance(palm(right!), palm(guest)) < 0.2) found.handed++;
      rodGone ||= !scene.objects.some(({ name }) => name === 'rod');
    }
    for (const frames of Object.values(found)) expect(frames).toBeGreaterThan(1);
    expect(rodGone).toBe(true);
  });

  it('are two at most in the picture, whoever they belong to', () => {
    for (const scene of scenes('two-hands', 6)) {
      expect(handsOf(scene).filter(({ joints }) => inPicture(joints) >= 11).length).toBeLessThanOrEqual(2);
    }
  });

  it('have arms of a person: upper arms of 0.3 m wherever the wrist can bend so far', () => {
    const lengths = scenes('two-hands', 5).flatMap(({ objects }) => {
      return objects
        .filter(({ name }) => name === 'body')
        .flatMap(({ primitives }) => primitives.slice(-2))
        .map((arm) => (arm.kind === 'cone' ? distance(arm.a, arm.b) : 0));
    });
    const near = lengths.filter((metres) => Math.abs(metres - 0.3) < 0.06).length;
    expect(near / lengths.length).toBeGreaterThan(0.75);
  });
});

describe('visitors', () => {
  it('are none to three at a time, right and left, each with an id of its own', () => {
    const counts = new Set<number>();
    const sides = new Map<number, string>();
    for (const seed of [1, 2]) {
      for (const scene of scenes('visitors', seed)) {
        counts.add(handsOf(scene).length);
        for (const { id, handedness } of handsOf(scene)) sides.set(seed * 1000 + id!, handedness);
      }
    }
    expect([...counts].sort()).toEqual([0, 1, 2, 3]);
    expect(sides.size).toBeGreaterThan(10);
    expect(new Set(sides.values())).toEqual(new Set(['left', 'right']));
  });

  it('have a truth each; what shows a small part of itself only is neither to be found nor to be missed', () => {
    const stream = syntheticStream({
      preset: 'visitors',
      seed: 3,
      frames: 100,
      fps: 20,
      camera: CAMERAS.small,
      sensor: null,
    });
    const at = (index: number) =>
      stream.at(index).truths.map(({ handId, handedness, tracked, confidences }) => ({
        handId,
        handedness,
        tracked,
        confidence: confidences[0] ?? null,
      }));
    expect(at(0)).toEqual([]);
    expect(stream.at(0).truth).toMatchObject({ tracked: false, handedness: 'unknown' });
    expect(at(60)).toEqual([
      { handId: 0, handedness: 'right', tracked: true, confidence: 1 },
      { handId: 1, handedness: 'right', tracked: true, confidence: 1 },
      { handId: 2, handedness: 'left', tracked: true, confidence: 1 },
    ]);
    const partly = Array.from({ length: 30 }, (_, i) => at(i))
      .flat()
      .filter(({ tracked, confidence }) => tracked && confidence === 0);
    expect(partly.length).toBeGreaterThan(0);
  });
});

describe('the target of a hand', () => {
  const from: HandTarget = {
    pose: namedPose('open'),
    center: [-0.1, 0, 0.5],
    rotation: facing([0, -1, 0], [0, 0, -1]),
  };

  it.each([
    ['a quarter of a turn', facing([1, 0, 0], [0, 0, -1]), [Math.SQRT1_2, -Math.SQRT1_2, 0]],
    ['half a turn', facing([0, 1, 0], [0, 0, -1]), [1, 0, 0]],
  ])('turns along the shortest way: %s', (_, rotation, fingers) => {
    const half = blendTargets(from, { ...from, center: [0.1, 0, 0.5], rotation }, 0.5);
    expect(half.center[0]).toBeCloseTo(0, 12);
    const [x, y, z] = [half.rotation[1], half.rotation[4], half.rotation[7]];
    expect(
      [Math.abs(x), y, z]
        .map((v, i) => v - (i === 0 ? Math.abs(fingers[0]!) : fingers[i]!))
        .every((d) => Math.abs(d) < 1e-9),
    ).toBe(true);
  });

  it('gets a wrist that bends towards the elbow, within its limits', () => {
    const { pose } = reaching(from, [-0.18, 0.1, 0.93], neutralShape());
    expect(pose.wrist_flexion).toBeLessThan(0.9);
    expect(Math.abs(pose.wrist_flexion)).toBeGreaterThan(0.1);
    const twisted = reaching(
      { ...from, rotation: facing([0, 1, 0], [0, 0, -1]) },
      [-0.18, 0.1, 0.93],
      neutralShape(),
    ).pose;
    for (const dof of ['wrist_flexion', 'wrist_deviation'] as const) {
      expect(twisted[dof]).toBeGreaterThanOrEqual(POSE_LIMITS[dof][0]);
      expect(twisted[dof]).toBeLessThanOrEqual(POSE_LIMITS[dof][1]);
    }
  });
});
