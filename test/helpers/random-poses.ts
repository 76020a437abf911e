import { SeededRandom } from '../../src/geometry/random.js';
import { mapPose, POSE_LIMITS } from '../../src/kinematics/hand-pose.js';
import { drawHandShape } from '../../src/kinematics/hand-shape.js';
import { kinematicHand } from '../../src/synthetic/kinematic-hand.js';

/**
 * Random poses of random right hands, turned any way by up to `tilt` radians about each axis and put about 0.5 m in
 * front of the camera: 63 numbers each, metres. The fingers of one hand bend alike, more or less, as real ones do.
 */
export function randomPoses(count: number, seed = 1, tilt = Math.PI): Float64Array {
  const poses = new Float64Array(63 * count);
  for (let i = 0; i < count; i++) {
    const random = new SeededRandom(seed, i);
    const bend = random.next();
    const pose = mapPose((dof) => {
      const [low, high] = POSE_LIMITS[dof];
      const share = /abduction|thumb|wrist/.test(dof) ? 0.5 + 0.2 * random.normal() : bend + 0.2 * random.normal();
      return low + (high - low) * Math.min(Math.max(share, 0), 1);
    });
    const { joints } = kinematicHand(pose, drawHandShape(random));
    const angles = [0, 1, 2].map(() => random.uniform(-tilt, tilt));
    const place = [random.uniform(-0.1, 0.1), random.uniform(-0.1, 0.1), random.uniform(0.4, 0.6)];
    for (let joint = 0; joint < 21; joint++) {
      const turned = turn([joints[3 * joint], joints[3 * joint + 1], joints[3 * joint + 2]], angles);
      poses.set(
        turned.map((value, axis) => value + place[axis]),
        63 * i + 3 * joint,
      );
    }
  }
  return poses;
}

/** The poses with normal noise of a standard deviation of `sigma` metres on each coordinate. */
export function withNoise(poses: Float64Array, sigma: number, seed = 1): Float64Array {
  const random = new SeededRandom(seed, 1e6);
  return poses.map((value) => value + sigma * random.normal());
}

/** Mean distance between the joints of two lists of poses, metres. */
export function meanDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  return sum / (a.length / 3);
}

function turn([x, y, z]: number[], [a, b, c]: number[]): number[] {
  [y, z] = [y * Math.cos(a) - z * Math.sin(a), y * Math.sin(a) + z * Math.cos(a)];
  [x, z] = [x * Math.cos(b) + z * Math.sin(b), z * Math.cos(b) - x * Math.sin(b)];
  return [x * Math.cos(c) - y * Math.sin(c), x * Math.sin(c) + y * Math.cos(c), z];
}
