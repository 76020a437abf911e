import { rename, rm, stat } from 'node:fs/promises';
import * as zstd from '@foxglove/wasm-zstd';
import { type McapTypes, McapWriter } from '@mcap/core';
import { VoxhandError, writeFailed } from '../../errors/index.js';
import type { Codec } from '../../messages/index.js';
import { exists } from '../port/files.js';
import { type BusMessage, type BusSink, type Publisher, publisherOf } from '../port/index.js';
import { ChannelRegistry } from './channel-registry.js';
import { FileWritable, type OpenForWriting, openFileForWriting } from './file-writable.js';
import { PROVENANCE_RECORD } from './info.js';

export interface McapSinkOptions {
  /** What the recording says of its kind; `ros2` by default, by which viewers and ROS 2 tools know it. */
  readonly profile?: string;
  /** Who writes it: `voxhand 0.1.0`. */
  readonly library?: string;
  /** Of chunks; `zstd` by default. */
  readonly compression?: 'zstd' | 'none';
  /** Bytes that a chunk holds before it is written; 1 MiB by default, 4 MiB at most are sensible. */
  readonly chunkSize?: number;
  /** Where the content comes from, written in front as metadata record `voxhand`: version, hashes, provider, seed. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Bytes that may wait to be written; 64 MiB by default. One that waits for its writes never gets there. */
  readonly pendingBytes?: number;
  /** What the file is called until it is whole, and replaces; `path.partial` by default, which is kept as `path.partial.1`. */
  readonly partialPath?: string;
  /** Opens the file; for tests. */
  readonly open?: OpenForWriting;
}

/**
 * Start a recording at `path`.
 *
 * Until {@link McapSink.close} it is written beside, as `path.partial`, and only then gets its name: a file under
 * `path` is always whole, and one that was there before stays until the new one is. A partial file, left behind by a
 * crash or a full disk, is readable up to its last whole chunk; one that is there already is kept as `path.partial.1` and so on.
 *
 * The bytes depend on what is written and on the options only, not on the time of writing.
 *
 * @throws VoxhandError `WRITE_FAILED` where the file cannot be created, or `path` is a folder or a device.
 * @example
 * ```ts
 * const recording = await createMcapSink('hands.mcap', { metadata: { seed: '1' } });
 * const joints = recording.advertise('hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
 * await joints.publish(toHandJointsMessage(hand), hand.stamp);
 * await recording.close();
 * ```
 */
export async function createMcapSink(path: string, options: McapSinkOptions = {}): Promise<McapSink> {
  const { profile = 'ros2', library = 'voxhand', compression = 'zstd', chunkSize = 1 << 20 } = options;
  const { metadata = {}, pendingBytes = 64 << 20, open = openFileForWriting } = options;
  const { partialPath = `${path}.partial` } = options;
  await zstd.isLoaded;
  let file: FileWritable | undefined;
  try {
    await refuseIfNoFile(path);
    // what a crash left, or a recording that is read at the same time
    if (options.partialPath === undefined) await keep(partialPath);
    file = new FileWritable(await open(partialPath));
    const writer = new McapWriter({
      writable: file,
      chunkSize,
      ...(compression === 'zstd' ? { compressChunk: compressZstd } : {}),
    });
    const sink = new McapSink(path, partialPath, file, writer, pendingBytes);
    await writer.start({ profile, library });
    if (Object.keys(metadata).length > 0) await sink.addMetadata(PROVENANCE_RECORD, metadata);
    return sink;
  } catch (cause) {
    await file?.close().catch(() => undefined);
    throw writeFailed(cause, partialPath);
  }
}

/** A recording that messages are written to. */
export class McapSink implements BusSink {
  readonly #path: string;
  readonly #partialPath: string;
  readonly #file: FileWritable;
  readonly #writer: McapWriter;
  readonly #mostPendingBytes: number;
  readonly #channels = new ChannelRegistry();
  /** The writer must be called by one at a time: each call waits for this, and becomes this. */
  #last: Promise<unknown> = Promise.resolve();
  #pendingBytes = 0;
  #failure: VoxhandError | undefined;
  #closing: Promise<void> | undefined;

  /** Use {@link createMcapSink}. */
  constructor(path: string, partialPath: string, file: FileWritable, writer: McapWriter, mostPendingBytes: number) {
    this.#path = path;
    this.#partialPath = partialPath;
    this.#file = file;
    this.#writer = writer;
    this.#mostPendingBytes = mostPendingBytes;
  }

  advertise<T>(topic: string, codec: Codec<T>): Publisher<T> {
    return publisherOf(topic, codec, (message) => this.write(message));
  }

  /**
   * Write a message after those before it. Its data must stay unchanged until the promise resolves.
   *
   * @throws VoxhandError `WRITE_FAILED`: the disk failed (then and at every later call), the sink is closed, or more
   * than `pendingBytes` wait because the caller does not. `MESSAGE_INVALID` for a negative time.
   */
  async write(message: BusMessage): Promise<void> {
    this.#refuseIfClosed();
    const bytes = message.data.byteLength;
    if (message.logTime < 0n || message.publishTime < 0n) {
      throw new VoxhandError('MESSAGE_INVALID', 'a recording has no time before 1970', {
        expected: 'nanoseconds >= 0',
        found: `log time ${message.logTime}, publish time ${message.publishTime}`,
        where: message.topic,
      });
    }
    if (this.#pendingBytes > 0 && this.#pendingBytes + bytes > this.#mostPendingBytes) {
      throw new VoxhandError('WRITE_FAILED', 'messages come faster than they are written: wait for write()', {
        expected: `${this.#mostPendingBytes} bytes waiting at most`,
        found: `${this.#pendingBytes + bytes}`,
        where: this.#path,
      });
    }
    this.#pendingBytes += bytes;
    try {
      await this.#inTurn(async () => {
        const { sequence, logTime, publishTime, data } = message;
        const channelId = await this.#channelId(message);
        await this.#writer.addMessage({ channelId, sequence, logTime, publishTime, data });
      });
    } finally {
      this.#pendingBytes -= bytes;
    }
  }

  /** Write a metadata record: facts about the recording, such as counts that are known only at its end. */
  async addMetadata(name: string, values: Readonly<Record<string, string>>): Promise<void> {
    this.#refuseIfClosed();
    const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
    await this.#inTurn(() => this.#writer.addMetadata({ name, metadata: new Map(sorted) }));
  }

  /** Write an attachment: a file that goes with the recording. */
  async addAttachment(attachment: McapTypes.Attachment): Promise<void> {
    this.#refuseIfClosed();
    await this.#inTurn(() => this.#writer.addAttachment(attachment));
  }

  /**
   * Write the index, see that all is on the disk, and give the file its name. After a failure it stays partial.
   *
   * @throws VoxhandError `WRITE_FAILED`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#finish(true);
    return this.#closing;
  }

  /**
   * Write the index, but leave the file under its partial name: for work that was stopped half-way, so that a file under its own
   * name always has all that it should.
   *
   * @throws VoxhandError `WRITE_FAILED`.
   */
  leave(): Promise<void> {
    this.#closing ??= this.#finish(false);
    return this.#closing;
  }

  /** Give up: remove what was written. */
  async abort(): Promise<void> {
    this.#failure ??= new VoxhandError('WRITE_FAILED', 'the recording was given up', { where: this.#path });
    await this.close().catch(() => undefined);
    await rm(this.#partialPath, { force: true });
  }

  async #finish(isWhole: boolean): Promise<void> {
    try {
      await this.#inTurn(() => this.#writer.end());
    } finally {
      await this.#file.close().catch((cause: unknown) => {
        this.#failure ??= writeFailed(cause, this.#partialPath);
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (!isWhole) return;
    await rename(this.#partialPath, this.#path).catch((cause: unknown) => {
      throw writeFailed(cause, this.#partialPath);
    });
  }

  /** Run one call of the writer after those before it; the first failure ends them all. */
  #inTurn(call: () => Promise<unknown>): Promise<void> {
    const turn = this.#last.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        await call();
      } catch (cause) {
        this.#failure = writeFailed(cause, this.#partialPath);
        throw this.#failure;
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #channelId(message: BusMessage): Promise<number> {
    const { channelId, newSchema, newChannel } = this.#channels.channelOf(message);
    // the writer numbers them in the same order
    if (newSchema !== undefined) await this.#writer.registerSchema(newSchema);
    if (newChannel !== undefined) {
      await this.#writer.registerChannel({ ...newChannel, metadata: new Map(newChannel.metadata) });
    }
    return channelId;
  }

  #refuseIfClosed(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) {
      throw new VoxhandError('WRITE_FAILED', 'the recording is closed', { where: this.#path });
    }
  }
}

/** To give a recording the name of a device would replace the device. */
async function refuseIfNoFile(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || there.isFile()) return;
  throw new VoxhandError('WRITE_FAILED', 'a recording cannot have this name', {
    expected: 'the name of a file, or of nothing that is there',
    found: there.isDirectory() ? 'a folder' : 'a pipe, a socket or a device',
    where: path,
  });
}

/** Give a file that is there the next free number. */
async function keep(path: string): Promise<void> {
  if (!(await exists(path))) return;
  let number = 1;
  while (await exists(`${path}.${number}`)) number++;
  await rename(path, `${path}.${number}`);
}

function compressZstd(data: Uint8Array): { compression: string; compressedData: Uint8Array } {
  return { compression: 'zstd', compressedData: zstd.compress(data) };
}
