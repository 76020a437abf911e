import { VoxhandError } from '../../errors/index.js';
import type { Codec } from '../../messages/index.js';
import type { Bus, BusMessage, BusSink, Publisher, TopicInfo } from '../port/index.js';
import type { McapInfo } from './info.js';
import { createMcapSink, type McapSinkOptions } from './mcap-sink.js';
import { type McapSource, openMcap } from './mcap-source.js';

export interface McapBusOptions extends McapSinkOptions {
  /** Where published messages go: a file, or another sink (which the bus closes too). Without it none can be. */
  readonly output?: string | BusSink;
}

/**
 * A recording in place of a live bus: what a pipeline subscribes to comes out of `path`, what it publishes goes to
 * `output`.
 *
 * @throws VoxhandError as {@link openMcap} and {@link createMcapSink}.
 * @example
 * ```ts
 * const bus = await mcapBus('cell.mcap', { output: 'hands.mcap' });
 * ```
 */
export async function mcapBus(path: string, options: McapBusOptions = {}): Promise<McapBus> {
  const { output, ...sinkOptions } = options;
  const source = await openMcap(path);
  try {
    return new McapBus(source, typeof output === 'string' ? await createMcapSink(output, sinkOptions) : output);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** A recording to read and a sink to write, as one bus. */
export class McapBus implements Bus {
  readonly #source: McapSource;
  readonly #sink: BusSink | undefined;

  /** Use {@link mcapBus}. */
  constructor(source: McapSource, sink: BusSink | undefined) {
    this.#source = source;
    this.#sink = sink;
  }

  /** Of the recording that is read. */
  info(): McapInfo {
    return this.#source.info();
  }

  topics(): readonly TopicInfo[] {
    return this.#source.topics();
  }

  subscribe(topics?: readonly string[]): AsyncIterable<BusMessage> {
    return this.#source.subscribe(topics);
  }

  /** @throws VoxhandError `USAGE` for a bus without output. */
  advertise<T>(topic: string, codec: Codec<T>): Publisher<T> {
    return this.#output(topic).advertise(topic, codec);
  }

  async write(message: BusMessage): Promise<void> {
    await this.#output(message.topic).write(message);
  }

  async close(): Promise<void> {
    try {
      await this.#sink?.close();
    } finally {
      await this.#source.close();
    }
  }

  #output(topic: string): BusSink {
    if (this.#sink !== undefined) return this.#sink;
    throw new VoxhandError('USAGE', 'this recording is only read', {
      expected: "mcapBus(path, { output: 'out.mcap' })",
      found: 'no output',
      where: topic,
    });
  }
}
