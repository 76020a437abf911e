import { defer, finalize, from, type OperatorFunction, switchMap } from 'rxjs';
import { loadPrior } from './assets/index.js';
import type { DepthFrame } from './frames/index.js';
import { createInference, type Inference } from './inference/index.js';
import { type TrackerConfig, type TrackerParts, type TrackResult, trackFrames } from './pipeline/index.js';

/** What a tracker brings along, loaded by its configuration. */
export type LoadedParts = Pick<TrackerParts, 'inference' | 'prior'>;

/** Load what the configuration names: the model into its worker, and the pose prior where it is used. */
export async function loadParts(config: TrackerConfig): Promise<LoadedParts> {
  const { model, provider, policy, threads, warmUp } = config.inference;
  const prior = config.smoothing.stages.includes('prior') ? await loadPrior(config.smoothing.prior.file) : undefined;
  const members = config.heatMaps.decoder === 'nbest' || config.output.rawJoints;
  const inference = await createInference({ model, provider, policy, threads, warmUp, members });
  return { inference, ...(prior && { prior }) };
}

/**
 * Depth frames in, hand joints out: the whole tracker as one operator, by its configuration.
 *
 * Loads the model when it is subscribed to and closes it at the end. With `parts.inference` given, that one is used and
 * stays open. See `trackFrames` for what comes out.
 *
 * @example
 * ```ts
 * const bus = await mcapBus('cell.mcap', { output: 'hands.mcap' });
 * const config = await loadConfig('cell.params.yaml');
 * depthFrames(bus, config).pipe(trackHands(config)).subscribe(publishHands(bus, config));
 * ```
 */
export function trackHands(
  config: TrackerConfig,
  parts: Partial<TrackerParts> = {},
): OperatorFunction<DepthFrame, TrackResult> {
  return (frames) =>
    defer(() => {
      const load: Promise<{ inference: Inference } & Partial<TrackerParts>> =
        parts.inference === undefined ? loadParts(config) : Promise.resolve({ inference: parts.inference });
      return from(load).pipe(
        switchMap((loaded) =>
          frames.pipe(
            trackFrames(config, { ...loaded, ...parts, inference: loaded.inference }),
            finalize(() => {
              if (parts.inference === undefined) loaded.inference.close().catch(() => undefined);
            }),
          ),
        ),
      );
    });
}
