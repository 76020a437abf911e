import { box, capsule, ellipsoid, type Primitive, plane } from '../../src/synthetic/primitives.js';
import type { Scene, SceneObject } from '../../src/synthetic/scene.js';
import { clutter } from './clutter.js';

/** A shelf full of things in front of a wall. */
export function shelf(seed: number): Scene {
  const space = [
    [-0.5, 0.5],
    [-0.35, 0.35],
    [0.7, 1.15],
  ] as const;
  const board = (y: number): Primitive => box([0, y, 1], [0.7, 0.012, 0.2]);
  return {
    objects: [
      clutter(seed, 20, space),
      { name: 'shelf', primitives: [board(-0.2), board(0.15), board(0.45)] },
      { name: 'wall', primitives: [plane([0, 0, 1.25], [0, 0, -1])] },
    ],
  };
}

/**
 * A person who stands in front of the camera, sways, and keeps both hands below the picture.
 *
 * @param time seconds; the same time gives the same scene
 */
export function personWithoutHands(time: number): Scene {
  const sway = 0.04 * Math.sin(time);
  const [x, y, z] = [sway, -0.02, 0.85 + 0.03 * Math.sin(0.7 * time)];
  const arm = (side: -1 | 1): Primitive[] => [
    capsule([x + side * 0.19, y - 0.06, z], [x + side * 0.26, y + 0.24, z + 0.03], 0.055, 0.042),
    capsule([x + side * 0.26, y + 0.24, z + 0.03], [x + side * 0.24, y + 0.52, z - 0.04], 0.042, 0.028),
  ];
  const body: SceneObject = {
    name: 'body',
    primitives: [
      ellipsoid([x, y + 0.12, z], [0.18, 0.26, 0.115]),
      ellipsoid([x, y + 0.42, z], [0.16, 0.34, 0.115]),
      capsule([x, y - 0.08, z], [x, y - 0.18, z - 0.015], 0.055, 0.05),
      ellipsoid([x + 0.3 * sway, y - 0.27, z - 0.03], [0.074, 0.115, 0.095]),
      ...arm(-1),
      ...arm(1),
    ],
  };
  return { objects: [body] };
}
