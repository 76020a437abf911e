import { describe, expect, it, test } from 'vitest';
import { transformPoints } from '../geometry/transform.js';
import { HandDescriber } from '../hand/hand-describer.js';
import { describeHand } from '../hand/hand-description.js';
import { BONES } from '../hand/skeleton.js';
import type { TrackedHand } from '../hand/tracked-hand.js';
import { namedPose } from '../kinematics/hand-pose.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { kinematicHand } from '../synthetic/kinematic-hand.js';
import { cdrCodec } from './cdr-codec.js';
import { HAND_DESCRIPTION_SCHEMA, type HandDescriptionMessage, type Quaternion } from './generated.js';
import { toHandDescriptionMessage } from './hand-description-message.js';

const POSITIONS = kinematicHand(namedPose('flat'), neutralShape()).joints.map((x, i) => (i % 3 === 2 ? x + 0.5 : x));
const HAND: TrackedHand = {
  id: 3,
  handedness: 'right',
  handednessScore: 0.75,
  presence: 0.5,
  positions: POSITIONS,
  confidences: new Float32Array(21).fill(1),
  image: { width: 640, height: 480, pixels: Float64Array.from({ length: 42 }, (_, i) => i / 4) },
};
const codec = cdrCodec(HAND_DESCRIPTION_SCHEMA);

function sent(hand: TrackedHand): HandDescriptionMessage {
  const described = describeHand(hand, 5n);
  return codec.decode(codec.encode(toHandDescriptionMessage({ stamp: 5n, frameId: 'camera', hand, described })));
}

/** The axis of the child frame in the frame of the joints. */
function axis({ x, y, z, w }: Quaternion, of: readonly [number, number, number]): number[] {
  return [...transformPoints({ translation: [0, 0, 0], rotation: [x, y, z, w] }, of)];
}

describe('the description of a hand', () => {
  it('comes back from its codec', () => {
    const message = sent(HAND);
    expect(message).toMatchObject({ hand_id: 3, handedness: 1, handedness_score: 0.75, presence: 0.5, tracked: true });
    expect(message).toMatchObject({ header: { frame_id: 'camera' }, image_width: 640, image_height: 480 });
    expect([message.curls.length, message.bones.length, message.pixels.length]).toEqual([5, 20, 42]);
    expect([...message.pixels.slice(0, 3)]).toEqual([0, 0.25, 0.5]);
    const { palmNormal, pinchDistance } = describeHand(HAND, 5n);
    expect(message.palm_normal).toEqual({ x: palmNormal[0], y: palmNormal[1], z: palmNormal[2] });
    expect(message.pinch_distance).toBe(pinchDistance);
    expect(pinchDistance).toBeGreaterThan(0.05);
  });

  test.each(['right', 'left', 'unknown'] as const)(
    'of a %s hand has palm and bones that look along -z, back along y',
    (handedness) => {
      const message = sent({ ...HAND, handedness });
      const { palm, palm_normal: n, palm_direction: d, bones } = message;
      const close = (found: number[], wanted: number[]) => {
        for (const [i, x] of found.entries()) expect(x).toBeCloseTo(wanted[i], 9);
      };
      close(axis(palm.orientation, [0, 0, -1]), [d.x, d.y, d.z]);
      close(axis(palm.orientation, [0, -1, 0]), [n.x, n.y, n.z]);
      for (const [bone, [from, to]] of BONES.entries()) {
        const along = [0, 1, 2].map((i) => POSITIONS[3 * to + i] - POSITIONS[3 * from + i]);
        const length = Math.hypot(...along);
        close(
          axis(bones[bone], [0, 0, -1]),
          along.map((x) => x / length),
        );
      }
    },
  );

  it('says what is not known as -1, and no pixels where the camera is not known', () => {
    const { image, handednessScore, presence, ...bare } = HAND;
    expect([image, handednessScore, presence]).not.toContain(undefined);
    expect(sent(bare)).toMatchObject({ handedness_score: -1, presence: -1, image_width: 0 });
    expect(sent(bare).pixels).toHaveLength(0);
  });

  it('of a hand that is lost says so and nothing else', () => {
    const hand = { id: 3, handedness: 'left', reason: 'zone-empty' } as const;
    const message = codec.decode(codec.encode(toHandDescriptionMessage({ stamp: 5n, frameId: 'camera', hand })));
    expect(message).toMatchObject({ hand_id: 3, handedness: 2, tracked: false, palm_length: 0, grab_strength: 0 });
    expect([message.curls.length, message.bones.length, message.pixels.length]).toEqual([0, 0, 0]);
  });

  it('of joints that all lie on one point has orientations that are rotations', () => {
    const { palm, bones } = sent({ ...HAND, positions: new Float64Array(63) });
    for (const q of [palm.orientation, ...bones]) expect(q).toEqual({ x: 0, y: 0, z: 0, w: 1 });
  });
});

describe('hands described one moment after the other', () => {
  const moved = (metres: number, id = 3) => ({
    ...HAND,
    id,
    positions: POSITIONS.map((x, i) => (i % 3 === 0 ? x + metres : x)),
  });
  const SECOND = 1_000_000_000n;

  it('have a velocity and a visible time each, which begin anew after a loss and when time goes back', () => {
    const describer = new HandDescriber();
    const speeds: (number | undefined)[] = [];
    const seen: (bigint | undefined)[] = [];
    const put = (stamp: bigint, hands: readonly TrackedHand[]) => {
      const now = describer.describe({ stamp, hands });
      speeds.push(now.get(3)?.palmVelocity[0]);
      seen.push(now.get(3)?.visibleSince);
      return now;
    };
    const step = SECOND / 100n;
    for (let i = 0; i < 50; i++) put(SECOND + BigInt(i) * step, [moved(0.01 * i), moved(-0.01 * i, 8)]);
    const last = put(SECOND + 50n * step, [moved(0.5), moved(-0.5, 8)]);
    expect(speeds[0]).toBe(0);
    expect(speeds.at(-1)).toBeCloseTo(1, 3); // 1 m/s after 8 time constants
    expect(last.get(8)?.palmVelocity[0]).toBeCloseTo(-1, 3);
    expect(last.get(3)?.visibleSince).toBe(SECOND);
    expect(put(SECOND + 51n * step, [moved(0.51, 8)]).size).toBe(1);
    put(SECOND + 52n * step, [moved(0.52)]);
    expect([speeds.at(-1), seen.at(-1)]).toEqual([0, SECOND + 52n * step]);
    put(7n, [moved(0.5)]);
    expect([speeds.at(-1), seen.at(-1)]).toEqual([0, 7n]);
  });
});
