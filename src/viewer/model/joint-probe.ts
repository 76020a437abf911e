import type { HandJoints } from '../../hand/hand-joints.js';
import { JOINT_NAMES } from '../../hand/skeleton.js';

/** A joint of a hand. */
export interface JointRef {
  readonly handId: number;
  readonly joint: number;
}

/** Where a joint is on the screen, pixels. */
export interface JointOnScreen extends JointRef {
  readonly x: number;
  readonly y: number;
}

/** How near the pointer must be, pixels. */
const REACH = 14;

/** The joint under the pointer; of several the nearest. */
export function jointAt(joints: readonly JointOnScreen[], x: number, y: number): JointRef | undefined {
  let nearest: JointOnScreen | undefined;
  let least = REACH;
  for (const joint of joints) {
    const away = Math.hypot(joint.x - x, joint.y - y);
    if (away >= least) continue;
    [nearest, least] = [joint, away];
  }
  return nearest && { handId: nearest.handId, joint: nearest.joint };
}

/** `left 3`, and alone `left` or `hand`. */
export function handName({ handedness, handId }: Pick<HandJoints, 'handedness' | 'handId'>, several: boolean): string {
  const side = handedness === 'unknown' ? 'hand' : handedness;
  return several ? `${side} ${handId}` : side;
}

/** `index tip, left 3: x 0.012  y -0.034  z 0.512 m, confidence 0.93`; undefined for a hand that is not there. */
export function jointText(hands: readonly HandJoints[], { handId, joint }: JointRef): string | undefined {
  const hand = hands.find((one) => one.handId === handId);
  if (hand === undefined) return undefined;
  const name = JOINT_NAMES[joint].replace('_', ' ');
  const place = pointText(hand.positions.subarray(3 * joint, 3 * joint + 3));
  return `${name}, ${handName(hand, hands.length > 1)}: ${place}, confidence ${hand.confidences[joint].toFixed(2)}`;
}

/** `x 0.012  y -0.034  z 0.512 m` */
export function pointText(point: ArrayLike<number>): string {
  return `${['x', 'y', 'z'].map((axis, i) => `${axis} ${point[i].toFixed(3)}`).join('  ')} m`;
}

/** Two joints, of one hand or of two, and how far they are apart. */
export class Measurement {
  #ends: readonly JointRef[] = [];

  get ends(): readonly JointRef[] {
    return this.#ends;
  }

  /** The first, the second, and with the third the next first. The same again takes it back. */
  pick(end: JointRef): void {
    const same = ({ handId, joint }: JointRef) => handId === end.handId && joint === end.joint;
    if (this.#ends.some(same)) this.#ends = this.#ends.filter((other) => !same(other));
    else this.#ends = this.#ends.length === 2 ? [end] : [...this.#ends, end];
  }

  clear(): void {
    this.#ends = [];
  }

  /** The two places, metres; undefined without two joints, and while one of them is not there or they are in different frames. */
  points(hands: readonly HandJoints[]): readonly [Float64Array, Float64Array] | undefined {
    const found = this.#ends.flatMap(({ handId, joint }) => {
      const hand = hands.find((one) => one.handId === handId);
      return hand === undefined
        ? []
        : [{ frameId: hand.frameId, at: hand.positions.subarray(3 * joint, 3 * joint + 3) }];
    });
    if (found.length !== 2 || found[0].frameId !== found[1].frameId) return undefined;
    return [found[0].at, found[1].at];
  }

  /** In words; empty where nothing is measured. */
  text(hands: readonly HandJoints[]): string {
    if (this.#ends.length === 0) return '';
    const several = hands.length > 1 || new Set(this.#ends.map(({ handId }) => handId)).size > 1;
    const names = this.#ends.map(({ handId, joint }) => {
      const hand = hands.find((one) => one.handId === handId);
      const of = several ? ` (${hand === undefined ? handId : handName(hand, true)})` : '';
      return JOINT_NAMES[joint].replace('_', ' ') + of;
    });
    if (names.length === 1) return `${names[0]}: choose a second joint`;
    const points = this.points(hands);
    if (points === undefined) return `${names.join(' to ')}: not there`;
    const [a, b] = points;
    return `${names.join(' to ')}: ${(1000 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toFixed(1)} mm`;
  }
}
