import type { GestureOutput } from '../gestures/index.js';
import { HandDescriber, jointsOfHands } from '../hand/index.js';
import { codecFor } from '../messages/index.js';
import type { BusSink, Publisher } from '../transport/port/index.js';
import { namespacePrefix, type TrackerConfig } from './config.js';
import { eventTopics, type Outgoing, type ResultTopic, resultTopics } from './output-topics.js';
import type { TrackResult } from './track-result.js';

/**
 * The TF frame of a hand, with `output.hand_frames`: `hand_0`, or `cell/left/hand_0` in the namespace `cell/left`, so that the
 * hands of several trackers have frames of their own.
 */
export function handFrameId({ namespace }: Pick<TrackerConfig, 'namespace'>, handId: number): string {
  return `${namespacePrefix(namespace).slice(1)}hand_${handId}`;
}

/** Publishes results on the topics of the configuration (see `OUTPUT_TOPICS`), each message by the stamp of the result. */
export class HandPublisher {
  readonly #outputs: readonly { readonly publisher: Publisher<unknown>; readonly messages: ResultTopic['messages'] }[];
  readonly #events: readonly {
    readonly publisher: Publisher<unknown>;
    readonly messages: (output: GestureOutput) => readonly unknown[];
  }[];
  readonly #lazy: boolean;
  readonly #how: Pick<Outgoing, 'now' | 'frameOf'>;
  readonly #describer: HandDescriber | undefined;
  /** Ids of the hands that were tracked in the last result. */
  #tracked = new Set<number>();

  /**
   * @param now the bus's clock, nanoseconds, of which a result's age is said; without it ages are zero, as in a replay.
   */
  constructor(sink: BusSink, config: TrackerConfig, now: () => bigint | undefined = () => undefined) {
    this.#lazy = config.output.lazy;
    this.#describer = config.output.description ? new HandDescriber() : undefined;
    this.#how = { now, frameOf: (id) => handFrameId(config, id) };
    this.#outputs = resultTopics(config).flatMap(({ topic, type, on, messages }) =>
      on ? [{ publisher: sink.advertise<unknown>(topic, codecFor(type)), messages }] : [],
    );
    this.#events = eventTopics(config).map(({ topic, type, messages }) => {
      return { publisher: sink.advertise<unknown>(topic, codecFor(type)), messages };
    });
  }

  /** Everything for one result, in a fixed order. Wait for it before the next: it is the back-pressure. */
  async publish(result: TrackResult): Promise<void> {
    const hands = jointsOfHands(result);
    const shown = hands.filter(({ tracked, handId }) => tracked || this.#tracked.has(handId));
    const described = this.#describer?.describe(result) ?? new Map();
    const outgoing = { result, hands, shown, described, ...this.#how };
    for (const { publisher, messages } of this.#outputs) {
      if (this.#lazy && !publisher.wanted()) continue;
      for (const message of messages(outgoing)) await publisher.publish(message, result.stamp);
    }
    this.#tracked = new Set(result.hands.map(({ id }) => id));
  }

  /** The gestures, pointers and enabling states of one moment, which may be one without a result. */
  async publishEvents(output: GestureOutput, stamp: bigint): Promise<void> {
    for (const { publisher, messages } of this.#events) {
      if (this.#lazy && !publisher.wanted()) continue;
      for (const message of messages(output)) await publisher.publish(message, stamp);
    }
  }
}
