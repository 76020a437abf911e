import { DurationRing, type DurationSummary } from '../timing/index.js';
import type { BusSink } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';
import { HandPublisher } from './hand-publisher.js';
import type { TrackResult } from './track-result.js';

/** Durations that quantiles are taken over: ten seconds at 30 Hz. */
const KEPT = 300;

export interface HandOutputOptions {
  readonly sink: BusSink;
  readonly config: TrackerConfig;
  /** The bus's clock, nanoseconds; without it no ages are known, and those that are said are zero. */
  readonly now?: () => bigint;
  /** Seconds of a monotonic clock, to measure publishing. */
  readonly seconds: () => number;
}

/**
 * Where the hands of a node go out. Whatever asks for it, a result or a silence or a pause, messages go out one after another in the
 * order in which they were asked for, and a hand that was said to be there can always be retracted.
 */
export class HandOutput {
  readonly #options: HandOutputOptions;
  readonly #ages = new DurationRing(KEPT);
  readonly #durations = new DurationRing(KEPT);
  #publisher: HandPublisher;
  #last: TrackResult | undefined;
  #line: Promise<void> = Promise.resolve();
  #published = 0;

  constructor(options: HandOutputOptions) {
    this.#options = options;
    this.#publisher = this.#create(options.config);
  }

  /** Results that went out, those included that take a hand back. */
  get published(): number {
    return this.#published;
  }

  /** Whether a hand was said to be there and has not been taken back. */
  get showsHand(): boolean {
    return (this.#last?.hands.length ?? 0) > 0;
  }

  /** From a result's stamp to its publication, on the bus's clock, seconds. */
  ages(): DurationSummary | undefined {
    return this.#ages.summary();
  }

  /** How long publishing all of one result took, seconds. */
  durations(): DurationSummary | undefined {
    return this.#durations.summary();
  }

  /**
   * @param valid asked when it is this result's turn.
   * @returns whether it went out.
   */
  publish(result: TrackResult, valid: () => boolean = () => true): Promise<boolean> {
    return this.#inLine(async () => {
      if (!valid()) return false;
      const { now } = this.#options;
      if (now !== undefined) this.#ages.add(Number(now() - result.stamp) / 1e9);
      await this.#send(result);
      return true;
    });
  }

  /**
   * Say that the hands are lost that were said to be there: `tracked: false`, markers deleted.
   *
   * @param elapsed seconds since the last result's frame: by so much later is this one's stamp.
   */
  lose(elapsed = 0): Promise<void> {
    return this.#inLine(() => this.#lose(elapsed));
  }

  /** Publish by another configuration from the next result on. A hand that is shown is taken back in the old one first. */
  reconfigure(config: TrackerConfig): Promise<void> {
    return this.#inLine(async () => {
      await this.#lose(0);
      this.#publisher = this.#create(config);
    });
  }

  /** Resolves when all that was asked for is out. */
  async idle(): Promise<void> {
    await this.#line;
  }

  async #lose(elapsed: number): Promise<void> {
    if (this.#last === undefined || this.#last.hands.length === 0) return;
    const { stamp: before, frameId, hands, lagFrames } = this.#last;
    const stamp = before + BigInt(Math.max(1, Math.round(elapsed * 1e9)));
    const lost = hands.map(({ id, handedness }) => ({ id, handedness, reason: 'retracted' }));
    const detail = { reference: { state: 'lost', reason: 'no-depth' }, raw: new Map() } as const;
    const details = new Map(lost.map(({ id }) => [id, detail]));
    await this.#send({ stamp, frameId, hands: [], lost, lagFrames, details });
  }

  async #send(result: TrackResult): Promise<void> {
    const { seconds } = this.#options;
    const began = seconds();
    await this.#publisher.publish(result);
    this.#durations.add(seconds() - began);
    this.#last = result;
    this.#published++;
  }

  #create(config: TrackerConfig): HandPublisher {
    return new HandPublisher(this.#options.sink, config, this.#options.now);
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
