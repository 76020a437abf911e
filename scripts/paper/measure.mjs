/** One pass over the sequences for the tables D to G; frames are made, used and forgotten one by one. */
import { jointsOfHands } from '../../dist/hand/tracked-hand.js';
import { HandTracker, trackerConfig } from '../../dist/index.js';
import { networkRefiner } from '../../dist/tracking/network-refiner.js';
import { EnsembleTable, EVERY } from './ensemble-table.mjs';
import { REFERENCES, ReferenceTable } from './reference-table.mjs';
import { streamOf } from './sequences.mjs';
import { SetFigures } from './set-figures.mjs';
import { PriorTable, WindowTable } from './smoothing-tables.mjs';
import { watched } from './watched.mjs';

/**
 * @param networks of `openNetworks`
 * @param say called with a line of progress
 */
export async function measure(sequences, frames, networks, poses, say) {
  const { inference, refiners, ensemble } = networks;
  const references = REFERENCES.filter((kind) => kind === 'none' || refiners[kind] !== undefined);
  const tables = {
    reference: new ReferenceTable(references),
    ensemble: ensemble && new EnsembleTable(ensemble.model.members, ensemble.model.sigma),
    window: new WindowTable(),
    prior: new PriorTable(poses),
  };
  const figures = new SetFigures();
  let look = false;
  let members;
  const shown = watched(inference, async ({ grid, cube }) => {
    if (!look) return;
    const result = await ensemble.infer(grid);
    members = tables.ensemble.decode(result, cube);
    result.release();
  });

  for (const sequence of sequences) {
    const trackers = references.map((kind) =>
      trackerOf(kind, sequence.handedness, kind === 'none' ? shown : inference, refiners),
    );
    const describe = figures.begin(sequence);
    const hands = [];
    const truths = [];
    let index = 0;
    for (const made of streamOf(sequence, frames)) {
      const { frame, truth } = made;
      describe(index, made);
      members = undefined;
      look = ensemble !== undefined && truth.tracked && index % EVERY === 0;
      const results = [];
      for (const tracker of trackers) results.push(await resultOf(tracker, frame));
      if (truth.tracked) {
        tables.reference.add(sequence, truth.positions, results);
        if (members !== undefined && results[0].joints.tracked) {
          tables.ensemble.add(sequence, members, truth.positions);
        }
      }
      hands.push(results[0].joints);
      truths.push(truth);
      index++;
    }
    tables.window.add(sequence, hands, truths);
    tables.prior.add(sequence, hands, truths);
    say(`${sequence.name}: ${hands.filter(({ tracked }) => tracked).length} of ${index} frames with a hand found`);
  }
  return {
    set: figures.rows(),
    reference: tables.reference.result(),
    ensemble: tables.ensemble?.result() ?? { available: false },
    window: tables.window.result(),
    prior: tables.prior.result(),
  };
}

/** The tracker with the geometric finder, as the refinement networks need it, without smoothing and fit, and with the joints of all decoders. */
function trackerOf(refine, handedness, inference, refiners) {
  const config = trackerConfig({
    detection: { method: 'geometric' },
    handedness,
    reference: { refine },
    smoothing: { stages: [] },
    kinematics: { enabled: false },
    output: { rawJoints: true },
  });
  const { maxRefinement: maxMove } = config.reference;
  const refiner = refine === 'none' ? undefined : networkRefiner(refiners[refine], { handedness, maxMove });
  return new HandTracker(config, { inference, ...(refiner && { refiner }) });
}

/** What became of the one hand of a frame. A frame that the tracker had to drop would make every count wrong. */
async function resultOf(tracker, frame) {
  const [result] = await tracker.track(frame);
  if (result === undefined)
    throw new Error(`a frame was dropped: ${JSON.stringify(tracker.counters.snapshot?.() ?? '')}`);
  const [{ id, cube }] = [...result.hands, ...result.lost];
  return { joints: jointsOfHands(result)[0], cube, raw: result.details.get(id).raw };
}
