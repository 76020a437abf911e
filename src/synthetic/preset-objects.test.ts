import { describe, expect, it } from 'vitest';
import { neutralShape } from '../kinematics/hand-shape.js';
import { CAMERAS } from './cameras.js';
import { LABEL_OBJECTS } from './depth-camera.js';
import { HELD_OBJECTS } from './preset-objects.js';
import { PRESETS } from './presets.js';
import type { Scene } from './scene.js';
import { syntheticStream } from './synthetic-stream.js';

const camera = CAMERAS.small;
const input = { camera, seed: 4, shape: neutralShape(), handedness: 'right' } as const;
const joint = ({ hand }: Scene, j: number): number[] => [0, 1, 2].map((axis) => hand!.joints[3 * j + axis]!);
const held = ({ objects }: Scene) => objects.find(({ name }) => name === 'held');

describe.each(['objects', 'egocentric'] as const)('the preset %s', (name) => {
  const scene = PRESETS[name].scene(input);

  it('can be asked for any time in any order, and differs with the seed', () => {
    const times = [3.1, 0, 7.7, 3.1];
    const joints = times.map((time) => scene(time).hand!.joints);
    expect(joints[0]).toEqual(joints[3]);
    const forwards = PRESETS[name].scene(input);
    for (const i of [1, 0, 2]) expect(forwards(times[i]!).hand!.joints).toEqual(joints[i]);
    expect(PRESETS[name].scene({ ...input, seed: 5 })(3.1).hand!.joints).not.toEqual(joints[0]);
  });

  it('moves without a jump in speed, all the time', () => {
    const step = 1 / 1000;
    let [fastest, slowest] = [0, Infinity];
    for (let time = 0; time < 8; time += 0.02) {
      const [a, b, c] = [0, step, 2 * step].map((later) => scene(time + later).hand!.joints) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      let moved = 0;
      a.forEach((x, i) => {
        fastest = Math.max(fastest, Math.abs(x - 2 * b[i]! + c[i]!) / step ** 2);
        moved = Math.max(moved, Math.abs(x - b[i]!) / step);
      });
      slowest = Math.min(slowest, moved);
    }
    expect(fastest).toBeLessThan(60); // m/s^2
    expect(slowest).toBeGreaterThan(0.005); // m/s
  });

  it('takes every object in turn, and has an empty hand in between', () => {
    const cycle = 3.6;
    const seen = new Set<string>();
    for (let turn = 0; turn < HELD_OBJECTS.length; turn++) {
      expect(held(scene(turn * cycle))).toBeUndefined();
      seen.add(JSON.stringify(held(scene((turn + 0.5) * cycle))!.primitives.map(({ kind }) => kind)) + turn);
    }
    expect(seen.size).toBe(HELD_OBJECTS.length);
  });

  it('moves a held object with the hand', () => {
    // Distances within a rigid body stay: from the thing to the palm's joints, at two moments of one hold.
    const [a, b] = [1.2, 2.6].map((time) => scene(time)) as [Scene, Scene];
    const place = (at: Scene): number[] => {
      const [first] = held(at)!.primitives;
      return [...(first!.kind === 'cone' ? first.a : first!.kind === 'box' ? first.center : [])];
    };
    for (const palm of [0, 5, 9, 17]) {
      const distance = (at: Scene): number => Math.hypot(...place(at).map((v, axis) => v - joint(at, palm)[axis]!));
      expect(distance(a)).toBeCloseTo(distance(b), 9);
    }
    expect(joint(a, 9)).not.toEqual(joint(b, 9));
  });

  it('of a left hand is the mirror image', () => {
    const left = PRESETS[name].scene({ ...input, handedness: 'left' })(1.9);
    const right = scene(1.9);
    left.hand!.joints.forEach((x, i) => {
      expect(x).toBeCloseTo((i % 3 === 0 ? -1 : 1) * right.hand!.joints[i]!, 9);
    });
    const xs = (at: Scene) =>
      at.objects.flatMap(({ primitives }) => primitives.flatMap((p) => (p.kind === 'cone' ? [p.a[0]] : [])));
    xs(left).forEach((x, i) => {
      expect(x).toBeCloseTo(-xs(right)[i]!, 9);
    });
  });

  it('shows hand and thing to the camera, in nearly every frame', () => {
    let [tracked, things] = [0, 0];
    const stream = syntheticStream({ preset: name, frames: 60, fps: 10, camera, sensor: null, seed: 4, labels: true });
    const names = PRESETS[name].scene(input);
    stream.at(0);
    for (let i = 0; i < stream.length; i++) {
      const { truth, labels } = stream.at(i);
      if (truth.tracked) tracked++;
      const label = LABEL_OBJECTS + names(i / 10).objects.findIndex((thing) => thing.name === 'held');
      if (label >= LABEL_OBJECTS && labels!.includes(label)) things++;
    }
    expect(tracked).toBeGreaterThan(50);
    expect(things).toBeGreaterThan(35);
  });
});

it('an egocentric hand comes from below and shows its back', () => {
  const scene = PRESETS.egocentric.scene(input);
  let backs = 0;
  for (let time = 0; time < 10; time += 0.5) {
    const at = scene(time);
    const elbow = at.hand!.elbow;
    expect(elbow[2]).toBeLessThan(joint(at, 9)[2]!); // nearer to the camera than the hand
    expect(elbow[1]).toBeGreaterThan(joint(at, 9)[1]!); // y points down
    const [wrist, index, little] = [joint(at, 0), joint(at, 5), joint(at, 17)];
    const u = index.map((v, i) => v - wrist[i]!);
    const v = little.map((w, i) => w - wrist[i]!);
    // Right hand, from the wrist: index x little points into the palm's side.
    if (u[0]! * v[1]! - u[1]! * v[0]! > 0) backs++;
  }
  expect(backs).toBeGreaterThan(14);
});
