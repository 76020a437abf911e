import { concat, defer, finalize, from, mergeMap, type OperatorFunction, of, switchMap } from 'rxjs';
import type { DepthFrame } from '../depth/index.js';
import type { FrameSet } from '../rig/index.js';
import type { TrackerConfig } from './config.js';
import { withPolicy } from './frame-policy.js';
import type { TrackerParts } from './hand-tracker.js';
import { loadParts } from './load-parts.js';
import { trackerFor } from './rig-tracker.js';
import type { TrackResult } from './track-result.js';

/**
 * Depth frames, or of a rig the frame sets of moments in, hand joints out: the whole pipeline as one operator, with its parts given in.
 *
 * One result for each frame, or one counted drop (`parts.counters`). The frame policy of the configuration applies. Each
 * subscription tracks on its own; the inference is shared and stays open. Errors in a frame are counted, never thrown.
 */
export function trackFrames(
  config: TrackerConfig,
  parts: TrackerParts,
): OperatorFunction<DepthFrame | FrameSet, TrackResult> {
  return (frames) =>
    defer(() => {
      const tracker = trackerFor(config, parts);
      const results = withPolicy((frame: DepthFrame | FrameSet) => tracker.track(frame), {
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

/**
 * Depth frames in, hand joints out: the whole tracker as one operator, by its configuration.
 *
 * Loads the networks when it is subscribed to and closes them at the end. With `parts.inference` given, that one is used and
 * stays open, and nothing else is loaded: give the prior and the refiner as well where the configuration uses them. See
 * `trackFrames` for what comes out. To publish the results on a bus, {@link trackTo} does more: it waits until they are written.
 *
 * @param parts of your own: a decoder in place of the configured one, a stage of smoothing in place of the configured ones
 *
 * @example
 * ```ts
 * const bus = await mcapBus('cell.mcap');
 * const config = await loadConfig('cell.params.yaml');
 * const decoder = (maps: HeatMaps) => decodeHeatMaps(maps, { decoder: 'max' });
 * depthFrames(bus, config)
 *   .pipe(trackHands(config, { decoder, smoothing: () => oneEuroStage({ minCutoff: 1.5 }) }))
 *   .subscribe(({ stamp, hands }) => console.log(stamp, hands.length));
 * ```
 */
export function trackHands(
  config: TrackerConfig,
  parts: Partial<TrackerParts> = {},
): OperatorFunction<DepthFrame | FrameSet, TrackResult> {
  const { inference: given } = parts;
  return (frames) =>
    defer(() => {
      if (given !== undefined) return frames.pipe(trackFrames(config, { ...parts, inference: given }));
      return from(loadParts(config)).pipe(
        switchMap(({ close, ...loaded }) =>
          frames.pipe(
            trackFrames(config, { ...loaded, ...parts, inference: loaded.inference }),
            finalize(() => {
              close().catch(() => undefined);
            }),
          ),
        ),
      );
    });
}
