import { filter, map, type Observable } from 'rxjs';
import type { DepthFrame } from '../depth/index.js';
import { toVoxhandError } from '../errors/index.js';
import type { TransformBuffer } from '../rig/index.js';
import { DurationRing, type DurationSummary, type LiveTimers } from '../timing/index.js';
import { type BusMessage, type BusSource, EndableSource } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';
import { Counters, type CountsSnapshot } from './counters.js';
import { type DepthFramesOptions, depthFrames, isLiveBus } from './depth-frames.js';
import { withPolicy } from './frame-policy.js';
import { pullSide } from './frame-stream.js';
import type { Arrival, ResultOutput, WithheldCause } from './result-output.js';
import { type Stage, type StageSummary, StageTimes, type Stopwatch } from './stage-times.js';
import { StampGuard, type StampVerdict } from './stamp-guard.js';
import type { TrackResult } from './track-result.js';
import { type TransformFeed, transformsFrom, withTransforms } from './transforms-from.js';

/** Durations that quantiles are taken over: ten seconds at 30 Hz. */
const KEPT = 300;
/** Transforms that broke off are subscribed to again after this, seconds. */
const RETRY = 1;

/** What works on a frame: a `HandTracker`, or the camera half of a cut pipeline, whose results come out elsewhere. */
export interface FrameTracker {
  /** Not to be called again before the call before has resolved. What it rejects with ends the session. */
  track(frame: DepthFrame): Promise<readonly TrackResult[]>;
  /** The stream ends: results that are still held back. */
  flush(): readonly TrackResult[];
  /** Forget the hands; results that are still held back are given first. */
  reset(): readonly TrackResult[];
}

export interface TrackingSessionOptions {
  /** Where depth messages and transforms come from. Stays open. */
  readonly source: BusSource;
  readonly config: TrackerConfig;
  readonly tracker: FrameTracker;
  /** Where results go; none where the tracker has no results. */
  readonly output?: ResultOutput;
  /** Depth frames from elsewhere. Whoever gives them counts their arrival. */
  readonly frames?: Observable<DepthFrame>;
  /**
   * Whether frames come whether they are asked for or not: then the frame policy says what becomes of those that come while one is being
   * worked on. Otherwise each is read when the one before is done and its results are written. By default as the source is.
   */
  readonly live?: boolean;
  /** Of a live stream: its stamps are looked at, and silence is noticed. */
  readonly timers?: LiveTimers;
  /** The bus's clock, nanoseconds: for frames without a stamp, and ages. */
  readonly now?: () => bigint;
  readonly counters?: Counters;
  readonly times?: StageTimes;
  readonly stopwatch?: Stopwatch;
  /** Kept filled where `output.target_frame` is set. */
  readonly transforms: TransformBuffer;
  /** Where a recording is read ahead for static transforms; `source` by default. */
  readonly ahead?: BusSource;
  /** The camera info to begin with; of a recording its first one by default. */
  readonly firstCameraInfo?: BusMessage;
  readonly onDrop?: NonNullable<DepthFramesOptions['onDrop']>;
  /** Told of each frame and what it brought about, when its results are written; waited for. */
  readonly onFrame?: (frame: DepthFrame, results: readonly TrackResult[]) => void | Promise<void>;
  /** Told of results that had been held back: at the end, or when a recording jumps. Waited for. */
  readonly onFlush?: (results: readonly TrackResult[]) => void | Promise<void>;
}

/** What came of a session: plain data. */
export interface TrackingSummary {
  readonly depthTopic: string;
  readonly cameraTopic: string;
  readonly counts: CountsSnapshot;
  /** Results that were published. */
  readonly published: number;
  /** Durations of the stages, seconds. */
  readonly stages: Partial<Record<Stage, StageSummary>>;
  /** From a frame's turn until its results were published, seconds; of the newest frames. */
  readonly latency?: DurationSummary;
  /** Why the last result could not be brought into the target frame; how many could not is in `counts.lost`. */
  readonly transformProblem?: string;
}

/** What is known of the frames of a live stream. */
export interface StreamFacts {
  readonly frames: number;
  readonly lastFrame: { readonly width: number; readonly height: number; readonly frameId: string } | undefined;
  /** Frames by what their stamps said. */
  readonly stamps: Readonly<Record<StampVerdict, number>>;
  /** From a frame's stamp to its arrival here, seconds. */
  readonly ageAtArrival: DurationSummary | undefined;
}

/** A frame that was let in. */
interface Admitted extends Arrival {
  readonly frame: DepthFrame;
}

/** One run of a session: a subscription to the source. */
interface Run {
  /** Take no more frames. */
  end(): void;
  readonly ended: boolean;
}

/**
 * The one place where a source of depth messages, a tracker and the sinks meet: the live node, a replay, the camera role of a cut pipeline
 * and `trackTo` all run one.
 *
 * A source that can be pulled is read frame by frame: no frame is dropped, and all results of one are written before the next is read. Of
 * a live stream one frame is worked on and, under the policy `latest`, at most one waits. Every frame is accounted for:
 * `in = out + dropped + pending`, and `out = published + withheld + held back by a centred window`.
 */
export class TrackingSession {
  readonly counters: Counters;
  readonly times: StageTimes;
  readonly #options: TrackingSessionOptions;
  readonly #output: ResultOutput | undefined;
  readonly #live: boolean;
  /** Whether the source is a recording, which can be read ahead. */
  readonly #recorded: boolean;
  readonly #stamps = new StampGuard();
  readonly #arrivals = new DurationRing(KEPT);
  readonly #latencies = new DurationRing(KEPT);
  /** Frames that were let in and are not done. */
  readonly #admitted = new Set<Admitted>();
  #config: TrackerConfig;
  #tracker: FrameTracker;
  #next: FrameTracker | undefined;
  #inWork: Admitted | undefined;
  #working: Promise<unknown> = Promise.resolve();
  #run: Run | undefined;
  #feed: TransformFeed | undefined;
  #paused = false;
  #frames = 0;
  #jumps = 0;
  #lastFrame: StreamFacts['lastFrame'];

  constructor(options: TrackingSessionOptions) {
    const { source, config, tracker, output, live = isLiveBus(source) } = options;
    const { counters = new Counters(), times = new StageTimes() } = options;
    this.counters = counters;
    this.times = times;
    this.#options = options;
    this.#config = config;
    this.#tracker = tracker;
    this.#output = output;
    this.#live = live;
    this.#recorded = !isLiveBus(source) && options.frames === undefined;
  }

  summary(): TrackingSummary {
    const { depth, cameraInfo } = this.#config.topics;
    const { published = 0, transformProblem } = this.#output?.facts() ?? {};
    const latency = this.latency();
    return {
      depthTopic: depth,
      cameraTopic: cameraInfo,
      counts: this.counters.snapshot(),
      published,
      stages: this.times.summary(),
      ...(latency && { latency }),
      ...(transformProblem !== undefined && { transformProblem }),
    };
  }

  stream(): StreamFacts {
    return {
      frames: this.#frames,
      lastFrame: this.#lastFrame,
      stamps: { ...this.#stamps.counts, jump: this.#jumps },
      ageAtArrival: this.#arrivals.summary(),
    };
  }

  /** From a frame's turn until its results were published, seconds; nothing without a stopwatch. */
  latency(): DurationSummary | undefined {
    return this.#latencies.summary();
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /**
   * Read frames until the source ends, or {@link stop}; at the end of the source all results that are still held back are published. May
   * be called again when it was stopped.
   *
   * @returns whether the source has ended
   * @throws VoxhandError what the source or the tracker rejects with, and `WRITE_FAILED` where the sink takes no more
   */
  async run(): Promise<boolean> {
    const { ahead = this.#options.source, transforms, frames, stopwatch, onDrop } = this.#options;
    const config = this.#config;
    const inStep = this.#recorded && config.output.targetFrame !== '';
    const read = inStep ? this.#inStep(ahead, transforms) : this.#options.source;
    const source = new EndableSource(read);
    let leave: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const run = {
      ended: false,
      end: () => {
        run.ended = true;
        leave();
        source.close().catch(() => undefined);
      },
    };
    this.#run = run;
    try {
      // a live stream is subscribed to at once: what comes meanwhile would be lost
      const firstCameraInfo = this.#recorded ? await this.#firstCameraInfo(ahead) : this.#options.firstCameraInfo;
      const stream =
        frames ??
        depthFrames(source, config, {
          counters: this.counters,
          times: this.times,
          ...(firstCameraInfo && { firstCameraInfo }),
          ...(stopwatch && { stopwatch }),
          ...(onDrop && { onDrop }),
        });
      if (!this.#recorded) this.#follow();
      const pulled = this.#live ? undefined : pullSide(stream);
      if (pulled !== undefined) await this.#pull(pulled, run, frames && left);
      else {
        await new Promise<void>((resolve, reject) => {
          const { policy, queueSize } = this.#config;
          const onDrop = (waiting: Admitted, cause: string) => this.#drop(waiting, cause);
          const subscription = stream
            .pipe(
              map((frame) => this.#admit(frame)),
              filter((admitted) => admitted !== undefined),
              withPolicy((admitted: Admitted) => this.#inTurn(admitted), { policy, queueSize, onDrop }),
            )
            .subscribe({ error: reject, complete: resolve });
          left.then(() => {
            subscription.unsubscribe();
            this.#working.then(() => resolve(), reject);
          });
        });
      }
      if (!run.ended || !this.#live) await this.#flush(this.#tracker.flush());
      return !run.ended;
    } finally {
      if (this.#run === run) this.#run = undefined;
      source.close().catch(() => undefined);
      if (!run.ended) await this.#stopFeed();
    }
  }

  /**
   * Take no more frames; of a live stream what is under way is not shown, and hands that are shown are retracted. {@link run} resolves when
   * the frame in hand is done.
   */
  async stop(cause: WithheldCause = 'deactivated'): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    const left = this.#live ? this.#output?.leave(cause) : undefined;
    for (const waiting of this.#admitted) if (waiting !== this.#inWork) this.#drop(waiting, cause);
    run?.end();
    await left;
    await this.#stopFeed();
  }

  /** Resolves when the frame in hand is done and all is written. */
  async idle(): Promise<void> {
    await this.#working;
    await this.#output?.idle();
  }

  /** Work on no frame until {@link resume}. Hands that are shown are retracted. */
  async pause(): Promise<void> {
    this.#paused = true;
    this.#output?.begin('paused');
    this.#output?.rest();
    await this.#output?.lose();
  }

  /** @returns whether it was paused. */
  resume(): boolean {
    const was = this.#paused;
    this.#paused = false;
    return was;
  }

  /** The next frame is the first of another time: the tracker forgets its hands. */
  jump(): void {
    this.#output?.begin('time-jump');
  }

  /** Forget the hands, the windows and the time. */
  async reset(): Promise<void> {
    this.#output?.begin('reset');
    this.#stamps.reset();
    await this.#output?.lose();
  }

  /** Publish by another configuration from the next result on, and track by another tracker from the next frame on. */
  apply(config: TrackerConfig, { tracker, output }: { tracker: FrameTracker | undefined; output: boolean }): void {
    this.#config = config;
    this.#next = tracker ?? this.#next;
    if (!output) return;
    void this.#output?.reconfigure(config);
    if (this.running) this.#follow();
  }

  /** @param left of frames from elsewhere, which may be silent when the run ends */
  async #pull(frames: AsyncIterable<DepthFrame>, run: Run, left: Promise<void> | undefined): Promise<void> {
    const iterator = frames[Symbol.asyncIterator]();
    try {
      for (;;) {
        const step = await (left === undefined ? iterator.next() : Promise.race([iterator.next(), left]));
        if (step === undefined || step.done === true) return;
        if (run.ended) return this.counters.dropped('aborted');
        const admitted = this.#admit(step.value);
        if (admitted !== undefined) await this.#inTurn(admitted);
      }
    } finally {
      iterator.return?.().catch(() => undefined);
    }
  }

  /** Let a frame in, or count why not. */
  #admit(frame: DepthFrame): Admitted | undefined {
    const { timers, now } = this.#options;
    const { width, height, frameId } = frame;
    this.#frames++;
    this.#lastFrame = { width, height, frameId };
    this.#output?.alive();
    const verdict = timers === undefined ? 'next' : this.#stamps.see(frame.stamp);
    if (verdict === 'again') {
      this.counters.dropped('duplicate-stamp');
      return undefined;
    }
    if (verdict === 'jump') {
      this.#jumps++;
      this.jump();
    }
    if (this.#paused) {
      this.counters.dropped('paused');
      return undefined;
    }
    const time = now?.();
    const stamped = verdict === 'zero' && time !== undefined ? { ...frame, stamp: time } : frame;
    if (time !== undefined) this.#arrivals.add(Number(time - stamped.stamp) / 1e9);
    const admitted = { frame: stamped, ...(this.#output?.arrived() ?? { epoch: 0, at: 0 }) };
    this.#admitted.add(admitted);
    return admitted;
  }

  #inTurn(admitted: Admitted): Promise<void> {
    // a tracker takes one frame at a time, and after a stop and a start the frame from before may still be on its way
    const work = this.#working.then(() => this.#work(admitted));
    this.#working = work.catch(() => undefined);
    return work;
  }

  async #work(admitted: Admitted): Promise<void> {
    if (!this.#admitted.has(admitted)) return; // counted as dropped already
    const output = this.#output;
    if (this.#live && output?.isCurrent(admitted) === false) return this.#drop(admitted, output.cause);
    const { stopwatch, onFrame } = this.#options;
    const { frame } = admitted;
    const began = stopwatch?.();
    this.#inWork = admitted;
    try {
      await this.#renew();
      const results = await this.#tracker.track(frame);
      this.#inWork = undefined;
      this.#admitted.delete(admitted);
      await output?.deliver(results, this.#live ? admitted : undefined);
      if (stopwatch !== undefined && began !== undefined) this.#latencies.add(stopwatch() - began);
      await onFrame?.(frame, results);
    } finally {
      this.#inWork = undefined;
      this.#admitted.delete(admitted);
    }
  }

  /** Between two frames: with a tracker that knows of nothing, or with another one, where something asked for it. */
  async #renew(): Promise<void> {
    const renewed = this.#output?.renewed() ?? false;
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined && !renewed) return;
    const held = next === undefined ? this.#tracker.reset() : this.#tracker.flush();
    this.#tracker = next ?? this.#tracker;
    if (this.#live) this.#output?.withhold(held, renewed ? undefined : 'reconfigured');
    else await this.#flush(held);
  }

  async #flush(held: readonly TrackResult[]): Promise<void> {
    await this.#output?.deliver(held);
    await this.#options.onFlush?.(held);
  }

  #drop(admitted: Admitted, cause: string): void {
    if (this.#admitted.delete(admitted)) this.counters.dropped(cause);
  }

  /** A recording with its transforms, in step with its frames. */
  #inStep(ahead: BusSource, transforms: TransformBuffer): BusSource {
    const { source } = this.#options;
    return withTransforms(source, this.#config, transforms, { ahead, onDrop: (...drop) => this.#fault(...drop) });
  }

  /** Of a recording: said once, it may have been said after the first depth image. */
  async #firstCameraInfo(ahead: BusSource): Promise<BusMessage | undefined> {
    const { firstCameraInfo } = this.#options;
    const { cameraInfo } = this.#config.topics;
    if (firstCameraInfo !== undefined) return firstCameraInfo;
    for await (const message of ahead.subscribe([cameraInfo])) return message;
    return undefined;
  }

  /** Of a live stream: keep the transforms, where they are needed. */
  #follow(): void {
    const { source, transforms, timers } = this.#options;
    const { topics, output } = this.#config;
    if (output.targetFrame === '' || this.#feed !== undefined || this.#output === undefined) return;
    const feed = transformsFrom(source, this.#config, transforms, { onDrop: (...drop) => this.#fault(...drop) });
    this.#feed = feed;
    feed.done.catch((error: unknown) => {
      const { code, message } = toVoxhandError(error);
      this.#fault(code, message, topics.tf);
      if (this.#feed === feed) this.#feed = undefined;
      timers?.setTimeout(() => this.running && this.#follow(), 1000 * RETRY);
    });
  }

  async #stopFeed(): Promise<void> {
    const feed = this.#feed;
    this.#feed = undefined;
    await feed?.stop();
  }

  #fault(cause: string, text: string, topic: string): void {
    this.#options.onDrop?.(cause, text, topic, 0n);
  }
}
