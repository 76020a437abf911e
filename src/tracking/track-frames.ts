import { concat, defer, mergeMap, type OperatorFunction, of } from 'rxjs';
import type { DepthFrame } from '../depth/index.js';
import type { TrackerConfig } from './config.js';
import { withPolicy } from './frame-policy.js';
import { HandTracker, type TrackerParts } from './hand-tracker.js';
import type { TrackResult } from './track-result.js';

/**
 * Depth frames in, hand joints out: the whole pipeline as one operator, with its parts given in.
 *
 * One result for each frame, or one counted drop (`parts.counters`). The frame policy of the configuration applies. Each
 * subscription tracks on its own; the inference is shared and stays open. Errors in a frame are counted, never thrown.
 */
export function trackFrames(config: TrackerConfig, parts: TrackerParts): OperatorFunction<DepthFrame, TrackResult> {
  return (frames) =>
    defer(() => {
      const tracker = new HandTracker(config, parts);
      const results = withPolicy((frame: DepthFrame) => tracker.track(frame), {
        policy: config.policy,
        queueSize: config.queueSize,
        onDrop: (_, cause) => tracker.counters.dropped(cause),
      })(frames);
      return concat(
        results,
        defer(() => of(tracker.flush())),
      ).pipe(mergeMap((some) => of(...some)));
    });
}
