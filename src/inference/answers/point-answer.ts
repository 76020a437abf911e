import type { AnswerReader } from './answer-reader.js';
import { checkPosition, requireFinite } from './check-answer.js';

/** One point, as the network says it; the mean of an ensemble is the plain mean. */
export function pointAnswer(): AnswerReader {
  return {
    length: 3,
    read(raw, out) {
      requireFinite(raw, 'a point');
      out.set(raw);
    },
    mean(raws, out) {
      for (const raw of raws) requireFinite(raw, 'a point');
      for (let axis = 0; axis < 3; axis++) out[axis] = raws.reduce((sum, raw) => sum + raw[axis], 0) / raws.length;
    },
    expectation: (answer) => ({ positions: [[answer[0], answer[1], answer[2]]], values: [] }),
    check(answer, expected, { position = 0 }, where) {
      checkPosition(expected.positions[0], answer, position, where);
    },
  };
}
