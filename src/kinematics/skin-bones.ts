import { FINGER_NAMES, FINGER_ROOTS } from '../hand/skeleton.js';
import { flexionAngle, type HandKinematics } from './hand-kinematics.js';
import { BONE_NAMES } from './hand-mesh-data.js';
import { CHAIN_BONES, CHAINS, describedProportions, type HandProportions } from './hand-proportions.js';
import type { HandState } from './hand-state.js';

/** Bones that move the skin. */
const BONES = BONE_NAMES.length;
/** Numbers of a bone's frame: 3 x 3, columns stretched, then the origin. */
export const FRAME = 12;
export const FOREARM = BONE_NAMES.indexOf('forearm');

const OF_FINGER = ['proximal', 'middle', 'distal'];
const OF_THUMB = ['metacarpal', 'proximal', 'distal'];
/** Of each chain, what the names of its moving bones end with, from the root on. */
export const MOVING_BONES = FINGER_NAMES.map((_, chain) => (chain === 0 ? OF_THUMB : OF_FINGER));

/** Of each bone of the skin: the chain that it belongs to, -1 for those that lie still in the palm, and its place in the chain. */
export const CHAIN_OF_BONE = new Int8Array(BONES).fill(-1);
export const PLACE_OF_BONE = new Uint8Array(BONES);
BONE_NAMES.forEach((name, i) => {
  const chain = FINGER_NAMES.findIndex((finger) => name.startsWith(`${finger}_`));
  const place = (MOVING_BONES[chain] ?? []).findIndex((part) => name.endsWith(`_${part}`));
  if (place < 0) return;
  CHAIN_OF_BONE[i] = chain;
  PLACE_OF_BONE[i] = place;
});

export const DESCRIBED = describedProportions();
const WIDTH = breadth(DESCRIBED.roots, 0);
const LENGTH = breadth(DESCRIBED.roots, 1);

/** Frames of the bones of the skin, by hand; {@link update} allocates nothing. */
export class SkinBones {
  /** {@link FRAME} numbers for each bone. */
  readonly frames = new Float64Array(FRAME * BONES);
  /** Rotations alone, row by row: 9 numbers for each bone. */
  readonly turns = new Float64Array(9 * BONES);

  /** The bones of a hand whose kinematics are up to date. */
  update(
    { joints, axes }: HandKinematics,
    { rotation }: HandState,
    { roots, lengths, thickness }: HandProportions,
  ): void {
    const { frames, turns } = this;
    const across = breadth(roots, 0) / WIDTH;
    const along = breadth(roots, 1) / LENGTH;
    for (let i = 0; i < BONES; i++) {
      const chain = CHAIN_OF_BONE[i];
      const place = PLACE_OF_BONE[i];
      const t = 9 * i;
      let origin = 0;
      let sx = across;
      let sy = along;
      if (chain < 0) for (let k = 0; k < 9; k++) turns[t + k] = rotation[k];
      else {
        const at = 3 * (FINGER_ROOTS[chain] + place);
        // the thumb's metacarpal is turned about itself after its flexion, as the next bone's axis is
        const dof = 3 * flexionAngle(chain, chain === 0 && place === 0 ? 1 : place);
        const length = lengths[CHAIN_BONES * chain + place];
        const xx = axes[dof];
        const xy = axes[dof + 1];
        const xz = axes[dof + 2];
        const yx = (joints[at + 3] - joints[at]) / length;
        const yy = (joints[at + 4] - joints[at + 1]) / length;
        const yz = (joints[at + 5] - joints[at + 2]) / length;
        turns[t] = xx;
        turns[t + 3] = xy;
        turns[t + 6] = xz;
        turns[t + 1] = yx;
        turns[t + 4] = yy;
        turns[t + 7] = yz;
        turns[t + 2] = xy * yz - xz * yy;
        turns[t + 5] = xz * yx - xx * yz;
        turns[t + 8] = xx * yy - xy * yx;
        origin = at;
        sx = thickness;
        sy = length / DESCRIBED.lengths[CHAIN_BONES * chain + place];
      }
      const m = FRAME * i;
      for (let row = 0; row < 9; row += 3) {
        frames[m + row] = turns[t + row] * sx;
        frames[m + row + 1] = turns[t + row + 1] * sy;
        frames[m + row + 2] = turns[t + row + 2] * thickness;
      }
      for (let k = 0; k < 3; k++) frames[m + 9 + k] = joints[origin + k];
    }
  }
}

/** How far the roots of the fingers lie from the wrist along an axis of the palm, metres in all. */
function breadth(roots: Float64Array, axis: number): number {
  let sum = 0;
  for (let chain = 1; chain < CHAINS; chain++) sum += Math.abs(roots[3 * chain + axis]);
  return sum;
}
