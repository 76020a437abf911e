/** Table H: smoothed joints without the skeleton fit beside those with it, of hands whose proportions are learned meanwhile. */
import { SequenceErrors } from '../../dist/evaluation/sequence-errors.js';
import { SkeletonErrors } from '../../dist/evaluation/skeleton-errors.js';
import { FINGERTIPS } from '../../dist/hand/index.js';
import { jointsOfHands } from '../../dist/hand/tracked-hand.js';
import { HandTracker, trackerConfig } from '../../dist/index.js';
import { smoothingConfig, smoothingStage } from '../../dist/smoothing/index.js';
import { loadParts } from '../../dist/tracking/load-parts.js';
import { streamOf } from './sequences.mjs';

const METHODS = ['without', 'with'];

/** Errors of one method, over all sequences or those of a preset; of joints that are not there, or no longer, nothing. */
class Errors {
  all = new SequenceErrors();
  parts = { visible: new SequenceErrors(), hidden: new SequenceErrors(), tips: new SequenceErrors() };
  skeleton = new SkeletonErrors();

  add(sequence, hand, truth, visible) {
    this.all.add(sequence, hand.positions, truth.positions);
    const places = [...visible.keys()];
    const parts = {
      visible: places.filter((joint) => visible[joint] === 1),
      hidden: places.filter((joint) => visible[joint] !== 1),
      tips: FINGERTIPS,
    };
    for (const [part, joints] of Object.entries(parts)) {
      if (joints.length === 0) continue;
      const of = (positions) => joints.flatMap((joint) => [...positions.subarray(3 * joint, 3 * joint + 3)]);
      this.parts[part].add(sequence, of(hand.positions), of(truth.positions));
    }
    this.skeleton.add(hand, truth, visible);
  }

  row(before) {
    const { frames, meanMm, meanInterval } = this.all.report();
    const { boneDeviationMm, visibleAngles, overlap, trueOverlap } = this.skeleton.report();
    const part = (name) => ({
      meanMm: this.parts[name].report().meanMm,
      againstWithout: this.parts[name].differenceFrom(before.parts[name]),
    });
    return {
      frames,
      meanMm,
      meanInterval,
      againstWithout: this.all.differenceFrom(before.all),
      visible: part('visible'),
      hidden: part('hidden'),
      tips: part('tips'),
      boneDeviationMm,
      angleMedianDegrees: visibleAngles.medianDegrees,
      overlap,
      trueOverlap,
    };
  }
}

/**
 * Each sequence goes through the network once, with the fit: its raw joints through the default smoothing are the other method.
 *
 * @param say called with a line of progress
 */
export async function measureFit(sequences, frames, model, say) {
  const config = trackerConfig({
    policy: 'every',
    inference: { model },
    kinematics: { enabled: true },
    output: { rawJoints: true },
  });
  const parts = await loadParts(config);
  const presets = ['all', ...new Set(sequences.map(({ preset }) => preset))];
  const { model: network } = parts.inference.status();
  const errors = new Map(presets.map((preset) => [preset, METHODS.map(() => new Errors())]));
  let withHand = 0;
  let unfitted = 0;
  try {
    for (const [index, sequence] of sequences.entries()) {
      const { name, preset } = sequence;
      const tracker = new HandTracker(config, parts);
      const smoothing = smoothingStage(smoothingConfig(config.smoothing, parts.prior));
      for (const { frame, truth, visible } of streamOf(sequence, frames)) {
        if (truth.tracked) withHand++;
        const [result] = await tracker.track(frame);
        const [hand] = result.hands;
        if (hand === undefined) continue;
        const raw = result.details.get(hand.id).raw.get(config.heatMaps.decoder);
        const [smoothed] = smoothing.push(raw);
        if (hand.unfitted !== undefined) unfitted++;
        if (!truth.tracked || !smoothed.tracked) continue;
        // ids of sequences are alike, and bones are those of one hand
        const found = [smoothed, jointsOfHands(result)[0]].map((joints) => ({
          ...joints,
          handId: 1000 * index + hand.id,
        }));
        for (const group of ['all', preset]) {
          for (const [i, joints] of found.entries()) errors.get(group)[i].add(name, joints, truth, visible);
        }
      }
      say(`${name}: ${errors.get('all')[1].all.frames} of ${withHand} frames so far, with and without the fit`);
    }
  } finally {
    await parts.close();
  }
  const rows = presets.flatMap((preset) =>
    METHODS.map((method, i) => ({ preset, method, ...errors.get(preset)[i].row(errors.get(preset)[0]) })),
  );
  return { model: network, frames, sequences: sequences.length, withHand, unfitted, rows };
}
