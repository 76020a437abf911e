/** Tables F and G: what is done to the decoded joints of a sequence afterwards. */

import { SequenceErrors } from '../../dist/evaluation/sequence-errors.js';
import { fitPosePrior } from '../../dist/smoothing/fit-pose-prior.js';
import { smoothingStage } from '../../dist/smoothing/smoothing-stage.js';

export const WINDOWS = [1, 3, 5, 7, 10];
export const COMPONENTS = [1, 2, 3, 5, 8, 12, 16, 20, 25, 30, 40, 63];

/** Errors of a chain of stages over whole sequences, and by preset. */
class StageErrors {
  all = new SequenceErrors();
  byPreset = new Map();
  lag = 0;
  #config;

  constructor(config) {
    this.#config = config;
  }

  /** @param hands what was decoded, frame by frame; @param truths of the same frames */
  run({ name, preset }, hands, truths) {
    const stage = smoothingStage(this.#config);
    const results = [...hands.flatMap((hand) => stage.push(hand)), ...stage.flush()];
    const own = this.byPreset.get(preset) ?? new SequenceErrors();
    this.byPreset.set(preset, own);
    results.forEach(({ tracked, positions, lagFrames }, i) => {
      if (!tracked || !truths[i].tracked) return;
      this.lag = Math.max(this.lag, lagFrames);
      this.all.add(name, positions, truths[i].positions);
      own.add(name, positions, truths[i].positions);
    });
  }

  row(plain) {
    const presets = [...this.byPreset].map(([preset, errors]) => [preset, errors.report().meanMm]);
    return {
      lagFrames: this.lag,
      ...this.all.report(),
      againstNone: this.all.differenceFrom(plain.all),
      byPreset: Object.fromEntries(presets),
    };
  }
}

/** Table F: a window over the frames before, and after. */
export class WindowTable {
  #plain = new StageErrors({});
  #rows = ['centred', 'causal'].flatMap((mode) =>
    ['mean', 'median'].flatMap((method) =>
      WINDOWS.map((k) => ({ mode, method, k, errors: new StageErrors({ window: { mode, method, k } }) })),
    ),
  );

  add(sequence, hands, truths) {
    for (const errors of [this.#plain, ...this.#rows.map((row) => row.errors)]) errors.run(sequence, hands, truths);
  }

  result() {
    const rows = this.#rows.map(({ errors, ...row }) => ({ ...row, ...errors.row(this.#plain) }));
    return { none: this.#plain.row(this.#plain), rows };
  }
}

/** Table G: a pose prior of so many components. */
export class PriorTable {
  #plain = new StageErrors({});
  #rows;
  #from;

  constructor({ poses, from }) {
    this.#from = from;
    const priors = {};
    for (const frame of ['palm', 'camera']) priors[frame] = fitPosePrior(poses, { components: 63, frame });
    const kinds = [
      ['palm', 'weighted'],
      ['palm', 'project'],
      ['camera', 'project'],
    ];
    this.#rows = kinds.flatMap(([frame, method]) =>
      COMPONENTS.map((components) => {
        const model = priors[frame];
        const used = Math.min(components, model.components.length);
        const explained = model.explainedVariance.slice(0, used).reduce((a, b) => a + b, 0);
        const errors = new StageErrors({ prior: { model, method, components: used, blend: 1, noise: 0.005 } });
        return { frame, method, components, used, explained, errors };
      }),
    );
  }

  add(sequence, hands, truths) {
    for (const errors of [this.#plain, ...this.#rows.map((row) => row.errors)]) errors.run(sequence, hands, truths);
  }

  result() {
    const rows = this.#rows.map(({ errors, ...row }) => ({ ...row, ...errors.row(this.#plain) }));
    return { poses: this.#from, none: this.#plain.row(this.#plain), rows };
  }
}
