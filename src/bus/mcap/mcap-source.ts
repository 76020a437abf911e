import { McapConstants } from '@mcap/core';
import { toVoxhandError, VoxhandError } from '../../hand/index.js';
import type { BusMessage, BusSource, TopicInfo } from '../port/index.js';
import type { McapContents } from './contents.js';
import { decompressors } from './decompress.js';
import { FileReadable } from './file-readable.js';
import { openIndexed } from './indexed-contents.js';
import type { McapInfo } from './info.js';
import { openStreamed } from './streamed-contents.js';

/**
 * Open a recording.
 *
 * One with an index is read by it. One without (its recorder was killed, or the file is cut off) is read from front to
 * back up to where it breaks; {@link McapInfo.loss} says what is lost.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`, `FILE_INVALID`, or `MCAP_INVALID` for a file that is no MCAP.
 * @example
 * ```ts
 * const recording = await openMcap('cell.mcap');
 * console.log(recording.info().messageCount);
 * for await (const message of recording.subscribe(['hand/joints'])) console.log(message.logTime);
 * await recording.close();
 * ```
 */
export async function openMcap(path: string): Promise<McapSource> {
  const file = await FileReadable.open(path);
  try {
    await checkMagic(path, file);
    const handlers = await decompressors();
    const contents = (await openIndexed(path, file, handlers)) ?? (await openStreamed(path, file, handlers));
    return new McapSource(file, contents);
  } catch (error) {
    await file.close();
    throw toVoxhandError(error, 'MCAP_INVALID');
  }
}

/** A recording that messages are read from, in constant memory. */
export class McapSource implements BusSource {
  readonly #file: FileReadable;
  readonly #contents: McapContents;
  #closed = false;

  /** Use {@link openMcap}. */
  constructor(file: FileReadable, contents: McapContents) {
    this.#file = file;
    this.#contents = contents;
  }

  info(): McapInfo {
    return this.#contents.info;
  }

  topics(): readonly TopicInfo[] {
    return this.#contents.info.topics;
  }

  /**
   * Messages in order of log time; without an index in the order of writing. A recording that breaks off ends there; a
   * damaged one throws after its last readable message.
   *
   * @throws VoxhandError `RECORDING_EMPTY`, `TOPIC_NOT_FOUND` naming the topics there are, `MCAP_INVALID`.
   */
  async *subscribe(topics?: readonly string[]): AsyncGenerator<BusMessage, void, void> {
    this.#check(topics);
    try {
      for await (const message of this.#contents.messages(topics)) {
        yield message;
        if (this.#closed) return;
      }
    } catch (error) {
      if (this.#closed) return;
      throw new VoxhandError('MCAP_INVALID', (error as Error).message, { where: this.info().path, cause: error });
    }
  }

  /** Ends subscriptions that are under way. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }

  #check(topics: readonly string[] | undefined): void {
    const { path, messageCount, truncated, topics: known } = this.info();
    if (this.#closed) throw new VoxhandError('USAGE', 'the recording is closed', { where: path });
    if (messageCount === 0) {
      const found = truncated ? 'none before it breaks off' : 'none';
      throw new VoxhandError('RECORDING_EMPTY', 'nothing to read', { expected: 'messages', found, where: path });
    }
    for (const topic of topics ?? []) {
      if (known.some((info) => info.topic === topic)) continue;
      throw new VoxhandError('TOPIC_NOT_FOUND', `no topic ${topic} in this recording`, {
        expected: `one of ${known.map((info) => `${info.topic} (${info.schemaName})`).join(', ')}`,
        found: topic,
        where: path,
      });
    }
  }
}

async function checkMagic(path: string, file: FileReadable): Promise<void> {
  const expected = Uint8Array.from(McapConstants.MCAP_MAGIC);
  const size = await file.size();
  const length = size < BigInt(expected.length) ? size : BigInt(expected.length);
  const found = await file.read(0n, length);
  if (found.length === expected.length && found.every((byte, i) => byte === expected[i])) return;
  const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw new VoxhandError('MCAP_INVALID', 'not an MCAP file', {
    expected: `it to begin with ${hex(expected)}`,
    found: found.length === 0 ? 'nothing' : hex(found),
    where: path,
  });
}
