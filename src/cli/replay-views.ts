import type { DepthFrame } from '../depth/index.js';
import type { Inference } from '../inference/index.js';
import { cdrCodec, toDiagnosticArray } from '../messages/index.js';
import { replayDiagnostics } from '../node/index.js';
import type { ReplayProgress } from '../recording/index.js';
import type { CameraView } from '../rig/index.js';
import { DurationRing } from '../timing/index.js';
import { type TrackResult, ViewerPublisher } from '../tracking/index.js';
import type { ViewerOptions } from '../tracking/views/viewer-publisher.js';
import type { BusSink } from '../transport/port/index.js';

/** Seconds between two diagnostics. */
const REPORT_PERIOD = 1;

export interface ReplayViewsOptions extends ViewerOptions {
  /** By which diagnostics come and the rate is counted, seconds; by the stamps of the frames unless given. */
  readonly clock?: () => number;
  /** Whether diagnostics name durations, which differ from one replay to the next. */
  readonly timed: boolean;
  /** Off where the recording has diagnostics of its own. */
  readonly diagnostics?: boolean;
}

/** What a replay gives those who look at it beside its results: views of depth and cubes, skeletons over the image, diagnostics. */
export class ReplayViews {
  readonly #sink: BusSink;
  readonly #options: ReplayViewsOptions;
  readonly #rate = new DurationRing(300);
  #viewer: ViewerPublisher | undefined;
  #before: number | undefined;
  #reported: number | undefined;

  constructor(sink: BusSink, options: ReplayViewsOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** All of a frame and of what came of it. */
  async publish(
    frame: DepthFrame,
    results: readonly TrackResult[],
    progress: ReplayProgress,
    inference: Inference,
    views: readonly CameraView[],
  ): Promise<void> {
    const { clock, diagnostics = true, ...viewer } = this.#options;
    this.#viewer ??= new ViewerPublisher(this.#sink, progress.config, {
      gridSize: inference.model.gridSize,
      ...viewer,
    });
    await this.#viewer.publish(frame, results, views);
    const now = clock?.() ?? Number(frame.stamp) / 1e9;
    if (this.#before !== undefined && now > this.#before) this.#rate.add(now - this.#before);
    this.#before = now;
    const since = this.#reported === undefined ? Number.POSITIVE_INFINITY : now - this.#reported;
    if (!diagnostics || (since >= 0 && since < REPORT_PERIOD)) return;
    this.#reported = now;
    await this.#report(frame, progress, inference);
  }

  /** Once more what came last. */
  async repeat(): Promise<void> {
    await this.#viewer?.repeat();
  }

  /** The sink stays open. */
  async close(): Promise<void> {
    await this.#viewer?.close();
  }

  async #report(frame: DepthFrame, { config, counts, stages, latency }: ReplayProgress, inference: Inference) {
    const publisher = this.#sink.advertise(config.topics.diagnostics, cdrCodec('diagnostic_msgs/msg/DiagnosticArray'));
    const { timed } = this.#options;
    const all = replayDiagnostics({
      ...{ config, frame, counts: counts(), inference: inference.status() },
      stages: timed ? stages() : {},
      latency: timed ? latency() : undefined,
      framePeriod: this.#rate.summary()?.p50,
    });
    const statuses = timed ? all : all.filter(({ name }) => !name.endsWith(': timing'));
    await publisher.publish(toDiagnosticArray(frame.stamp, statuses), frame.stamp);
  }
}
