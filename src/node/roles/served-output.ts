import {
  Counters,
  type OutputFacts,
  ResultOutput,
  type ResultOutputOptions,
  StampGuard,
} from '../../tracking/index.js';

/** Where the results of an inference role go, those of one camera or those of a rig: in the order of their stamps, and taken back at the end. */
export abstract class ServedOutput {
  readonly counters = new Counters();
  /** Why the last message was not worked on, or a result did not go out; undefined since one did. */
  trouble: string | undefined;
  protected readonly results: ResultOutput;
  readonly #stamps = new StampGuard();

  constructor(options: Omit<ResultOutputOptions, 'counters' | 'onUnpublishable'>) {
    this.results = new ResultOutput({
      ...options,
      counters: this.counters,
      onUnpublishable: ({ message }) => {
        this.trouble = message;
      },
    });
  }

  /** What is wrong at the moment, in words: messages, the network, or a transform that is missing. */
  get problem(): string | undefined {
    return this.trouble ?? this.results.facts().transformProblem;
  }

  output(): OutputFacts {
    return this.results.facts();
  }

  /** The next moment finds no hand of before. */
  reset(): void {
    this.#stamps.reset();
    this.results.begin('reset');
  }

  /** Say that the hands are lost that were said to be there, and watch no more. */
  end(): Promise<void> {
    return this.results.leave('deactivated');
  }

  /** Something of this stamp, nanoseconds, is next. */
  protected next(stamp: bigint): void {
    if (this.#stamps.see(stamp) === 'jump') this.results.begin('time-jump');
  }

  /** After a reset or a jump in time, what knows of hands forgets them, and those that are shown are retracted. */
  protected renew<Tracker extends { reset(): Parameters<ResultOutput['withhold']>[0] }>(tracker: Tracker): Tracker {
    if (this.results.renewed()) {
      this.results.withhold(tracker.reset());
      this.results.retract().catch(() => undefined); // a bus that takes no more is noticed with the next result
    }
    return tracker;
  }
}
