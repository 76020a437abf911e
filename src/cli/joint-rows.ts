import {
  BONES,
  boneOrientations,
  type DescribedHand,
  FINGER_NAMES,
  type HandJoints,
  JOINT_NAMES,
} from '../hand/index.js';
import { oneLine, printableText } from './printable.js';

/** How joints are written as text, one hand of one moment per line. */
export interface JointFormat {
  /** Without its line end; undefined where there is none. */
  readonly header?: string;
  /**
   * Without its line end.
   *
   * @param described of a tracked hand, where its description is written beside its joints
   */
  readonly line: (hand: HandJoints, described?: DescribedHand) => string;
}

const AXES = ['x', 'y', 'z'] as const;

const CSV_COLUMNS = [
  'stamp_ns',
  'hand_id',
  'handedness',
  'tracked',
  'frame_id',
  ...JOINT_NAMES.flatMap((name) => [...AXES.map((axis) => `${name}_${axis}_m`), `${name}_confidence`]),
];

/** The bones' names are those of the joints at their ends. */
const BONE_NAMES = BONES.map(([, to]) => JOINT_NAMES[to]);

const DESCRIPTION_COLUMNS = [
  'visible_s',
  ...['palm', 'palm_normal', 'palm_direction', 'palm_velocity'].flatMap((name) =>
    AXES.map((axis) => `${name}_${axis}${{ palm: '_m', palm_velocity: '_m_s' }[name] ?? ''}`),
  ),
  ...['palm_length_m', 'pinch_distance_m', 'pinch_strength', 'grab_strength'],
  ...FINGER_NAMES.map((finger) => `${finger}_curl`),
  ...BONE_NAMES.flatMap((name) => ['x', 'y', 'z', 'w'].map((part) => `${name}_bone_q${part}`)),
];

/**
 * - `csv`: a header, then one row per hand; positions are metres in `frame_id`, stamps whole nanoseconds. A hand that is not
 *   tracked has empty cells. Each column has one type, so that tools with columns read it as it is.
 * - `jsonl`: one object per line with the same names, `joints_m` and `confidences` by joint; both null where the hand is not
 *   tracked. The stamp is a string, as JSON's numbers do not hold it.
 *
 * @param description add columns of the hand's description, or an object `description`
 */
export function jointFormat(name: 'csv' | 'jsonl', description = false): JointFormat {
  if (name === 'jsonl') return { line: (hand, described) => jsonLine(hand, described, description) };
  const columns = [...CSV_COLUMNS, ...(description ? DESCRIPTION_COLUMNS : [])];
  return { header: columns.join(','), line: (hand, described) => csvLine(hand, described, description) };
}

function csvLine(hand: HandJoints, described: DescribedHand | undefined, description: boolean): string {
  const { stamp, handId, handedness, tracked, frameId, positions, confidences } = hand;
  const joints = JOINT_NAMES.flatMap((_, joint): (string | number)[] =>
    tracked ? [...positions.subarray(3 * joint, 3 * joint + 3), rounded(confidences[joint])] : ['', '', '', ''],
  );
  const more = description ? descriptionCells(hand, described) : [];
  return [stamp, handId, handedness, tracked, cell(oneLine(frameId)), ...joints, ...more].join(',');
}

function descriptionCells(hand: HandJoints, described: DescribedHand | undefined): (string | number)[] {
  if (described === undefined) return DESCRIPTION_COLUMNS.map(() => '');
  return [
    visibleSeconds(described),
    ...[described.palmPosition, described.palmNormal, described.palmDirection, described.palmVelocity].flat(),
    ...[described.palmLength, described.pinchDistance, described.pinchStrength, described.grabStrength],
    ...described.curls,
    ...boneOrientations(hand),
  ];
}

function visibleSeconds({ stamp, visibleSince }: DescribedHand): number {
  return Number(stamp - visibleSince) / 1e9;
}

function jsonLine(hand: HandJoints, described: DescribedHand | undefined, description: boolean): string {
  const { stamp, handId, handedness, tracked, frameId, positions, confidences } = hand;
  const byJoint = (value: (joint: number) => unknown) =>
    tracked ? Object.fromEntries(JOINT_NAMES.map((name, joint) => [name, value(joint)])) : null;
  const line = {
    stamp_ns: String(stamp),
    hand_id: handId,
    handedness,
    tracked,
    frame_id: frameId,
    joints_m: byJoint((joint) => [...positions.subarray(3 * joint, 3 * joint + 3)]),
    confidences: byJoint((joint) => rounded(confidences[joint])),
    ...(description && { description: described === undefined ? null : descriptionObject(hand, described) }),
  };
  return printableText(JSON.stringify(line));
}

function descriptionObject(hand: HandJoints, described: DescribedHand) {
  const bones = boneOrientations(hand);
  return {
    visible_s: visibleSeconds(described),
    palm_m: described.palmPosition,
    palm_normal: described.palmNormal,
    palm_direction: described.palmDirection,
    palm_velocity_m_s: described.palmVelocity,
    palm_length_m: described.palmLength,
    pinch_distance_m: described.pinchDistance,
    pinch_strength: described.pinchStrength,
    grab_strength: described.grabStrength,
    curls: Object.fromEntries(FINGER_NAMES.map((finger, i) => [finger, described.curls[i]])),
    bones: Object.fromEntries(BONE_NAMES.map((name, i) => [name, [...bones.subarray(4 * i, 4 * i + 4)]])),
  };
}

/** Of a float32, the digits that it has. */
function rounded(confidence: number): number {
  return Number(confidence.toPrecision(7));
}

/** RFC 4180 */
function cell(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
