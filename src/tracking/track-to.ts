import type { GestureProfileInput } from '../gestures/index.js';
import type { LiveTimers } from '../timing/index.js';
import { processTimers } from '../timing/live-timers.js';
import type { Bus } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { type DepthFramesOptions, isLiveBus } from './depth-frames.js';
import type { TrackerParts } from './hand-tracker.js';
import { findInputTopics } from './input-topics.js';
import { type LoadedParts, loadParts } from './load-parts.js';
import { trackerFor } from './rig-tracker.js';
import { StageTimes } from './stage-times.js';
import type { TrackResult } from './track-result.js';
import { TrackingSession, type TrackingSummary } from './tracking-session.js';

export interface TrackToOptions {
  /**
   * Parts of your own, such as a decoder or a stage of smoothing. With an inference given, that one is used and stays open, and nothing
   * else is loaded: give the prior and the networks that find the hand as well where the configuration uses them.
   */
  readonly parts?: Partial<TrackerParts>;
  /** What gestures are recognised, with `gestures.profile`; by default what that file says, unless parts are given. */
  readonly gestures?: GestureProfileInput;
  /** Ends the work after the frame in hand; all results up to there are published. */
  readonly signal?: AbortSignal;
  /** Told of each result when it is published, in the target frame. Must not throw. */
  readonly onResult?: (result: TrackResult) => void;
  /** Told of every message that was dropped before it became a frame. */
  readonly onDrop?: DepthFramesOptions['onDrop'];
  /** What durations and silences are measured by; the machine's clock by default. */
  readonly timers?: LiveTimers;
}

/**
 * Track the hands in the depth messages of a bus and publish them there, to the end: of a recording every frame, of a live bus until it
 * ends or `signal` says so. Loads the networks and closes them; closes the bus, also after an error. All results are written when the
 * promise resolves.
 *
 * Of a recording that has not the configured topics, the only depth and camera topics that could be meant are taken.
 *
 * @throws VoxhandError as `loadParts`; `TOPIC_NOT_FOUND` where it is not clear which topics are meant; `WRITE_FAILED` where the bus takes
 * no more; `INFERENCE_FAILED` where the network has given up. Faults of single frames are counted instead.
 *
 * @example
 * ```ts
 * const bus = await mcapBus('recordings/demo.mcap', { output: 'hands.mcap' });
 * console.log(await trackTo(bus, await loadConfig()));
 * ```
 */
export async function trackTo(bus: Bus, config: TrackerConfig, options: TrackToOptions = {}): Promise<TrackingSummary> {
  let summary: TrackingSummary;
  try {
    summary = await track(bus, isLiveBus(bus) ? config : await findInputTopics(config, bus, 'the bus'), options);
  } catch (error) {
    await bus.close().catch(() => undefined); // the first error says more
    throw error;
  }
  await bus.close();
  return summary;
}

async function track(bus: Bus, config: TrackerConfig, options: TrackToOptions): Promise<TrackingSummary> {
  const { parts = {}, signal, onResult, onDrop, timers = processTimers } = options;
  const { inference: given } = parts;
  const withProfile = (profile: string) => ({ ...config, gestures: { profile } });
  const { close, gestures, ...loaded }: LoadedParts =
    given === undefined
      ? await loadParts(options.gestures ? withProfile('') : config)
      : { inference: given, close: async () => undefined };
  try {
    const measured = { counters: new Counters(), times: new StageTimes(), stopwatch: () => timers.seconds() };
    const { inference } = loaded;
    const tracker = trackerFor(config, { ...loaded, ...parts, inference, ...measured });
    const session = new TrackingSession({
      ...{ source: bus, sink: bus, tracker, inference, timers, ...measured },
      // gestures without a file have topics too
      config: options.gestures ? withProfile('given by the program') : config,
      gestures: options.gestures ?? gestures,
      ...{ onResult, onDrop },
    });
    const stop = () => void session.stop();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted !== true) await session.run();
    signal?.removeEventListener('abort', stop);
    await session.idle();
    return session.summary();
  } finally {
    await close();
  }
}
