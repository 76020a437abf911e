import { JOINT_COUNT } from '../../hand/skeleton.js';
import type { HeatMaps } from '../../heatmaps/heat-maps.js';
import { mixJointMajor } from '../joint-major.js';
import type { GaussianOutput } from '../model-output.js';
import type { AnswerReader } from './answer-reader.js';
import { checkSelfTest, peaksOf } from './heat-map-peaks.js';

/**
 * Heat maps, brought into the order [joint][z][y][x] and multiplied by the manifest's scale.
 *
 * A cell that is no number is let through: to the decoders it is a cell that was not seen.
 */
export function heatMapAnswer(output: GaussianOutput): AnswerReader {
  const { size, scale } = output;
  const maps = (data: Float32Array): HeatMaps => ({ joints: JOINT_COUNT, size, data });
  return {
    length: JOINT_COUNT * size ** 3,
    read: (raw, out) => mixJointMajor(raw, output, JOINT_COUNT, scale, out, false),
    mean(raws, out) {
      const weight = scale / raws.length;
      for (const [k, raw] of raws.entries()) mixJointMajor(raw, output, JOINT_COUNT, weight, out, k > 0);
    },
    expectation: (answer) => peaksOf(maps(answer)),
    check(answer, expected, { cells = 0, value = 0 }, where) {
      checkSelfTest(maps(answer), expected, { cells, value }, where);
    },
  };
}
