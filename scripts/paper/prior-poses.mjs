/** The poses that the priors of table G are fitted on. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJointLines } from '../../dist/hand/joint-lines.js';
import {
  attitude,
  blendPoses,
  clampPose,
  drawHandShape,
  kinematicHand,
  mapPose,
  namedPose,
  POSE_NAMES,
  placeHand,
  SeededRandom,
} from '../../dist/testing.js';

const FILE = 'training/runs/joints.txt';
const SEED = 31_338;
const COUNT = 6000;

/**
 * Poses of right hands, 63 numbers each in metres, turned any way: those of {@link FILE} where it is, as the packaged prior's, else poses between the named ones.
 */
export function priorPoses(root) {
  const file = join(root, FILE);
  if (existsSync(file)) {
    const text = readFileSync(file, 'utf8');
    const poses = joined(parseJointLines(text, file).filter((pose) => pose !== undefined));
    return {
      poses,
      from: `${FILE} (${poses.length / 63} poses), sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`,
    };
  }
  return { poses: joined(generated()), from: `${COUNT} poses between the named ones, seed ${SEED}` };
}

function generated() {
  return Array.from({ length: COUNT }, (_, i) => {
    const random = new SeededRandom(SEED, i);
    const named = () => namedPose(POSE_NAMES[random.integer(POSE_NAMES.length)]);
    const between = blendPoses(named(), named(), random.next());
    const pose = clampPose(mapPose((dof) => between[dof] + 0.12 * random.normal()));
    const view = { yaw: random.uniform(-Math.PI, Math.PI), pitch: 0.5 * random.normal(), roll: 0.4 * random.normal() };
    const placement = { rotation: attitude(view), translation: [0, 0, 0.6] };
    return placeHand(kinematicHand(pose, drawHandShape(random)), placement).joints;
  });
}

function joined(poses) {
  const all = new Float64Array(63 * poses.length);
  poses.forEach((pose, i) => {
    all.set(pose, 63 * i);
  });
  return all;
}
