import { filter, map, type Subscription } from 'rxjs';
import type { DepthFrame } from '../depth/index.js';
import { toVoxhandError, VoxhandError } from '../errors/index.js';
import { TransformBuffer } from '../rig/index.js';
import { DurationRing } from '../timing/index.js';
import { depthFrames } from '../tracking/depth-frames.js';
import { HandOutput } from '../tracking/hand-output.js';
import {
  Counters,
  firstSide,
  HandTracker,
  networkRefiner,
  StageTimes,
  StaleWatch,
  StampGuard,
  TargetFrame,
  type TrackerConfig,
  type TrackResult,
  withPolicy,
} from '../tracking/index.js';
import { handTopics } from '../tracking/output-topics.js';
import { type LoadedParts, loadParts, locatingStatus } from '../tracking/track-hands.js';
import { type TransformFeed, transformsFrom } from '../tracking/transforms-from.js';
import { EndableSource } from '../transport/port/index.js';
import type { InputFault, NodeSession, OpenSession, SessionContext, SessionFacts } from './node-session.js';

/** Stage times are of the last ten seconds or so. */
const KEPT_TIMES = 300;
/** A source that failed is subscribed to again after this, seconds. */
const RETRY = 1;
/** With `output.on_demand`: how often to look whether somebody listens, seconds. */
const LOOK = 0.25;

/** Why a result that was worked out did not go out, or a frame that waited was not worked on. */
export type WithheldCause =
  | 'stale'
  | 'time-jump'
  | 'paused'
  | 'reset'
  | 'deactivated'
  | 'reconfigured'
  | 'unpublishable'
  | 'unwanted';

interface Arrival {
  readonly frame: DepthFrame;
  /** Changes whenever what came before must not be shown any more. */
  readonly epoch: number;
  /** Seconds of the timers. */
  readonly at: number;
}

/**
 * The pipeline on a live bus: depth frames, frame policy, tracker, output; and all that can befall it. It can be started and
 * stopped, paused and begun anew any number of times. Overload sheds frames: one is worked on and, under the policy `latest`, at
 * most one waits.
 *
 * A result goes out only if nothing has happened since its frame came that makes it old: a stop, a pause, a reset, a jump in
 * time, a silence after which the hand was said to be lost. What is held back so is counted (`withheld`), so that every frame is
 * accounted for: `in = out + dropped + pending`, and `out = published + withheld + held back by a centred window`.
 *
 * With `output.on_demand` it subscribes only while somebody listens to one of its topics.
 */
export class LiveTracker implements NodeSession {
  readonly #counters = new Counters();
  readonly #times = new StageTimes(KEPT_TIMES);
  readonly #arrivals = new DurationRing(KEPT_TIMES);
  readonly #context: SessionContext;
  readonly #parts: LoadedParts;
  readonly #output: HandOutput;
  readonly #transforms: TransformBuffer;
  readonly #watch: StaleWatch;
  readonly #stamps = new StampGuard();
  readonly #faults = new Map<string, InputFault>();
  readonly #withheld = new Map<WithheldCause, number>();
  /** Frames that were let in and are not done. */
  readonly #admitted = new Set<Arrival>();
  #inWork: Arrival | undefined;
  #config: TrackerConfig;
  #tracker: HandTracker;
  #next: HandTracker | undefined;
  #epoch = 0;
  #cause: WithheldCause = 'reset';
  #begunAnew = 0;
  #working: Promise<unknown> = Promise.resolve();
  #running = false;
  #source: EndableSource | undefined;
  #subscription: Subscription | undefined;
  #feed: TransformFeed | undefined;
  #target: TargetFrame;
  #timer: unknown;
  #paused = false;
  #published = 0;
  #frames = 0;
  #jumps = 0;
  #lastFrame: SessionFacts['lastFrame'];

  /** @throws VoxhandError as `HandTracker` for a configuration that the parts do not fit. */
  constructor(context: SessionContext, parts: LoadedParts) {
    const { bus, sink, config, timers } = context;
    this.#context = context;
    this.#parts = parts;
    this.#config = config;
    this.#output = new HandOutput({ sink, config, now: () => bus.now(), seconds: () => timers.seconds() });
    this.#watch = new StaleWatch(timers, (silence) => {
      this.#beginEpoch('stale');
      void this.#output.lose(silence);
    });
    this.#transforms = new TransformBuffer(config.transforms);
    this.#target = this.#targetFor(config);
    this.#tracker = this.#create(config);
  }

  facts(): SessionFacts {
    const { inference } = this.#parts;
    return {
      paused: this.#paused,
      idle: this.#running && this.#source === undefined && this.#config.output.onDemand,
      frames: this.#frames,
      lastFrame: this.#lastFrame,
      framePeriod: this.#watch.framePeriod,
      sinceFrame: this.#watch.sinceFrame,
      stamps: { ...this.#stamps.counts, jump: this.#jumps },
      faults: [...this.#faults.values()],
      counts: this.#counters.snapshot(),
      published: this.#published,
      withheld: Object.fromEntries(this.#withheld),
      stages: this.#times.summary(),
      ageAtArrival: this.#arrivals.summary(),
      age: this.#output.ages(),
      publishing: this.#output.durations(),
      hand: this.#output.showsHand,
      transformProblem: this.#target.problem,
      roleProblem: undefined,
      roleValues: {},
      inference: inference.status(),
      locating: locatingStatus(this.#parts),
    };
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#follow();
    if (this.#config.output.onDemand) this.#look();
    else this.#subscribe();
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#leave('deactivated');
    const feed = this.#feed;
    this.#feed = undefined;
    await feed?.stop();
  }

  async close(): Promise<void> {
    await this.#parts.close();
    await this.#working;
    await this.#output.idle();
  }

  async pause(): Promise<void> {
    this.#paused = true;
    this.#beginEpoch('paused');
    this.#watch.stop();
    await this.#output.lose();
  }

  resume(): boolean {
    const was = this.#paused;
    this.#paused = false;
    return was;
  }

  async reset(): Promise<void> {
    this.#beginEpoch('reset');
    this.#stamps.reset();
    await this.#output.lose();
  }

  apply(config: TrackerConfig): void {
    const next = this.#create(config);
    const before = this.#config;
    this.#config = config;
    const { rawJoints } = config.output;
    const concerned = !sameBut(config, before, ['output', 'diagnostics']) || rawJoints !== before.output.rawJoints;
    if (concerned) this.#next = next;
    if (same(config.output, before.output)) return;
    void this.#output.reconfigure(config);
    this.#target = this.#targetFor(config);
    if (this.#running) this.#follow();
  }

  #targetFor(config: TrackerConfig): TargetFrame {
    return new TargetFrame(config, this.#transforms, { counters: this.#counters });
  }

  /** Keep the transforms, where they are needed. */
  #follow(): void {
    const { bus, timers } = this.#context;
    if (this.#config.output.targetFrame === '' || this.#feed !== undefined) return;
    const feed = transformsFrom(bus, this.#config, this.#transforms, {
      onDrop: (cause, text, topic) => this.#fault(cause, text, topic),
    });
    this.#feed = feed;
    feed.done.catch((error: unknown) => {
      const { code, message } = toVoxhandError(error);
      this.#fault(code, message, this.#config.topics.tf);
      if (this.#feed === feed) this.#feed = undefined;
      timers.setTimeout(() => this.#running && this.#follow(), 1000 * RETRY);
    });
  }

  #subscribe(): void {
    const { bus, timers, onEnd } = this.#context;
    const config = this.#config;
    const source = new EndableSource(bus);
    this.#source = source;
    const frames = depthFrames(source, config, {
      counters: this.#counters,
      times: this.#times,
      stopwatch: () => timers.seconds(),
      onDrop: (cause, text, topic) => this.#fault(cause, text, topic),
    });
    this.#subscription = frames
      .pipe(
        map((frame) => this.#admit(frame)),
        filter((arrival) => arrival !== undefined),
        withPolicy((arrival: Arrival) => this.#work(arrival), {
          policy: config.policy,
          queueSize: config.queueSize,
          onDrop: (arrival, cause) => this.#drop(arrival, cause),
        }),
      )
      .subscribe({
        error: (error: unknown) => {
          const { code, message } = toVoxhandError(error);
          this.#fault(code, message, config.topics.depth);
          void this.#leave('reset');
          this.#timer = timers.setTimeout(() => this.#running && this.#subscribe(), 1000 * RETRY);
        },
        complete: () => {
          if (this.#source !== source) return; // left by us
          this.#unsubscribe();
          onEnd();
        },
      });
  }

  /** Subscribe while somebody listens, and look again. */
  #look(): void {
    const { timers, wanted } = this.#context;
    const listened = wanted(handTopics(this.#config));
    if (listened && this.#source === undefined) this.#subscribe();
    if (!listened && this.#source !== undefined) void this.#leave('unwanted');
    this.#timer = timers.setTimeout(() => this.#running && this.#look(), 1000 * LOOK);
  }

  /** Take no more frames; what is under way is not shown, and a hand that is shown is taken back. */
  async #leave(cause: WithheldCause): Promise<void> {
    this.#beginEpoch(cause);
    this.#watch.reset();
    this.#unsubscribe();
    await this.#output.lose();
  }

  #unsubscribe(): void {
    this.#context.timers.clearTimeout(this.#timer);
    for (const arrival of this.#admitted) if (arrival !== this.#inWork) this.#drop(arrival, this.#cause);
    const source = this.#source;
    this.#source = undefined;
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    source?.close().catch(() => undefined);
  }

  #create(config: TrackerConfig): HandTracker {
    const { timers } = this.#context;
    const { inference, detection, refiner, prior } = this.#parts;
    if (config.smoothing.stages.includes('prior') && prior === undefined) {
      throw new VoxhandError('CONFIG_INVALID', 'the pose prior was not loaded', {
        expected: 'smoothing.stages with prior when the node is configured',
        where: 'smoothing.stages',
      });
    }
    const maxMove = config.reference.maxRefinement;
    const own = refiner && networkRefiner(refiner.inference, { handedness: firstSide(config), maxMove });
    return new HandTracker(config, {
      inference,
      ...(prior && { prior }),
      ...(detection && { detection }),
      ...(own && { refiner: own }),
      counters: this.#counters,
      times: this.#times,
      stopwatch: () => timers.seconds(),
    });
  }

  /** Let a frame in, or count why not. */
  #admit(frame: DepthFrame): Arrival | undefined {
    const { bus, timers } = this.#context;
    const { width, height, frameId } = frame;
    this.#frames++;
    this.#lastFrame = { width, height, frameId };
    this.#watch.frame();
    const verdict = this.#stamps.see(frame.stamp);
    if (verdict === 'again') {
      this.#counters.dropped('duplicate-stamp');
      return undefined;
    }
    if (verdict === 'jump') {
      this.#jumps++;
      this.#beginEpoch('time-jump');
    }
    if (this.#paused) {
      this.#counters.dropped('paused');
      return undefined;
    }
    const now = bus.now();
    const stamped = verdict === 'zero' ? { ...frame, stamp: now } : frame;
    this.#arrivals.add(Number(now - stamped.stamp) / 1e9);
    const arrival = { frame: stamped, epoch: this.#epoch, at: timers.seconds() };
    this.#admitted.add(arrival);
    return arrival;
  }

  #work(arrival: Arrival): Promise<void> {
    // a tracker takes one frame at a time, and after a stop and a start the frame from before may still be on its way
    const work = this.#working.then(() => this.#track(arrival));
    this.#working = work;
    return work;
  }

  async #track(arrival: Arrival): Promise<void> {
    if (!this.#admitted.has(arrival)) return; // counted as dropped already
    if (arrival.epoch !== this.#epoch) return this.#drop(arrival, this.#cause);
    this.#renew();
    this.#inWork = arrival;
    this.#context.observer.onFrame?.(arrival.frame);
    const results = await this.#tracker.track(arrival.frame);
    this.#inWork = undefined;
    this.#admitted.delete(arrival);
    if (results.length === 0) return;
    const recent = this.#watch.took(this.#context.timers.seconds() - arrival.at);
    if (arrival.epoch === this.#epoch && !recent) {
      this.#beginEpoch('stale');
      void this.#output.lose();
    }
    for (const result of results) await this.#publish(result, arrival.epoch);
  }

  async #publish(found: TrackResult, epoch: number): Promise<void> {
    const result = this.#target.apply(found);
    try {
      const published = await this.#output.publish(result, () => epoch === this.#epoch);
      if (!published) return this.#withhold(this.#cause);
    } catch (error) {
      const { code, message } = toVoxhandError(error);
      this.#fault(code, message, this.#config.topics.joints);
      return this.#withhold('unpublishable');
    }
    this.#published++;
    this.#context.observer.onResult?.(result);
    if (epoch === this.#epoch) this.#watch.shown();
  }

  /** Between two frames: begin anew, or with another tracker, where something asked for it. */
  #renew(): void {
    const anew = this.#begunAnew !== this.#epoch;
    this.#begunAnew = this.#epoch;
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined && !anew) return;
    const held = next === undefined ? this.#tracker.reset() : this.#tracker.flush();
    this.#tracker = next ?? this.#tracker;
    for (const _ of held) this.#withhold(anew ? this.#cause : 'reconfigured');
  }

  #beginEpoch(cause: WithheldCause): void {
    this.#epoch++;
    this.#cause = cause;
  }

  #drop(arrival: Arrival, cause: string): void {
    if (this.#admitted.delete(arrival)) this.#counters.dropped(cause);
  }

  #withhold(cause: WithheldCause): void {
    this.#withheld.set(cause, (this.#withheld.get(cause) ?? 0) + 1);
  }

  #fault(cause: string, text: string, topic: string): void {
    const key = `${topic} ${cause}`;
    const count = (this.#faults.get(key)?.count ?? 0) + 1;
    this.#faults.set(key, { topic, cause, text, count, seconds: this.#context.timers.seconds() });
  }
}

/**
 * The whole pipeline as a node's session.
 *
 * @param load by default `loadParts`
 */
export function wholeSession(load: (config: TrackerConfig) => Promise<LoadedParts> = loadParts): OpenSession {
  return async (context) => {
    const parts = await load(context.config);
    try {
      return new LiveTracker(context, parts);
    } catch (error) {
      await parts.close();
      throw error;
    }
  };
}

function sameBut(a: TrackerConfig, b: TrackerConfig, rooms: readonly (keyof TrackerConfig)[]): boolean {
  const rest = (config: TrackerConfig) =>
    Object.entries(config).filter(([room]) => !rooms.includes(room as keyof TrackerConfig));
  return same(rest(a), rest(b));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
