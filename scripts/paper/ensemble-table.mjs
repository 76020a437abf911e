/** Table E: the last members of an ensemble by N-best. */

import { SequenceErrors } from '../../dist/evaluation/sequence-errors.js';
import { cubeToCamera } from '../../dist/geometry/cube.js';
import { meanHeatMaps } from '../../dist/heatmaps/heat-maps.js';
import { decodeHeatMaps } from '../../dist/index.js';

export const N_BEST = [1, 5, 10, 20, 50, 100];
/** Decoding takes longer than the networks, and the table has no memory: so many frames lie between two looked-at ones. */
export const EVERY = 3;

export class EnsembleTable {
  #sigma;
  #members;
  #rows;

  /** @param members networks of the ensemble, in the order of its manifest: by epoch, the last one trained longest */
  constructor(members, sigma) {
    this.#members = members;
    this.#sigma = sigma;
    const alone = Array.from({ length: members }, (_, i) => ({ name: `member ${i + 1}`, from: i, to: i + 1 }));
    const last = [2, 3].filter((n) => n < members).map((n) => ({ name: `last ${n}`, from: members - n, to: members }));
    const all = members > 1 ? [{ name: `all ${members}`, from: 0, to: members }] : [];
    this.#rows = [...alone, ...last, ...all].map((row) => ({
      ...row,
      errors: new Map([...N_BEST, 'gauss'].map((n) => [n, new SequenceErrors()])),
    }));
  }

  /** Everything that is read off one frame's heat maps, in the camera's frame: to be kept until the frame is known to count. */
  decode({ heatMaps, members }, cube) {
    const maps = members.length > 0 ? members : [heatMaps];
    return this.#rows.map(({ from, to }) => {
      const used = maps.slice(from, to);
      const read = (where, options) =>
        cubeToCamera(cube, decodeHeatMaps(where, { ...options, sigma: this.#sigma }).positions);
      return new Map([
        ...N_BEST.map((n) => [n, read(used, { decoder: 'nbest', n })]),
        ['gauss', read(used.length === 1 ? used[0] : meanHeatMaps(used), { decoder: 'gauss' })],
      ]);
    });
  }

  add({ name }, decoded, truth) {
    this.#rows.forEach(({ errors }, i) => {
      for (const [n, positions] of decoded[i]) errors.get(n).add(name, positions, truth);
    });
  }

  result() {
    const single = this.#rows[this.#members - 1].errors.get('gauss');
    return {
      available: true,
      members: this.#members,
      everyFrame: EVERY,
      rows: this.#rows.flatMap(({ name, errors }) =>
        [...errors].map(([n, each]) => ({
          members: name,
          n,
          ...each.report(),
          againstLast: each.differenceFrom(single),
        })),
      ),
    };
  }
}
