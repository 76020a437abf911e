import { FINGER_OF_JOINT, FINGER_ROOTS, jointIndex } from '../hand/skeleton.js';
import { HAND_DATA } from './hand-data.js';
import type { PointDescription } from './hand-description.js';
import type { HandKinematics } from './hand-kinematics.js';
import type { HandProportions } from './hand-proportions.js';
import type { HandState } from './hand-state.js';

const THUMB_MCP = jointIndex('thumb_mcp');

/** Where one end of a cone of the palm lies: a weighted sum of roots and an offset (metres at thickness 1), and a share of the thumb's MCP. */
interface PalmEnd {
  readonly roots: Float64Array;
  readonly offset: readonly number[];
  readonly thumb: number;
}

interface Cone {
  /** 0 to 4 for a bone of a thumb or finger, -1 for the palm. */
  readonly chain: number;
  /** Of a chain: the bone, 0 to 2. */
  readonly bone: number;
  readonly ends: readonly [PalmEnd, PalmEnd];
  readonly radiusA: number;
  readonly radiusB: number;
  /** How far the outer end lies before its joint, in outer radii. */
  readonly back: number;
  /** How far the skin lies above the cone, metres at thickness 1. */
  readonly skin: number;
}

/**
 * How far the skin of the synthetic hand lies above the cones of its palm, millimetres: means of what a camera sees of 50 poses. On fingers
 * it is below 1 mm.
 */
const SKIN_MM: Readonly<Record<string, number>> = {
  hypothenar: 2.4,
  palm_core: 1.8,
  ray_index: 2.2,
  ray_index_middle: 1.4,
  ray_little: 4,
  ray_middle: 1.2,
  ray_middle_ring: 0.8,
  ray_ring: 1.9,
  ray_ring_little: 1.9,
  thenar: 3.5,
  thenar_palm: 4.5,
  web: 2.8,
};

/** The round cones of hand and fingers, without the forearm. */
const CONES: readonly Cone[] = HAND_DATA.primitives.flatMap(({ name, group, a, b, radiusA, radiusB }): Cone[] => {
  if (group === 'forearm') return [];
  const radii = { radiusA, radiusB, skin: (SKIN_MM[name] ?? 0) / 1000 };
  if (group === 'palm') return [{ chain: -1, bone: 0, ends: [palmEnd(a), palmEnd(b)], ...radii, back: 0 }];
  if (!('joint' in a && 'joint' in b)) return [];
  const joint = jointIndex(a.joint);
  const chain = FINGER_OF_JOINT[joint];
  const back = b.towards === undefined ? 0 : (b.byRadius ?? 1);
  const none = palmEnd({ mix: {}, offset: [0, 0, 0] });
  return [{ chain, bone: joint - FINGER_ROOTS[chain], ends: [none, none], ...radii, back }];
});

function palmEnd(point: PointDescription): PalmEnd {
  const mix = 'mix' in point ? point.mix : 'joint' in point ? { [point.joint]: 1 } : {};
  const offset = 'offset' in point ? point.offset : [0, 0, 0];
  const roots = new Float64Array(FINGER_ROOTS.length);
  let thumb = 0;
  for (const [name, weight] of Object.entries(mix)) {
    const joint = jointIndex(name as Parameters<typeof jointIndex>[0]);
    if (joint === THUMB_MCP) thumb = weight;
    else roots[FINGER_ROOTS.indexOf(joint)] += weight;
  }
  return { roots, offset, thumb };
}

/**
 * The surface of the hand as round cones (spheres of linearly growing radius along a segment), those of `hand.json` without the forearm.
 * {@link update} allocates nothing.
 */
export class HandSurface {
  readonly count = CONES.length;
  /** The place that was looked at last, metres, and the radius of the cone there. */
  readonly foot = new Float64Array(4);
  readonly #a = new Float64Array(3 * CONES.length);
  readonly #axis = new Float64Array(3 * CONES.length);
  readonly #radii = new Float64Array(2 * CONES.length);
  readonly #point = new Float64Array(3);

  /**
   * The surface of a hand whose kinematics are up to date.
   *
   * @param palm whether the palm is asked for, too
   */
  update(
    { joints }: HandKinematics,
    { rotation: r }: HandState,
    { roots, thickness }: HandProportions,
    palm = true,
  ): void {
    const point = this.#point;
    for (let i = 0; i < CONES.length; i++) {
      const { chain, bone, ends, radiusA, radiusB, back, skin } = CONES[i];
      const ra = (radiusA + skin) * thickness;
      const rb = (radiusB + skin) * thickness;
      this.#radii[2 * i] = ra;
      this.#radii[2 * i + 1] = rb - ra;
      if (chain >= 0) {
        const from = 3 * (FINGER_ROOTS[chain] + bone);
        let share = 1;
        if (back > 0) {
          const dx = joints[from + 3] - joints[from];
          const dy = joints[from + 4] - joints[from + 1];
          const dz = joints[from + 5] - joints[from + 2];
          const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
          share = Math.max(0.1, 1 - (back * rb) / length);
        }
        for (let k = 0; k < 3; k++) {
          this.#a[3 * i + k] = joints[from + k];
          this.#axis[3 * i + k] = share * (joints[from + 3 + k] - joints[from + k]);
        }
      } else if (palm) {
        for (let end = 0; end < 2; end++) {
          const { roots: weights, offset, thumb } = ends[end];
          for (let k = 0; k < 3; k++) {
            let sum = offset[k] * thickness;
            for (let root = 0; root < FINGER_ROOTS.length; root++) sum += weights[root] * roots[3 * root + k];
            point[k] = sum;
          }
          for (let k = 0; k < 3; k++) {
            const turned = r[3 * k] * point[0] + r[3 * k + 1] * point[1] + r[3 * k + 2] * point[2];
            const world = joints[k] + turned + thumb * (joints[3 * THUMB_MCP + k] - joints[k]);
            if (end === 0) this.#a[3 * i + k] = world;
            else this.#axis[3 * i + k] = world - this.#a[3 * i + k];
          }
        }
      }
    }
  }

  /** Take a place on the axis of a cone as the foot. */
  at(cone: number, along: number): void {
    for (let k = 0; k < 3; k++) this.foot[k] = this.#a[3 * cone + k] + along * this.#axis[3 * cone + k];
    this.foot[3] = this.#radii[2 * cone] + along * this.#radii[2 * cone + 1];
  }

  /** The chain that carries a cone, -1 for the palm. */
  chain(cone: number): number {
    return CONES[cone].chain;
  }

  /** The bone of that chain. */
  bone(cone: number): number {
    return CONES[cone].bone;
  }
}
