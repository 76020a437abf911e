/** Table D: reference points by decoders. */

import { SequenceErrors } from '../../dist/evaluation/sequence-errors.js';
import { cameraToCube } from '../../dist/geometry/cube.js';
import { DECODERS } from '../../dist/heatmaps/decode-heat-maps.js';
import { JOINT_COUNT } from '../../dist/index.js';

export const REFERENCES = ['none', 'com', 'rom'];
export const SHOWN_DECODERS = ['max', 'smax', 'gauss'];

export class ReferenceTable {
  #withHand = 0;
  #common = 0;
  #rows;

  /** @param available those of {@link REFERENCES} that can be run */
  constructor(available) {
    this.#rows = available.map((reference) => ({
      reference,
      found: 0,
      joints: 0,
      inCube: 0,
      own: new SequenceErrors(),
      common: Object.fromEntries(DECODERS.map((decoder) => [decoder, new SequenceErrors()])),
    }));
  }

  /** One frame whose hand is there: what each variant made of it, in their order. */
  add({ name }, truth, results) {
    this.#withHand++;
    this.#rows.forEach((row, i) => {
      const { joints, cube, raw } = results[i];
      if (cube !== undefined) {
        const inside = cameraToCube(cube, truth);
        row.joints += JOINT_COUNT;
        for (let j = 0; j < inside.length; j += 3) {
          if (inside.subarray(j, j + 3).every((v) => v >= 0 && v < 1)) row.inCube++;
        }
      }
      if (!joints.tracked) return;
      row.found++;
      row.own.add(name, raw.get('gauss').positions, truth);
    });
    if (!results.every(({ joints }) => joints.tracked)) return;
    this.#common++;
    this.#rows.forEach((row, i) => {
      for (const [decoder, { positions }] of results[i].raw) row.common[decoder].add(name, positions, truth);
    });
  }

  result() {
    const [plain] = this.#rows;
    return {
      withHand: this.#withHand,
      foundByAll: this.#common,
      rows: REFERENCES.map((reference) => {
        const row = this.#rows.find((other) => other.reference === reference);
        if (row === undefined) return { reference, available: false };
        const decoders = Object.entries(row.common).map(([decoder, errors]) => ({
          decoder,
          ...errors.report(),
          againstNone: errors.differenceFrom(plain.common[decoder]),
          againstMax: errors.differenceFrom(row.common.max),
        }));
        return {
          reference,
          available: true,
          found: row.found,
          jointsInCube: row.joints === 0 ? null : row.inCube / row.joints,
          decoders,
          ownMeanMm: row.own.report().meanMm,
          successCurve: row.own.successCurve(this.#withHand),
        };
      }),
    };
  }
}
