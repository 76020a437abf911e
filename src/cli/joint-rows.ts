import { type HandJoints, JOINT_NAMES } from '../hand/index.js';
import { oneLine, printableText } from './printable.js';

/** How joints are written as text, one hand of one moment per line. */
export interface JointFormat {
  /** Without its line end; undefined where there is none. */
  readonly header?: string;
  /** Without its line end. */
  readonly line: (hand: HandJoints) => string;
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

/**
 * - `csv`: a header, then one row per hand; positions are metres in `frame_id`, stamps whole nanoseconds. A hand that is not
 *   tracked has empty cells.
 * - `jsonl`: one object per line with the same names, `joints_m` and `confidences` by joint; both null where the hand is not
 *   tracked. The stamp is a string, as JSON's numbers do not hold it.
 */
export const JOINT_FORMATS: Readonly<Record<'csv' | 'jsonl', JointFormat>> = {
  csv: { header: CSV_COLUMNS.join(','), line: csvLine },
  jsonl: { line: jsonLine },
};

function csvLine({ stamp, handId, handedness, tracked, frameId, positions, confidences }: HandJoints): string {
  const joints = JOINT_NAMES.flatMap((_, joint): (string | number)[] =>
    tracked ? [...positions.subarray(3 * joint, 3 * joint + 3), rounded(confidences[joint])] : ['', '', '', ''],
  );
  return [stamp, handId, handedness, tracked, cell(oneLine(frameId)), ...joints].join(',');
}

function jsonLine({ stamp, handId, handedness, tracked, frameId, positions, confidences }: HandJoints): string {
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
  };
  return printableText(JSON.stringify(line));
}

/** Of a float32, the digits that it has. */
function rounded(confidence: number): number {
  return Number(confidence.toPrecision(7));
}

/** RFC 4180 */
function cell(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
