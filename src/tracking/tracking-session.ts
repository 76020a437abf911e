import { filter, map, type Observable } from 'rxjs';
import { type DepthFrame, SamplePool } from '../depth/index.js';
import { toVoxhandError, VoxhandError } from '../errors/index.js';
import type { GestureProfileInput } from '../gestures/index.js';
import type { Inference } from '../inference/inference.js';
import { type CameraView, type FrameSet, TransformBuffer, toFrameSet } from '../rig/index.js';
import { DurationRing, type DurationSummary, type LiveTimers } from '../timing/index.js';
import { type BusMessage, type BusSink, type BusSource, EndableSource, NO_SINK } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';
import { Counters, type CountsSnapshot } from './counters.js';
import { type DepthFramesOptions, depthFrames, firstMessage, isLiveBus } from './depth-frames.js';
import { withPolicy } from './frame-policy.js';
import { FrameStream, pullSide } from './frame-stream.js';
import { gesturesNeedTransforms } from './load-gestures.js';
import {
  type Arrival,
  type OutputFacts,
  ResultOutput,
  type ResultOutputOptions,
  type WithheldCause,
} from './result-output.js';
import { type RigCameraFacts, RigFrames } from './rig-frames.js';
import type { FusionFacts } from './rig-tracker.js';
import { type Stage, type StageSummary, StageTimes, type Stopwatch } from './stage-times.js';
import { StampGuard, type StampVerdict } from './stamp-guard.js';
import type { TrackResult } from './track-result.js';
import { type TransformFeed, transformsFrom, withTransforms } from './transforms-from.js';

/** Durations that quantiles are taken over: ten seconds at 30 Hz. */
const KEPT = 300;
/** Transforms that broke off are subscribed to again after this, seconds. */
const RETRY = 1;

/** A frame, or of a rig the frames of one moment. */
type Frames = DepthFrame | FrameSet;

/**
 * What works on a frame: a `HandTracker`, a `RigTracker` on the frames of several cameras, or the camera half of a cut pipeline, whose results
 * come out elsewhere.
 */
export interface FrameTracker {
  /**
   * Not to be called again before the call before has resolved. What it rejects with ends the session. The frame may be looked at until the
   * next call has resolved, and not be kept.
   */
  track(frame: Frames): Promise<readonly TrackResult[]>;
  /** What may wait until the results are out: called then, unless the stream ends first. */
  settle?(): void;
  /** The stream ends: results that are still held back. */
  flush?(): readonly TrackResult[];
  /** Forget the hands; results that are still held back are given first. */
  reset?(): readonly TrackResult[];
  /** Of a rig: how fusion goes. */
  facts?(): FusionFacts;
}

export interface TrackingSessionOptions extends Pick<ResultOutputOptions, 'onUnpublishable' | 'onResult'> {
  /** Where depth messages and transforms come from. Stays open. */
  readonly source: BusSource;
  /** Where results go; nowhere by default. Stays open. */
  readonly sink?: BusSink;
  readonly config: TrackerConfig;
  readonly tracker: FrameTracker;
  /** What gestures are recognised in the results; none by default. */
  readonly gestures?: GestureProfileInput | undefined;
  /** The network of the tracker: once it has given up, the session ends with `INFERENCE_FAILED`. Without it, it goes on. */
  readonly inference?: Pick<Inference, 'status'>;
  /** Depth frames from elsewhere. Whoever gives them counts their arrival. */
  readonly frames?: Observable<DepthFrame>;
  /**
   * Whether frames come whether they are asked for or not: then the frame policy says what becomes of those that come while one is being
   * worked on. Otherwise each is read when the one before is done and its results are written. By default as the source is.
   */
  readonly live?: boolean;
  /** Of a live stream: its stamps are looked at, and silence is noticed. */
  readonly timers?: LiveTimers;
  readonly counters?: Counters;
  readonly times?: StageTimes;
  /** Seconds of a monotonic clock, to measure; that of `timers` by default. */
  readonly stopwatch?: Stopwatch | undefined;
  /** Where a recording is read ahead for static transforms and its first camera info; `source` by default. */
  readonly ahead?: BusSource;
  /** The camera info to begin with, where the one that is read ahead is not meant. */
  readonly firstCameraInfo?: BusMessage | undefined;
  readonly onDrop?: DepthFramesOptions['onDrop'];
  /** Told of each frame before it is worked on, of a rig of the first one of a moment, and of all its frames; waited for. */
  readonly onTurn?: (frame: DepthFrame, views: readonly CameraView[]) => void | Promise<void>;
  /**
   * Told of each frame, of a rig of the first one of a moment, of what it brought about, and of all frames of the moment, when its results
   * are written; waited for.
   */
  readonly onFrame?: (
    frame: DepthFrame,
    results: readonly TrackResult[],
    views: readonly CameraView[],
  ) => void | Promise<void>;
  /** Told of results that had been held back: at the end, or when a recording jumps. Waited for. */
  readonly onFlush?: ((results: readonly TrackResult[]) => void | Promise<void>) | undefined;
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
  /** Of a rig: how the frames of each camera went, and their fusion. */
  readonly cameras?: readonly RigCameraFacts[];
  readonly fusion?: FusionFacts;
  /** Why the last result could not be brought into the target frame; how many could not is in `counts.lost`. */
  readonly transformProblem?: string;
}

/** How a session goes: plain data. */
export interface TrackingFacts extends OutputFacts {
  readonly paused: boolean;
  /** Frames that came. */
  readonly frames: number;
  readonly lastFrame: { readonly width: number; readonly height: number; readonly frameId: string } | undefined;
  /** Frames by what their stamps said. */
  readonly stamps: Readonly<Record<StampVerdict, number>>;
  /** From a frame's stamp to its arrival here, seconds. */
  readonly ageAtArrival: DurationSummary | undefined;
  readonly counts: CountsSnapshot;
  readonly stages: Partial<Record<Stage, StageSummary>>;
  /** From a frame's turn until its results were published, seconds; nothing without a stopwatch. */
  readonly latency: DurationSummary | undefined;
  /** Of a rig: how the frames of each camera go, why one was left out last, and how fusion goes. */
  readonly cameras?: readonly RigCameraFacts[];
  readonly cameraProblem?: string;
  readonly fusion?: FusionFacts;
}

/** A frame that was let in. */
interface Admitted extends Arrival {
  readonly frame: Frames;
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
  readonly #options: TrackingSessionOptions;
  readonly #counters: Counters;
  readonly #times: StageTimes;
  readonly #stopwatch: Stopwatch | undefined;
  readonly #now: (() => bigint) | undefined;
  readonly #output: ResultOutput;
  readonly #transforms: TransformBuffer;
  readonly #live: boolean;
  readonly #guard: LiveTimers | undefined;
  /** Whether the source is a recording, which can be read ahead. */
  readonly #recorded: boolean;
  /** Of several cameras. */
  readonly #rig: RigFrames | undefined;
  /** Of one camera whose frames nobody is shown, who could keep them. */
  readonly #pool: SamplePool | undefined;
  /** The last frame that was worked on. */
  #before: DepthFrame | undefined;
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
  /** The subscription to the source; aborted where it was ended from here. */
  #run: AbortController | undefined;
  #feed: TransformFeed | undefined;
  #paused = false;
  #frames = 0;
  #jumps = 0;
  #lastFrame: TrackingFacts['lastFrame'];

  constructor(options: TrackingSessionOptions) {
    const { source, sink = NO_SINK, config, timers, gestures, onTurn, onFrame, onUnpublishable, onResult } = options;
    this.#options = options;
    this.#config = config;
    this.#tracker = options.tracker;
    this.#counters = options.counters ?? new Counters();
    this.#times = options.times ?? new StageTimes();
    this.#stopwatch = options.stopwatch ?? (timers && (() => timers.seconds()));
    this.#live = options.live ?? isLiveBus(source);
    this.#recorded = !isLiveBus(source) && options.frames === undefined;
    this.#now = isLiveBus(source) ? () => source.now() : undefined;
    this.#guard = this.#live ? timers : undefined;
    this.#transforms = new TransformBuffer(config.transforms);
    const measured = { counters: this.#counters, times: this.#times, stopwatch: this.#stopwatch };
    const { onDrop } = options;
    const isRig = options.frames === undefined && Object.keys(config.cameras).length > 0;
    this.#rig = isRig ? new RigFrames(config, { ...measured, onDrop, transforms: this.#transforms }) : undefined;
    const isShown = onTurn !== undefined || onFrame !== undefined;
    this.#pool = options.frames === undefined && !isRig && !isShown ? new SamplePool() : undefined;
    const shared = { config, counters: this.#counters, transforms: this.#transforms };
    const clocks = { stopwatch: this.#stopwatch, now: this.#now, timers: this.#guard };
    this.#output = new ResultOutput({ sink, ...shared, ...clocks, gestures, onUnpublishable, onResult });
  }

  facts(): TrackingFacts {
    const fusion = this.#tracker.facts?.();
    return {
      ...this.#output.facts(),
      paused: this.#paused,
      frames: this.#frames,
      lastFrame: this.#lastFrame,
      stamps: { ...this.#stamps.counts, jump: this.#jumps },
      ageAtArrival: this.#arrivals.summary(),
      counts: this.#counters.snapshot(),
      stages: this.#times.summary(),
      latency: this.#latencies.summary(),
      ...(this.#rig && { cameras: this.#rig.facts() }),
      ...(this.#rig?.problem !== undefined && { cameraProblem: this.#rig.problem }),
      ...(fusion && { fusion }),
    };
  }

  summary(): TrackingSummary {
    const { counts, published, stages, latency, transformProblem, cameras, fusion } = this.facts();
    const { depth: depthTopic, cameraInfo: cameraTopic } = this.#config.topics;
    return {
      ...{ depthTopic, cameraTopic, counts, published, stages },
      ...(latency && { latency }),
      ...(cameras && { cameras }),
      ...(fusion && { fusion }),
      ...(transformProblem !== undefined && { transformProblem }),
    };
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  /**
   * Read frames until the source ends, or {@link stop}; at the end of the source all results that are still held back are published. May
   * be called again when it was stopped.
   *
   * @returns whether the source has ended
   * @throws VoxhandError what the source or the tracker rejects with, and `WRITE_FAILED` where the sink takes no more
   */
  async run(): Promise<boolean> {
    const { source: bus, ahead = bus, frames, onDrop } = this.#options;
    const config = this.#config;
    const onFault = { onDrop: (...fault: [string, string, string]) => onDrop?.(...fault, 0n) };
    const inStep = this.#recorded && this.#transforming;
    const source = new EndableSource(
      inStep ? withTransforms(bus, config, this.#transforms, { ahead, ...onFault }) : bus,
    );
    const run = new AbortController();
    run.signal.addEventListener('abort', () => source.close().catch(() => undefined));
    this.#run = run;
    try {
      // a live stream is subscribed to at once: what comes meanwhile would be lost
      let { firstCameraInfo } = this.#options;
      const rig = this.#rig;
      if (this.#recorded && rig === undefined) firstCameraInfo ??= await firstMessage(ahead, config.topics.cameraInfo);
      const recorded = this.#recorded;
      const measured = { recorded, counters: this.#counters, times: this.#times, stopwatch: this.#stopwatch };
      const stream: Observable<Frames> =
        frames ??
        (rig === undefined
          ? depthFrames(source, config, { ...measured, firstCameraInfo, pool: this.#pool, onDrop })
          : new FrameStream(rig.read(source, this.#recorded ? ahead : undefined), { waits: !isLiveBus(bus) }));
      if (!this.#recorded) this.#follow();
      const pulled = this.#live ? undefined : pullSide(stream);
      await (pulled === undefined ? this.#listen(stream, run.signal) : this.#pull(pulled, run.signal));
      if (!run.signal.aborted || !this.#live) await this.#flush(this.#tracker.flush?.() ?? []);
      return !run.signal.aborted;
    } finally {
      if (this.#run === run) this.#run = undefined;
      source.close().catch(() => undefined);
      if (!run.signal.aborted) await this.#stopFeed();
    }
  }

  /**
   * Take no more frames; of a live stream what is under way is not shown, and hands that are shown are retracted. {@link run} resolves when
   * the frame in hand is done.
   */
  async stop(cause: WithheldCause = 'deactivated'): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    const left = this.#live ? this.#output.leave(cause) : undefined;
    for (const waiting of this.#admitted) if (waiting !== this.#inWork) this.#drop(waiting, cause);
    run?.abort();
    await left;
    await this.#stopFeed();
  }

  /** Resolves when the frame in hand is done and all is written. */
  async idle(): Promise<void> {
    await this.#working;
    await this.#output.idle();
  }

  /** Work on no frame until {@link resume}. Hands that are shown are retracted. */
  pause(): Promise<void> {
    this.#paused = true;
    return this.#output.leave('paused');
  }

  /** @returns whether it was paused. */
  resume(): boolean {
    const was = this.#paused;
    this.#paused = false;
    return was;
  }

  /** The next frame is the first of another time: the tracker forgets its hands, and those that are shown are retracted before its results. */
  jump(): void {
    this.#output.begin('time-jump');
  }

  /** Forget the hands, the windows and the time. */
  reset(): Promise<void> {
    this.#stamps.reset();
    return this.#output.leave('reset');
  }

  /** Publish by another configuration from the next result on, and track by another tracker from the next frame on. */
  apply(config: TrackerConfig, { tracker, output }: { tracker: FrameTracker | undefined; output: boolean }): void {
    this.#config = config;
    this.#next = tracker ?? this.#next;
    if (!output) return;
    void this.#output.reconfigure(config);
    if (this.running) this.#follow();
  }

  /** Frames come when they want. */
  #listen(frames: Observable<Frames>, run: AbortSignal): Promise<void> {
    const { policy, queueSize } = this.#config;
    const onDrop = (waiting: Admitted, cause: string) => this.#drop(waiting, cause);
    const work = (admitted: Admitted) => this.#inTurn(admitted);
    return new Promise((resolve, reject) => {
      const subscription = frames
        .pipe(
          map((frame) => this.#admit(frame)),
          filter((admitted) => admitted !== undefined),
          withPolicy(work, { policy, queueSize, onDrop }),
        )
        .subscribe({ error: reject, complete: resolve });
      run.addEventListener('abort', () => {
        subscription.unsubscribe();
        this.#working.then(() => resolve(), reject);
      });
    });
  }

  /** Each frame is asked for when the one before is done. */
  async #pull(frames: AsyncIterable<Frames>, run: AbortSignal): Promise<void> {
    const iterator = frames[Symbol.asyncIterator]();
    // a recording gives its next frame soon; what else frames come from may be silent when the run ends
    const left = new Promise<undefined>((resolve) => run.addEventListener('abort', () => resolve(undefined)));
    const next = () => (this.#recorded ? iterator.next() : Promise.race([iterator.next(), left]));
    try {
      for (let step = await next(); step !== undefined && step.done !== true; step = await next()) {
        if (run.aborted) return this.#counters.dropped('aborted');
        const admitted = this.#admit(step.value);
        if (admitted !== undefined) await this.#inTurn(admitted);
      }
    } finally {
      iterator.return?.().catch(() => undefined);
    }
  }

  /** Let a frame in, or count why not. */
  #admit(frame: Frames): Admitted | undefined {
    const { width, height, frameId } = firstOf(frame);
    this.#frames++;
    this.#lastFrame = { width, height, frameId };
    this.#output.alive();
    const verdict = this.#guard === undefined ? 'next' : this.#stamps.see(frame.stamp);
    if (verdict === 'again') {
      this.#counters.dropped('duplicate-stamp');
      return undefined;
    }
    if (verdict === 'jump') {
      this.#jumps++;
      this.jump();
    }
    if (this.#paused) {
      this.#counters.dropped('paused');
      return undefined;
    }
    const time = this.#now?.();
    const stamped = verdict === 'zero' && time !== undefined ? { ...frame, stamp: time } : frame;
    if (time !== undefined) this.#arrivals.add(Number(time - stamped.stamp) / 1e9);
    const admitted = { frame: stamped, ...this.#output.arrived() };
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
    if (this.#live && !this.#output.isCurrent(admitted)) return this.#drop(admitted, this.#output.cause);
    const { onTurn, onFrame, inference } = this.#options;
    const { frame } = admitted;
    const began = this.#stopwatch?.();
    this.#inWork = admitted;
    let results: readonly TrackResult[];
    try {
      await this.#renew();
      await onTurn?.(firstOf(frame), toFrameSet(frame).views);
      results = await this.#tracker.track(frame);
    } finally {
      this.#inWork = undefined;
      this.#admitted.delete(admitted);
    }
    if (inference !== undefined) failIfGone(inference);
    await this.#output.deliver(results, this.#live ? admitted : undefined);
    if (this.#stopwatch !== undefined && began !== undefined) this.#latencies.add(this.#stopwatch() - began);
    this.#tracker.settle?.();
    await onFrame?.(firstOf(frame), results, toFrameSet(frame).views);
    // a tracker may look at a frame until the next one is done
    if (this.#before !== undefined) this.#pool?.giveBack(this.#before);
    this.#before = firstOf(frame);
  }

  /** Between two frames: with a tracker that knows of nothing, or with another one, where something asked for it. */
  async #renew(): Promise<void> {
    const renewed = this.#output.renewed();
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined && !renewed) return;
    const held = (next === undefined ? this.#tracker.reset?.() : this.#tracker.flush?.()) ?? [];
    this.#tracker = next ?? this.#tracker;
    if (this.#live) this.#output.withhold(held, renewed ? undefined : 'reconfigured');
    else await this.#flush(held);
    if (renewed) await this.#output.retract();
  }

  async #flush(held: readonly TrackResult[]): Promise<void> {
    await this.#output.deliver(held);
    await this.#options.onFlush?.(held);
  }

  #drop(admitted: Admitted, cause: string): void {
    if (!this.#admitted.delete(admitted)) return;
    this.#counters.dropped(cause);
    this.#pool?.giveBack(firstOf(admitted.frame));
  }

  /** Of a live stream: keep the transforms, where they are needed. */
  #follow(): void {
    const { source, onDrop } = this.#options;
    const { topics } = this.#config;
    if (!this.#transforming || this.#feed !== undefined) return;
    const fault = (cause: string, text: string, topic: string) => onDrop?.(cause, text, topic, 0n);
    const feed = transformsFrom(source, this.#config, this.#transforms, { onDrop: fault });
    this.#feed = feed;
    feed.done.catch((error: unknown) => {
      const { code, message } = toVoxhandError(error);
      fault(code, message, topics.tf);
      if (this.#feed === feed) this.#feed = undefined;
      this.#guard?.setTimeout(() => this.running && this.#follow(), 1000 * RETRY);
    });
  }

  get #transforming(): boolean {
    const isOutput = this.#options.sink !== undefined && this.#config.output.targetFrame !== '';
    return isOutput || gesturesNeedTransforms(this.#options.gestures) || this.#rig?.needsTransforms === true;
  }

  async #stopFeed(): Promise<void> {
    const feed = this.#feed;
    this.#feed = undefined;
    await feed?.stop();
  }
}

function firstOf(frames: Frames): DepthFrame {
  return toFrameSet(frames).views[0].frame;
}

function failIfGone(inference: Pick<Inference, 'status'>): void {
  const { state, failure } = inference.status();
  if (state !== 'failed') return;
  throw new VoxhandError('INFERENCE_FAILED', 'the inference has given up', {
    ...(failure !== undefined && { found: failure.message }),
  });
}
