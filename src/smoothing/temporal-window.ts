import { z } from 'zod';
import { live, parseSettings } from '../errors/setting.js';
import type { HandJoints } from '../hand/index.js';
import { continues, maxGap } from './continuity.js';
import type { HandStage } from './hand-stage.js';

export const windowSettings = z.strictObject({
  mode: live(
    'centred: k frames on both sides, the result comes k frames late; causal: this frame and the k before it, the result trails a moving hand by about k / 2 frames.',
    z.enum(['centred', 'causal']).default('centred'),
  ),
  k: live(
    'Frames on a side of the window. A hand that moves 7 mm per frame is blurred by more than 1.',
    z.int().min(0).max(60).default(1),
  ),
  method: live(
    'How the frames of the window are averaged: mean, weighted by the confidences of the joints, or the median of each coordinate.',
    z.enum(['mean', 'median']).default('mean'),
  ),
});

const windowOptions = windowSettings.extend({ maxGap });
export type TemporalWindowOptions = z.input<typeof windowOptions>;

/**
 * A sliding window over the joints of consecutive frames: +-k frames, as the HANDS 2019 winners used it (k = 3).
 *
 * - It never reaches across a loss, a change of hand or frame of reference, a gap or a step back in time: what is held
 *   back is given first, then the window is reset. A lost hand passes at once.
 * - At the ends of a movement a centred window shrinks on both sides alike, so that it stays centred and adds no error
 *   to a steady movement. `lagFrames` says k for every tracked result, at most what it was.
 * - Confidences stay those of the frame itself.
 *
 * @throws VoxhandError `CONFIG_INVALID` where an option is out of range
 */
export function windowStage(options: TemporalWindowOptions = {}): HandStage {
  const { mode, k, method, maxGap } = parseSettings(windowOptions, options, 'smoothing.window');
  const average = method === 'median' ? medianPositions : meanPositions;
  const ahead = mode === 'centred' ? k : 0;
  /** The frames of this movement that are still needed, and which of them is to be given next. */
  let frames: HandJoints[] = [];
  let next = 0;

  return { push, flush };

  function push(hand: HandJoints): readonly HandJoints[] {
    const results = continues(frames.at(-1), hand, maxGap) ? [] : flush();
    if (!hand.tracked) return [...results, hand];
    frames.push(hand);
    if (frames.length - 1 - next === ahead) results.push(give());
    return results;
  }

  function flush(): HandJoints[] {
    const results: HandJoints[] = [];
    while (next < frames.length) results.push(give());
    frames = [];
    next = 0;
    return results;
  }

  function give(): HandJoints {
    const hand = frames[next];
    const before = mode === 'centred' ? Math.min(k, next, frames.length - 1 - next) : Math.min(k, next);
    const after = mode === 'centred' ? before : 0;
    const positions = average(frames.slice(next - before, next + after + 1));
    next++;
    if (next > k) {
      frames.shift();
      next--;
    }
    return { ...hand, positions, lagFrames: hand.lagFrames + ahead };
  }
}

/** Mean of each joint weighted by its confidences; the plain mean where all of them are 0. */
function meanPositions(frames: readonly HandJoints[]): Float64Array {
  const mean = new Float64Array(frames[0].positions.length);
  for (let joint = 0; 3 * joint < mean.length; joint++) {
    const total = frames.reduce((sum, { confidences }) => sum + confidences[joint], 0);
    for (const { positions, confidences } of frames) {
      const weight = total > 0 ? confidences[joint] / total : 1 / frames.length;
      for (let i = 3 * joint; i < 3 * joint + 3; i++) mean[i] += weight * positions[i];
    }
  }
  return mean;
}

function medianPositions(frames: readonly HandJoints[]): Float64Array {
  const values = new Float64Array(frames.length);
  return Float64Array.from(frames[0].positions, (_, i) => {
    frames.forEach(({ positions }, at) => {
      values[at] = positions[i];
    });
    values.sort();
    const middle = values.length >> 1;
    return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  });
}
