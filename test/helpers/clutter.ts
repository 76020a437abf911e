import { SeededRandom } from '../../src/geometry/random.js';
import { box, capsule, type Primitive, sphere } from '../../src/synthetic/primitives.js';
import type { SceneObject } from '../../src/synthetic/scene.js';

/** Where things may lie: lowest and highest x, y and z, metres in the optical frame. */
export type Space = readonly [x: readonly [number, number], y: readonly [number, number], z: readonly [number, number]];

/** Things as thick as hands, each by itself: boxes, bottles and balls. The same seed gives the same things. */
export function clutter(seed: number, count: number, [x, y, z]: Space): SceneObject {
  const random = new SeededRandom(seed, 72);
  const primitives = Array.from({ length: count }, (): Primitive => {
    const [px, py, pz] = [random.uniform(...x), random.uniform(...y), random.uniform(...z)];
    const half = random.uniform(0.02, 0.06);
    switch (random.integer(3)) {
      case 0:
        return box([px, py, pz], [half, random.uniform(0.02, 0.09), random.uniform(0.01, 0.05)]);
      case 1:
        return capsule([px, py - 0.06, pz], [px, py + 0.06, pz], Math.min(half, 0.045));
      default:
        return sphere([px, py, pz], half);
    }
  });
  return { name: 'clutter', primitives };
}
