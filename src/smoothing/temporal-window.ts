import type { HandJoints } from '../hand/index.js';
import { continues, DEFAULT_MAX_GAP, requireRange } from './continuity.js';
import type { HandStage } from './hand-stage.js';

/** Most frames on one side of a window. */
export const MAX_WINDOW = 60;

export interface TemporalWindowOptions {
  /**
   * `centred`: k frames on both sides; the result comes k frames late and says so in `lagFrames`.
   * `causal`: this frame and the k before it; the result comes at once, but trails a moving hand by about k / 2 frames.
   * Default `causal`.
   */
  readonly mode?: 'centred' | 'causal';
  /** Frames on a side, 0 to 60. Default 1: a hand that moves 7 mm a frame is already blurred by more. */
  readonly k?: number;
  /** `mean` is weighted by the joints' confidences; `median` is taken a coordinate. Default `mean`. */
  readonly method?: 'mean' | 'median';
  /** A longer gap between two frames, seconds, begins a new window. Default 0.5. */
  readonly maxGap?: number;
}

/**
 * A sliding window over the joints of consecutive frames: +-k frames, as the HANDS 2019 winners used it (k = 3).
 *
 * - It never reaches across a loss, a change of hand or frame of reference, a gap or a step back in time: what is held
 *   back is given first, then the window begins anew. A lost hand passes at once.
 * - At the ends of a movement a centred window shrinks on both sides alike, so that it stays centred and adds no error
 *   to a steady movement. `lagFrames` says k for every tracked result, at most what it was.
 * - Confidences stay those of the frame itself.
 *
 * @throws VoxhandError `CONFIG_INVALID` where an option is out of range
 */
export function windowStage(options: TemporalWindowOptions = {}): HandStage {
  const { mode = 'causal', k = 1, method = 'mean', maxGap = DEFAULT_MAX_GAP } = options;
  requireRange(k, 0, MAX_WINDOW, 'window.k', true);
  requireRange(maxGap, 0, Infinity, 'window.maxGap');
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
