import { toVoxhandError, type VoxhandError } from '../errors/index.js';
import type { Codec } from '../messages/index.js';
import type { BusMessage, BusSink, Publisher } from '../transport/port/index.js';

/** What went wrong with one topic of a sink. */
export interface SinkFault {
  readonly topic: string;
  /** The last error. */
  readonly error: VoxhandError;
  /** Messages that were not sent because of it or of those before. */
  readonly count: number;
  /** Nothing goes out on this topic any more. */
  readonly dead: boolean;
}

/** A sink that leaves messages out rather than wait may say of how many: by cause and topic, such as `dropped /tf`. */
export type LossySink = BusSink & { losses?(): Readonly<Record<string, number>> };

export interface GuardedSinkOptions {
  /** `ros2`, `recording`: for diagnostics. */
  readonly name: string;
  /**
   * The first `WRITE_FAILED` ends the sink: nothing more is given to it. For a recording on a disk that is full. A bus that may
   * come back goes on.
   */
  readonly fragile?: boolean;
  /** Told of each fault, the first one of a topic only. */
  readonly onFault?: (fault: SinkFault) => void;
}

/**
 * A sink whose troubles stay its own: publishing through it never fails, so that one full disk or one missing message package
 * does not keep other sinks, or the pipeline, from their work. What failed is counted by topic.
 *
 * A topic is advertised once, however often it is asked for: the same publisher is given back. One that cannot be advertised
 * is silent, and is tried again when it is asked for again.
 */
export class GuardedSink implements BusSink {
  readonly name: string;
  readonly #sink: LossySink;
  readonly #fragile: boolean;
  readonly #onFault: GuardedSinkOptions['onFault'];
  readonly #publishers = new Map<string, Publisher<never>>();
  readonly #faults = new Map<string, SinkFault>();
  #gone = false;

  constructor(sink: LossySink, { name, fragile = false, onFault }: GuardedSinkOptions) {
    this.#sink = sink;
    this.name = name;
    this.#fragile = fragile;
    this.#onFault = onFault;
  }

  /** The sink takes no more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** By topic, at most one each. */
  faults(): readonly SinkFault[] {
    return [...this.#faults.values()];
  }

  /** What the sink itself left out. */
  losses(): Readonly<Record<string, number>> {
    return this.#sink.losses?.() ?? {};
  }

  /** Whether anybody would get a message on one of these topics. */
  wanted(topics: readonly string[]): boolean {
    return [...this.#publishers.values()].some(({ topic, wanted }) => topics.includes(topic) && wanted());
  }

  advertise<T>(topic: string, codec: Codec<T>): Publisher<T> {
    const key = `${topic} ${codec.schemaName}`;
    const known = this.#publishers.get(key);
    if (known !== undefined) return known as unknown as Publisher<T>;
    let inner: Publisher<T>;
    try {
      inner = this.#sink.advertise(topic, codec);
    } catch (error) {
      this.#fault(topic, error, true);
      return { topic, wanted: () => false, publish: async () => undefined };
    }
    this.#faults.delete(topic);
    const publisher: Publisher<T> = {
      topic,
      wanted: () => !this.#gone && inner.wanted(),
      publish: async (message, stamp) => {
        if (this.#gone) return;
        try {
          await inner.publish(message, stamp);
        } catch (error) {
          this.#fault(topic, error, false);
        }
      },
    };
    this.#publishers.set(key, publisher as unknown as Publisher<never>);
    return publisher;
  }

  async write(message: BusMessage): Promise<void> {
    if (this.#gone) return;
    try {
      await this.#sink.write(message);
    } catch (error) {
      this.#fault(message.topic, error, false);
    }
  }

  /** Errors of closing come out: what was written may not be safe. */
  close(): Promise<void> {
    return this.#sink.close();
  }

  #fault(topic: string, thrown: unknown, dead: boolean): void {
    const error = toVoxhandError(thrown);
    if (this.#fragile && error.code === 'WRITE_FAILED') this.#gone = true;
    const before = this.#faults.get(topic);
    const fault = { topic, error, count: (before?.count ?? 0) + 1, dead: dead || this.#gone };
    this.#faults.set(topic, fault);
    if (before === undefined || before.error.code !== error.code) this.#onFault?.(fault);
  }
}
