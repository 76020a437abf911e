import { toVoxhandError, type VoxhandError } from '../errors/index.js';
import { type FrameLookup, GestureEngine, type GestureProfileInput } from '../gestures/index.js';
import type { TransformBuffer } from '../rig/index.js';
import { Counts, DurationRing, type DurationSummary, type LiveTimers, nanoseconds } from '../timing/index.js';
import type { BusSink } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';
import type { Counters } from './counters.js';
import { HandPublisher } from './hand-publisher.js';
import type { Stopwatch } from './stage-times.js';
import { StaleWatch } from './stale-watch.js';
import { NO_TRANSFORM, TargetFrame } from './target-frame.js';
import type { TrackResult } from './track-result.js';

/** Durations that quantiles are taken over: ten seconds at 30 Hz. */
const KEPT = 300;

/** Why a result that was worked out did not go out, or a frame that waited was not worked on. */
export type WithheldCause =
  | 'stale'
  | 'time-jump'
  | 'paused'
  | 'reset'
  | 'deactivated'
  | 'reconfigured'
  | 'unpublishable'
  | 'unwanted'
  | 'older';

/** When a frame came: what its results are judged by. */
export interface Arrival {
  /** Changes whenever what came before must not be shown any more. */
  readonly epoch: number;
  /** Seconds of the stopwatch or the timers. */
  readonly at: number;
}

export interface ResultOutputOptions {
  readonly sink: BusSink;
  readonly config: TrackerConfig;
  /** Counts results that become a loss because no transform leads into the target frame. */
  readonly counters: Counters;
  /** What gestures are recognised in what goes out; none by default. */
  readonly gestures?: GestureProfileInput | undefined;
  /** Needed where `output.target_frame` is set, or a surface of gestures has a frame. Whoever gives it feeds it. */
  readonly transforms: TransformBuffer;
  /** The bus's clock, nanoseconds; without it no ages are known, and those that are said are zero. */
  readonly now?: (() => bigint) | undefined;
  /** Of a live stream: a hand is retracted when nothing comes any more, and what comes too late is not shown. */
  readonly timers?: LiveTimers | undefined;
  /** Seconds of a monotonic clock, to measure publishing; the timers' by default. */
  readonly stopwatch?: Stopwatch | undefined;
  /** Told of a result that cannot be published; without it `deliver` rejects. Of a bus that takes no more it always does. */
  readonly onUnpublishable?: ((error: VoxhandError) => void) | undefined;
  /** Told of each result that went out, in the target frame. Must not throw. */
  readonly onResult?: ((result: TrackResult) => void) | undefined;
}

/** How the output of results goes: counts and durations, plain data. */
export interface OutputFacts {
  /** Results that went out. */
  readonly published: number;
  /** And those that retract a hand. */
  readonly sent: number;
  /** Results that did not go out, by cause. */
  readonly withheld: Readonly<Record<string, number>>;
  /** Whether a hand was said to be there and has not been retracted. */
  readonly hand: boolean;
  /** From a result's stamp to its publication, on the bus's clock, seconds. */
  readonly age: DurationSummary | undefined;
  /** How long publishing all of one result took, seconds. */
  readonly publishing: DurationSummary | undefined;
  /** Why the last result could not be brought into the target frame, in words. */
  readonly transformProblem: string | undefined;
  /** Median seconds between frames of late, and seconds since the last one; undefined where nothing is watched. */
  readonly framePeriod: number | undefined;
  readonly sinceFrame: number | undefined;
}

/**
 * Where results go out: into the target frame, then as messages, one after another in the order in which they were asked for; whoever
 * waits for {@link deliver} knows that all of them are written.
 *
 * A result goes out only if nothing has happened since its frame came that makes it old ({@link begin}): a stop, a pause, a reset, a jump
 * in time, a silence after which the hand was said to be lost. What is held back so is counted as withheld. A hand that was said to be
 * there can always be retracted.
 *
 * Of a live stream, nothing goes out that is older than what went out last: a loss that is said after a silence has a stamp of its own, and
 * frames that were on their way meanwhile may be of before it. After a jump in time and a reset, stamps begin anew.
 */
export class ResultOutput {
  readonly #options: ResultOutputOptions;
  readonly #seconds: Stopwatch;
  readonly #watch: StaleWatch | undefined;
  readonly #gestures: GestureEngine | undefined;
  #silence: unknown;
  readonly #withheld = new Counts<WithheldCause>();
  readonly #ages = new DurationRing(KEPT);
  readonly #durations = new DurationRing(KEPT);
  #publisher: HandPublisher;
  #target: TargetFrame;
  #last: TrackResult | undefined;
  /** The newest stamp that went out, of the time since {@link #forgets}; nothing older follows it. */
  #newest: { readonly stamp: bigint; readonly time: number } | undefined;
  /** Changes when stamps begin anew. */
  #time = 0;
  /** Hands that a missing transform keeps back, once that was said. */
  readonly #unplaced = new Set<number>();
  #line: Promise<void> = Promise.resolve();
  #published = 0;
  #sent = 0;
  #epoch = 0;
  #known = 0;
  #cause: WithheldCause = 'reset';
  /** Where the surfaces of gestures lie. */
  readonly #frames: FrameLookup = (from, to, stamp) => {
    const found = this.#options.transforms.lookup(to, from, stamp);
    return found.state === 'found' ? found.transform : undefined;
  };

  constructor(options: ResultOutputOptions) {
    const { config, timers, stopwatch = () => timers?.seconds() ?? 0 } = options;
    this.#options = options;
    this.#seconds = stopwatch;
    this.#publisher = this.#create(config);
    this.#target = this.#targetFor(config);
    this.#gestures = options.gestures && new GestureEngine(options.gestures, { frames: this.#frames });
    this.#watch =
      timers &&
      new StaleWatch(timers, (silence) => {
        this.begin('stale');
        this.#lose(silence).catch(() => undefined); // a bus that takes no more is noticed with the next result
      });
  }

  facts(): OutputFacts {
    return {
      published: this.#published,
      sent: this.#sent,
      withheld: this.#withheld.snapshot(),
      hand: this.#shown !== undefined,
      age: this.#ages.summary(),
      publishing: this.#durations.summary(),
      transformProblem: this.#target.problem,
      framePeriod: this.#watch?.framePeriod,
      sinceFrame: this.#watch?.sinceFrame,
    };
  }

  /** A sign of life of the source, whatever becomes of it. */
  alive(): void {
    this.#watch?.frame();
  }

  /** A frame comes now. */
  arrived(): Arrival {
    return { epoch: this.#epoch, at: this.#seconds() };
  }

  /** What came before is not to be shown any more. */
  begin(cause: WithheldCause): void {
    this.#epoch++;
    this.#cause = cause;
    if (cause === 'time-jump' || cause === 'reset') this.#time++;
  }

  /** Why {@link begin} was called last. */
  get cause(): WithheldCause {
    return this.#cause;
  }

  isCurrent({ epoch }: Arrival): boolean {
    return epoch === this.#epoch;
  }

  /** Whether {@link begin} was called since this was asked last: then the tracker must forget what it knows. */
  renewed(): boolean {
    const renewed = this.#known !== this.#epoch;
    this.#known = this.#epoch;
    return renewed;
  }

  /** Results of before that a tracker still held back. */
  withhold(results: readonly TrackResult[], cause = this.#cause): void {
    if (results.length > 0) this.#withheld.add(cause, results.length);
  }

  /**
   * Publish what a frame brought about, and wait until it is written.
   *
   * @param arrival of the frame; now by default
   * @throws VoxhandError `WRITE_FAILED` where the bus takes no more; whatever else cannot be published, without `onUnpublishable`
   */
  async deliver(results: readonly TrackResult[], arrival: Arrival = this.arrived()): Promise<void> {
    if (results.length === 0) return;
    const isCurrent = () => this.isCurrent(arrival);
    const isRecent = this.#watch?.took(this.#seconds() - arrival.at) ?? true;
    if (!isRecent && isCurrent()) {
      this.begin('stale');
      await this.#lose();
    }
    for (const found of results) {
      const result = this.#target.apply(found);
      const withheld = await this.#publish(result, isCurrent);
      if (withheld !== undefined) {
        this.#withheld.add(withheld);
        continue;
      }
      this.#published++;
      this.#options.onResult?.(result);
      if (isCurrent()) this.#watch?.shown();
    }
  }

  /** What came before is not to be shown any more, and hands that are shown are retracted. The periods of the source are forgotten. */
  async leave(cause: WithheldCause): Promise<void> {
    this.begin(cause);
    this.#watch?.reset();
    await this.#lose();
  }

  /** Hands that are shown are retracted and their gestures cancelled: what is delivered next is of another time. */
  retract(): Promise<void> {
    return this.#lose();
  }

  /** Publish by another configuration from the next result on. Hands that are shown are retracted by the old one first. */
  reconfigure(config: TrackerConfig): Promise<void> {
    this.#target = this.#targetFor(config);
    this.#unplaced.clear();
    void this.#lose();
    return this.#inLine(async () => {
      this.#publisher = this.#create(config);
    });
  }

  /** Resolves when all that was asked for is out. */
  async idle(): Promise<void> {
    await this.#line;
  }

  /** The last result, where it has hands. */
  get #shown(): TrackResult | undefined {
    return this.#last !== undefined && this.#last.hands.length > 0 ? this.#last : undefined;
  }

  /** @returns why it did not go out */
  async #publish(result: TrackResult, isCurrent: () => boolean): Promise<WithheldCause | undefined> {
    const { now, onUnpublishable } = this.#options;
    try {
      return await this.#inLine(async () => {
        if (!isCurrent()) return this.#cause;
        if (this.#isOlder(result)) return 'older';
        if (now !== undefined) this.#ages.add(Number(now() - result.stamp) / 1e9);
        await this.#send(this.#watch === undefined ? result : this.#saidOnce(result));
        return undefined;
      });
    } catch (thrown) {
      const error = toVoxhandError(thrown);
      if (error.code === 'WRITE_FAILED' || onUnpublishable === undefined) throw error;
      onUnpublishable(error);
      return 'unpublishable';
    }
  }

  /**
   * Say that the hands are lost that were said to be there: `tracked: false`, markers deleted.
   *
   * @param elapsed seconds since the last result's frame: by so much later is this one's stamp.
   */
  #lose(elapsed = 0): Promise<void> {
    return this.#inLine(async () => {
      const shown = this.#shown;
      if (shown === undefined) return;
      const stamp = shown.stamp + BigInt(Math.max(1, Math.round(elapsed * 1e9)));
      const lost = shown.hands.map(({ id, handedness }) => ({ id, handedness, reason: 'retracted' }));
      await this.#send({ ...shown, stamp, hands: [], lost, details: new Map() }, this.#newest?.time);
    });
  }

  /** Without the hands of which it was said before that no transform leads to them: a loss is said once, not with each frame. */
  #saidOnce(result: TrackResult): TrackResult {
    const lost = result.lost.filter(({ id, reason }) => reason !== NO_TRANSFORM || !this.#unplaced.has(id));
    for (const { id } of result.hands) this.#unplaced.delete(id);
    for (const { id, reason } of lost) {
      if (reason === NO_TRANSFORM) this.#unplaced.add(id);
      else this.#unplaced.delete(id);
    }
    return { ...result, lost };
  }

  #isOlder({ stamp }: TrackResult): boolean {
    const newest = this.#newest;
    return this.#watch !== undefined && newest?.time === this.#time && stamp > 0n && stamp < newest.stamp;
  }

  /** @param time that its stamp is of */
  async #send(result: TrackResult, time = this.#time): Promise<void> {
    const began = this.#seconds();
    await this.#publisher.publish(result);
    if (this.#gestures !== undefined) {
      await this.#publisher.publishEvents(this.#gestures.take(result, this.#options.timers?.seconds()), result.stamp);
      this.#listen(this.#gestures, result);
    }
    this.#durations.add(this.#seconds() - began);
    this.#last = result;
    this.#newest = { stamp: result.stamp, time };
    this.#sent++;
  }

  /** Of a live stream: gestures are cancelled when nothing follows, before the hand is said to be lost. */
  #listen(gestures: GestureEngine, { stamp, hands }: TrackResult): void {
    const { timers } = this.#options;
    if (timers === undefined) return;
    timers.clearTimeout(this.#silence);
    if (hands.length === 0) return;
    const began = timers.seconds();
    // ten looks at the clock until the last one, so that the release of an enabling is late by a tenth of its bound at most
    const wait = (1000 * gestures.longestSilence + 1) / 10;
    const tick = async () => {
      const now = timers.seconds();
      await this.#publisher.publishEvents(gestures.tick(now), stamp + nanoseconds(now - began));
      if (now - began <= gestures.longestSilence && this.#newest?.stamp === stamp) again();
    };
    const again = () => {
      this.#silence = timers.setTimeout(() => this.#inLine(tick).catch(() => undefined), wait);
    };
    again();
  }

  #create(config: TrackerConfig): HandPublisher {
    return new HandPublisher(this.#options.sink, config, this.#options.now);
  }

  #targetFor(config: TrackerConfig): TargetFrame {
    const { transforms, counters } = this.#options;
    return new TargetFrame(config, transforms, { counters });
  }

  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#line.then(work);
    this.#line = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }
}
