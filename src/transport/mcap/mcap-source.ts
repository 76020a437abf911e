import { McapConstants, type McapTypes } from '@mcap/core';
import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import type { BusMessage, TopicInfo } from '../port/index.js';
import type { McapContents, TimeRange } from './contents.js';
import { decompressors } from './decompress.js';
import { FileReadable } from './file-readable.js';
import { openIndexed } from './indexed-contents.js';
import type { McapInfo } from './info.js';
import { unpackedMessage } from './message-compression.js';
import { otherFormat } from './other-formats.js';
import { checkSubscription, type RecordingSource } from './recording-source.js';
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
    return new McapSource(file, contents, handlers);
  } catch (error) {
    await file.close();
    throw toVoxhandError(error, 'MCAP_INVALID');
  }
}

/** A recording that messages are read from, in constant memory. */
export class McapSource implements RecordingSource {
  readonly #file: FileReadable;
  readonly #contents: McapContents;
  readonly #handlers: McapTypes.DecompressHandlers;
  #closed = false;

  /** Use {@link openMcap}. */
  constructor(file: FileReadable, contents: McapContents, handlers: McapTypes.DecompressHandlers) {
    this.#file = file;
    this.#contents = contents;
    this.#handlers = handlers;
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
   * @param range log times; all of them by default
   * @throws VoxhandError `RECORDING_EMPTY`, `TOPIC_NOT_FOUND` naming the topics there are, `MCAP_INVALID`.
   */
  async *subscribe(topics?: readonly string[], range: TimeRange = {}): AsyncGenerator<BusMessage, void, void> {
    checkSubscription(this.info(), this.#closed, topics);
    try {
      for await (const message of this.#contents.messages(topics, range)) {
        yield unpackedMessage(message, this.#handlers);
        if (this.#closed) return;
      }
    } catch (error) {
      if (this.#closed) return;
      const { path } = this.info();
      throw new VoxhandError('MCAP_INVALID', `the recording is damaged: ${(error as Error).message}`, {
        expected: `voxhand recover ${path} -o recovered.mcap to continue after the damage`,
        where: path,
        cause: error,
      });
    }
  }

  /** @throws VoxhandError `MCAP_INVALID` */
  async *attachments(): AsyncGenerator<McapTypes.Attachment, void, void> {
    try {
      yield* this.#contents.attachments();
    } catch (error) {
      throw new VoxhandError('MCAP_INVALID', (error as Error).message, { where: this.info().path, cause: error });
    }
  }

  /** Ends subscriptions that are under way. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }
}

async function checkMagic(path: string, file: FileReadable): Promise<void> {
  const expected = Uint8Array.from(McapConstants.MCAP_MAGIC);
  const size = await file.size();
  const length = size < BigInt(expected.length) ? size : BigInt(expected.length);
  const found = await file.read(0n, length);
  if (found.length === expected.length && found.every((byte, i) => byte === expected[i])) return;
  const other = await otherFormat(file);
  if (other !== undefined) throw new VoxhandError('FILE_INVALID', other.what, { expected: other.remedy, where: path });
  const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw new VoxhandError('MCAP_INVALID', 'not an MCAP file', {
    expected: `it to begin with ${hex(expected)}`,
    found: found.length === 0 ? 'nothing' : hex(found),
    where: path,
  });
}
