import { axesQuaternion, unitQuaternion, type Vec3 } from '../geometry/index.js';
import { boneOrientations, type DescribedHand, type TrackedHand } from '../hand/index.js';
import { nanoseconds, toStamp } from '../timing/index.js';
import { HANDEDNESS, type HandDescriptionMessage, type Quaternion, type Vector3 } from './generated.js';
import { header, IDENTITY, ORIGIN, xyz } from './parts.js';

/** What is described: a tracked hand with its description, or one that is lost. */
export interface HandOfDescription {
  readonly stamp: bigint;
  readonly frameId: string;
  readonly hand: Pick<TrackedHand, 'id' | 'handedness'> & Partial<TrackedHand>;
  /** Of `describeHand`, by the same joints; undefined of a hand that is lost. */
  readonly described?: DescribedHand | undefined;
}

/** A judgement that nobody made. */
const UNKNOWN = -1;
const ZERO: Vector3 = { x: 0, y: 0, z: 0 };

/** As `voxhand_msgs/msg/HandDescription`. */
export function toHandDescriptionMessage({
  stamp,
  frameId,
  hand,
  described,
}: HandOfDescription): HandDescriptionMessage {
  const { id, handedness, handednessScore = UNKNOWN, presence = UNKNOWN, positions, image } = hand;
  const known = {
    header: header(stamp, frameId),
    hand_id: id,
    handedness: HANDEDNESS.indexOf(handedness),
    handedness_score: handednessScore,
    presence,
  };
  if (described === undefined || positions === undefined) return { ...known, ...NOTHING };
  const seconds = hand.visibleSeconds ?? Number(described.stamp - described.visibleSince) / 1e9;
  const { palmPosition, palmNormal, palmDirection, palmVelocity, pinchDistance, pinchStrength, grabStrength } =
    described;
  return {
    ...known,
    tracked: true,
    visible: toStamp(nanoseconds(seconds)),
    palm: { position: xyz(palmPosition), orientation: palmOrientation(palmNormal, palmDirection) },
    palm_normal: xyz(palmNormal),
    palm_direction: xyz(palmDirection),
    palm_velocity: xyz(palmVelocity),
    palm_length: described.palmLength,
    pinch_distance: pinchDistance,
    pinch_strength: pinchStrength,
    grab_strength: grabStrength,
    curls: Float32Array.from(described.curls),
    bones: quaternions(boneOrientations({ positions, handedness })),
    image_width: image?.width ?? 0,
    image_height: image?.height ?? 0,
    pixels: image?.pixels ?? new Float64Array(0),
  };
}

const NOTHING = {
  tracked: false,
  visible: toStamp(0n),
  palm: ORIGIN,
  palm_normal: ZERO,
  palm_direction: ZERO,
  palm_velocity: ZERO,
  palm_length: 0,
  pinch_distance: 0,
  pinch_strength: 0,
  grab_strength: 0,
  curls: new Float32Array(0),
  bones: [],
  image_width: 0,
  image_height: 0,
  pixels: new Float64Array(0),
} satisfies Partial<HandDescriptionMessage>;

/** x = y cross z with y = -normal and z = -direction; no rotation of a palm without directions. */
function palmOrientation([nx, ny, nz]: Vec3, [dx, dy, dz]: Vec3): Quaternion {
  const x: Vec3 = [ny * dz - nz * dy, nz * dx - nx * dz, nx * dy - ny * dx];
  const rotation = unitQuaternion(axesQuaternion(x, [-nx, -ny, -nz], [-dx, -dy, -dz]), 1e-6);
  return rotation === undefined ? IDENTITY : quaternions(rotation)[0];
}

function quaternions(numbers: ArrayLike<number>): Quaternion[] {
  return Array.from({ length: numbers.length / 4 }, (_, i) => {
    const [x, y, z, w] = [0, 1, 2, 3].map((part) => numbers[4 * i + part]);
    return { x, y, z, w };
  });
}
