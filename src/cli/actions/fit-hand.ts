import { stringify } from 'yaml';
import { VoxhandError } from '../../errors/index.js';
import type { Handedness } from '../../hand/index.js';
import { type HandFitter, handToFile, handUrdf } from '../../kinematics/index.js';
import { loadConfig } from '../../tracking/load-config.js';
import { trackTo } from '../../tracking/track-to.js';
import { mcapBus } from '../../transport/mcap/mcap-bus.js';
import { type BusSink, publisherOf } from '../../transport/port/index.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput, writeOutput } from '../output-file.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface FitHandCommandOptions extends TalkOptions {
  readonly output: string;
  readonly urdf?: string;
  readonly config?: string;
  readonly set?: readonly string[];
}

/** Takes what is published and keeps nothing. */
const NOWHERE: BusSink = {
  advertise: (topic, codec) => publisherOf(topic, codec, async () => undefined),
  write: async () => undefined,
  close: async () => undefined,
};

export async function fitHand([path]: readonly string[], options: FitHandCommandOptions): Promise<number> {
  const { output, urdf, set = [] } = options;
  const terminal = new Terminal(options);
  const fit = ['policy=every', 'kinematics.enabled=true', 'kinematics.learn=true', 'kinematics.hand=default'];
  const config = await loadConfig(options.config, [...set, ...fit]);
  await prepareOutput(output, path);
  if (urdf !== undefined) await prepareOutput(urdf, path, output);
  const fitters: { readonly id: number; readonly fitter: HandFitter }[] = [];
  const sides = new Map<number, Handedness>();
  await trackTo(await mcapBus(path, { output: NOWHERE }), config, {
    parts: { onFitter: (id, fitter) => fitters.push({ id, fitter }) },
    onResult: ({ hands }) => {
      for (const { id, handedness } of hands) sides.set(id, handedness);
    },
  });
  const learned = fitters.flatMap(({ id, fitter: { learner } }) =>
    learner && learner.frames > 0 ? [{ id, learner }] : [],
  );
  const best = learned.sort((a, b) => b.learner.frames - a.learner.frames)[0];
  if (best === undefined) {
    throw new VoxhandError('FILE_INVALID', 'no hand to learn from', {
      expected: 'a hand that is tracked surely',
      found: `${sides.size} hands`,
      where: path,
    });
  }
  const { proportions, frames, frozen } = best.learner;
  const deviations = best.learner.deviations();
  const handedness = sides.get(best.id) === 'left' ? 'left' : 'right';
  await writeOutput(
    output,
    stringify(handToFile(proportions, { deviations, frames }), { flowCollectionPadding: false }),
  );
  if (urdf !== undefined) await writeOutput(urdf, handUrdf(proportions, handedness));
  const lengths = [...proportions.lengths];
  const least = Math.max(...deviations.subarray(0, lengths.length));
  const result = {
    recording: path,
    output,
    urdf: urdf ?? null,
    handedness,
    frames,
    sure: frozen,
    lengths,
    deviations: [...deviations],
  };
  terminal.result(result, ({ output: file }) => {
    const middle = lengths.slice(6, 9).map((length) => `${(1000 * length).toFixed(1)}`);
    return `${file}: ${handedness} hand from ${frames} frames, middle finger ${middle.join(', ')} mm, lengths to ${(100 * least).toFixed(1)} % or better`;
  });
  return EXIT.ok;
}
