import { JOINT_COUNT, JOINT_NAMES } from '../../hand/skeleton.js';
import type { DecodedJoints } from '../../heatmaps/heat-maps.js';
import type { ModelOutput } from '../model-manifest.js';
import { type AnswerReader, checkNumber, checkPosition, requireFinite } from './answer-reader.js';
import { heatMapAnswer, mapsOf } from './heat-map-answer.js';

/** The reader for what a manifest says that its network answers. */
export function readerFor(output: ModelOutput): AnswerReader {
  switch (output.kind) {
    case 'gaussian':
      return heatMapAnswer(output);
    case 'joints':
      return jointsAnswer(mapsOf(output));
    case 'point':
      return numbersAnswer(3, 'a point');
    case 'verdict':
      return numbersAnswer(7, 'a verdict');
  }
}

/** x, y, z and confidence. */
const NUMBERS = 4;

/**
 * Joints that the graph has decoded: positions and confidences, clipped to [0, 1] as our own decoders do.
 *
 * The mean of an ensemble weighs each member's position by its confidence in that joint; the confidence is the plain
 * mean. A joint that no member believes in is the plain mean of what they say.
 */
function jointsAnswer(joints: number): AnswerReader {
  const length = NUMBERS * joints;
  return {
    length,
    read(raw, out) {
      requireFinite(raw, 'joints');
      for (let i = 0; i < length; i++) out[i] = clipped(raw[i]);
    },
    mean(raws, out) {
      for (const raw of raws) requireFinite(raw, 'joints');
      for (let at = 0; at < length; at += NUMBERS) {
        const total = raws.reduce((sum, raw) => sum + clipped(raw[at + 3]), 0);
        for (let axis = 0; axis < 3; axis++) {
          const sum = raws.reduce(
            (sum, raw) => sum + (total > 0 ? clipped(raw[at + 3]) : 1) * clipped(raw[at + axis]),
            0,
          );
          out[at + axis] = sum / (total > 0 ? total : raws.length);
        }
        out[at + 3] = total / raws.length;
      }
    },
    expectation(answer) {
      const { positions, confidences } = decodedJoints(answer, joints);
      return {
        positions: Array.from(confidences, (_, j) => [positions[3 * j], positions[3 * j + 1], positions[3 * j + 2]]),
        values: Array.from(confidences),
      };
    },
    check(answer, expected, { position = 0, value = 0 }, where) {
      const { positions, confidences } = decodedJoints(answer, joints);
      for (const [j, name] of [...JOINT_NAMES, 'side'].slice(0, joints).entries()) {
        const place = `${where}, joint ${name}`;
        checkNumber(expected.values[j], confidences[j], value, place);
        if (expected.values[j] <= value) continue; // nothing was seen there: the position says nothing
        checkPosition(expected.positions[j], positions.subarray(3 * j, 3 * j + 3), position, place);
      }
    },
  };
}

/** The numbers of {@link jointsAnswer} as positions and confidences. */
export function decodedJoints(answer: Float32Array, joints: number = JOINT_COUNT): DecodedJoints {
  const positions = new Float64Array(3 * joints);
  const confidences = new Float32Array(joints);
  for (let j = 0; j < joints; j++) {
    for (let axis = 0; axis < 3; axis++) positions[3 * j + axis] = answer[NUMBERS * j + axis];
    confidences[j] = answer[NUMBERS * j + 3];
  }
  return { positions, confidences };
}

function clipped(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

/** A position and perhaps further numbers, as the network gives them. The mean of an ensemble is the plain mean. */
function numbersAnswer(length: number, what: string): AnswerReader {
  return {
    length,
    read(raw, out) {
      requireFinite(raw, what);
      out.set(raw);
    },
    mean(raws, out) {
      for (const raw of raws) requireFinite(raw, what);
      for (let i = 0; i < length; i++) out[i] = raws.reduce((sum, raw) => sum + raw[i], 0) / raws.length;
    },
    expectation: ([x, y, z, ...values]) => ({ positions: [[x, y, z]], values }),
    check(answer, expected, { position = 0, number = 0 }, where) {
      checkPosition(expected.positions[0], answer, position, where);
      for (const [k, wanted] of expected.values.entries()) checkNumber(wanted, answer[3 + k], number, where, 'number');
    },
  };
}

/** What {@link jointsAnswer} says of the side; undefined without a row for it. */
export function decodedSide(answer: Float32Array): number | undefined {
  return answer.length > NUMBERS * JOINT_COUNT ? answer[NUMBERS * (JOINT_COUNT + 1) - 1] : undefined;
}
