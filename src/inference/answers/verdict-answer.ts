import type { AnswerReader } from './answer-reader.js';
import { checkNumber, checkPosition, requireFinite } from './check-answer.js';

const LENGTH = 7;

/** A verdict, as the network says it: see `readVerdict`. The mean of an ensemble is the plain mean. */
export function verdictAnswer(): AnswerReader {
  return {
    length: LENGTH,
    read(raw, out) {
      requireFinite(raw, 'a verdict');
      out.set(raw);
    },
    mean(raws, out) {
      for (const raw of raws) requireFinite(raw, 'a verdict');
      for (let i = 0; i < LENGTH; i++) out[i] = raws.reduce((sum, raw) => sum + raw[i], 0) / raws.length;
    },
    expectation: ([x, y, z, ...values]) => ({ positions: [[x, y, z]], values }),
    check(answer, expected, { position = 0, number = 0 }, where) {
      checkPosition(expected.positions[0], answer, position, where);
      for (const [k, wanted] of expected.values.entries()) checkNumber(wanted, answer[3 + k], number, where, 'number');
    },
  };
}
