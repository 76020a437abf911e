import { VoxhandError, writeFailed } from '../../errors/voxhand-error.js';
import { apart, Counts } from '../../timing/index.js';
import type { RecordedChannel, RecordedSchema } from '../../transport/mcap/channel-registry.js';
import { type Chunk, packChunk } from './chunk.js';
import type { Disk } from './disk.js';
import { LatchedMessages } from './latched-messages.js';
import { messageRecords } from './message-record.js';
import { type PartFile, partialPath } from './part-file.js';
import {
  type ChannelCount,
  type ErrorJson,
  type RecordedPart,
  type RecordingEnd,
  type SnapshotResult,
  type WriterSetup,
  type WrittenSummary,
  ZSTD_LEVELS,
} from './recorder-protocol.js';
import { RecordingParts } from './recording-parts.js';
import { SnapshotRing, sizeOf } from './snapshot-ring.js';
import { SnapshotWriter } from './snapshot-writer.js';

/** Above this share of the backlog that is allowed, chunks are written as they are: nothing is lost for the sake of size. */
const UNPACKED_ABOVE = 0.5;

/** Snapshots that are not finished; one more is refused. Their chunks are bounded in bytes, so this is for many small ones. */
const MOST_SNAPSHOTS = 16;

const NO_RING = new VoxhandError('USAGE', 'there is nothing that could be written', { expected: 'a ring' });
const EMPTY_RING = new VoxhandError('RECORDING_EMPTY', 'nothing has come since the recording or its last snapshot');
const TOO_MANY = new VoxhandError('WRITE_FAILED', 'too many snapshots wait to be written', {
  expected: `at most ${MOST_SNAPSHOTS}`,
});

export interface WriterEvents {
  part(part: RecordedPart): void;
  ended(end: RecordingEnd): void;
  /** {@link RecordingWriter.step} has something to do. */
  wake(): void;
}

/**
 * What the recorder's worker does with the messages that it is given: packs them into chunks, writes them into parts, ends
 * at a limit or at the disk's end. Blocks its thread for a chunk at a time; knows nothing of threads itself.
 *
 * A snapshot is written by {@link step}, which its thread calls in turns with whatever else comes. What is in the ring and
 * what of snapshots is not written yet are together in the ring's bytes: where there is no room, a message waits for a step.
 *
 * After the end, whatever its reason, further messages are counted as unwritten and nothing throws.
 */
export class RecordingWriter {
  readonly #disk: Disk;
  readonly #setup: WriterSetup;
  readonly #events: WriterEvents;
  readonly #parts: RecordingParts;
  readonly #snapshots: SnapshotWriter;
  readonly #latched = new LatchedMessages();
  readonly #ring: SnapshotRing | undefined;
  readonly #written = new Counts<number>();
  readonly #unwritten = new Counts<number>();
  readonly #leftOut = new Counts<number>();
  readonly #forgotten = new Counts<number>();
  #part: PartFile | undefined;
  #partStart: bigint | undefined;
  #startTime: bigint | undefined;
  #unpackedChunks = 0;
  #repeated = 0;
  #refused = 0;
  #end: RecordingEnd | undefined;
  #unsynced = false;

  /** @throws VoxhandError `WRITE_FAILED` where the first file cannot be created; `USAGE` where it is there already. */
  constructor(disk: Disk, setup: WriterSetup, events: WriterEvents) {
    this.#disk = disk;
    this.#setup = setup;
    this.#events = events;
    this.#parts = new RecordingParts(disk, setup, (part) => events.part(part));
    this.#snapshots = this.#snapshotWriter();
    try {
      const error = this.#refusal();
      if (error !== undefined) throw error;
      if (setup.ring === undefined) this.#part = this.#parts.begin();
      else this.#parts.refuseExisting();
    } catch (cause) {
      throw writeFailed(cause, partialPath(setup.path));
    }
    if (setup.ring !== undefined) this.#ring = new SnapshotRing(setup.ring);
  }

  /** Why nothing is written any more; undefined while the recording goes on. */
  get end(): RecordingEnd | undefined {
    return this.#end;
  }

  addChannel(channel: RecordedChannel, schema: RecordedSchema | undefined, latched: boolean): void {
    this.#parts.addChannel(channel, schema);
    if (latched) this.#latched.add(channel.id);
  }

  /** Say what is known only now of where the recording comes from: in the part that is open, and in front of those to come. */
  describe(values: Readonly<Record<string, string>>): void {
    const isNew = this.#parts.describe(values);
    if (!isNew || this.#end !== undefined || this.#part === undefined) return;
    try {
      this.#unsynced = true;
      if (!this.#parts.sayAgain(this.#part)) this.#finish({ reason: 'max-bytes' });
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * @param records message records one after another, whose channels are known; used until the call returns
   * @param backlog how much waits behind them, as a share of what may
   */
  write(records: Uint8Array, backlog = 0): void {
    const taken = this.#upToMaxDuration(records);
    if (taken.byteLength > 0 && this.#end === undefined) {
      try {
        this.#take(taken, backlog);
      } catch (error) {
        this.#fail(error);
        this.#countUnwritten(taken);
      }
    } else this.#countUnwritten(taken);
    if (taken.byteLength === records.byteLength) return;
    this.#countUnwritten(records.subarray(taken.byteLength));
    this.#snapshots.finish(); // they were asked for in time
    this.#finish({ reason: 'max-duration' });
  }

  /**
   * Make what is in the ring a recording of its own, and empty it. Nothing is written before {@link step}.
   *
   * @param done called once with the outcome, perhaps before this returns. Where it is refused, the ring stays as it is.
   */
  snapshot(reason: string, done: (result: SnapshotResult) => void): void {
    const error = this.#snapshotRefusal();
    if (error !== undefined) {
      done({ error });
      return;
    }
    const chunks = this.#ring?.takeAll() ?? [];
    const latched = this.#latched.recordsAt(chunks[0].startTime);
    this.#snapshots.add({ reason, known: this.#parts.known, latched, chunks, done });
    this.#events.wake();
  }

  /** Write a piece of a snapshot. @returns whether there is more to do; else `wake` tells when there is */
  step(): boolean {
    return this.#snapshots.step();
  }

  /** Now and then, at least as often as messages must be safe: brings them to the disk, and looks how much it has left. */
  tick(): void {
    const part = this.#part ?? this.#snapshots.part;
    if (this.#end !== undefined || part === undefined) return;
    try {
      const error = this.#refusal();
      if (error !== undefined && this.#ring === undefined) this.#finish({ reason: 'min-free' });
      else if (error !== undefined) this.#snapshots.cut(error.toJSON());
    } catch (error) {
      this.#fail(error);
    }
    if (this.#end !== undefined || !this.#unsynced) return;
    this.#unsynced = false;
    part.syncSoon((error) => {
      if (error !== null && this.#end === undefined) this.#fail(error);
    });
  }

  /**
   * Finish the part that is open, and all snapshots that were asked for, and wait for the disk. What is in a ring and was not
   * asked for is forgotten.
   *
   * @param metadata facts that are known only now
   */
  close(metadata: Readonly<Record<string, string>> = {}): WrittenSummary {
    this.#snapshots.finish();
    if (this.#end === undefined) this.#finish({ reason: 'stopped' }, metadata);
    for (const chunk of this.#ring?.takeAll() ?? []) addAll(this.#forgotten, chunk);
    return {
      parts: this.#parts.finished,
      end: this.#end ?? { reason: 'stopped' },
      written: countsOf(this.#written),
      unwritten: countsOf(this.#unwritten),
      leftOut: countsOf(this.#leftOut),
      forgotten: countsOf(this.#forgotten),
      unpackedChunks: this.#unpackedChunks,
      repeated: this.#repeated,
      refused: this.#refused,
    };
  }

  #take(records: Uint8Array, backlog: number): void {
    const chunk = this.#pack(records, backlog);
    this.#startTime ??= chunk.startTime;
    if (this.#ring !== undefined) this.#keep(this.#ring, chunk);
    else this.#append(chunk);
    this.#latched.see(records);
  }

  #keep(ring: SnapshotRing, chunk: Chunk): void {
    const { bytes: mostBytes } = this.#setup.ring as NonNullable<WriterSetup['ring']>;
    const bytes = sizeOf(chunk);
    while (this.#snapshots.bytes > 0 && ring.bytes + this.#snapshots.bytes + bytes > mostBytes) this.#snapshots.force();
    if (this.#end !== undefined) {
      addAll(this.#unwritten, chunk);
      return;
    }
    // an unpacked chunk's data are the caller's
    const data = chunk.compression === '' ? new Uint8Array(chunk.data) : chunk.data;
    for (const gone of ring.push({ ...chunk, data })) addAll(this.#forgotten, gone);
  }

  #append(chunk: Chunk): void {
    let part = this.#part as PartFile;
    if (this.#isPartFull(part, chunk)) {
      this.#close(part);
      part = this.#parts.begin();
      this.#part = part;
      this.#partStart = undefined;
      const { records, count } = this.#latched.recordsAt(chunk.startTime);
      if (count > 0) this.#parts.append(part, packChunk(records));
      this.#repeated += count;
    }
    if (!this.#parts.fits(part, chunk)) {
      addAll(this.#unwritten, chunk);
      this.#finish({ reason: 'max-bytes' });
      return;
    }
    this.#parts.append(part, chunk);
    this.#partStart ??= chunk.startTime;
    this.#unsynced = true;
    addAll(this.#written, chunk);
  }

  #pack(records: Uint8Array, backlog: number): Chunk {
    const { compression } = this.#setup;
    if (compression === 'none') return packChunk(records);
    if (backlog <= UNPACKED_ABOVE) return packChunk(records, ZSTD_LEVELS[compression]);
    this.#unpackedChunks++;
    return packChunk(records);
  }

  /** Records up to the first that is logged too late. */
  #upToMaxDuration(records: Uint8Array): Uint8Array {
    const { maxNs } = this.#setup;
    if (maxNs === undefined) return records;
    for (const { offset, logTime } of messageRecords(records)) {
      this.#startTime ??= logTime;
      if (logTime - this.#startTime > maxNs) return records.subarray(0, offset);
    }
    return records;
  }

  #isPartFull(part: PartFile, chunk: Chunk): boolean {
    const { splitBytes, splitNs } = this.#setup;
    if (part.counts.messages === 0) return false;
    const partStart = this.#partStart ?? chunk.endTime;
    // either way: a clock that jumps back begins a part of its own
    if (splitNs !== undefined && apart(chunk.endTime, partStart) > splitNs) return true;
    return splitBytes !== undefined && this.#parts.bytesWith(part, chunk) > splitBytes;
  }

  #snapshotWriter(): SnapshotWriter {
    return new SnapshotWriter(this.#parts, {
      wrote: (chunk) => {
        this.#unsynced = true;
        addAll(this.#written, chunk);
      },
      repeated: (messages) => {
        this.#repeated += messages;
      },
      leftOut: (chunks) => {
        this.#refused++;
        for (const chunk of chunks) addAll(this.#leftOut, chunk);
      },
      refusal: (bytes) => this.#refusal(bytes)?.toJSON(),
      failed: (cause) => this.#fail(cause),
      full: () => this.#finish({ reason: 'max-bytes' }),
      wake: () => this.#events.wake(),
    });
  }

  /** Why there can be no snapshot now. */
  #snapshotRefusal(): ErrorJson | undefined {
    if (this.#ring === undefined) return NO_RING.toJSON();
    if (this.#end !== undefined) return errorOf(this.#end, this.#setup.path);
    if (this.#ring.bytes === 0) return EMPTY_RING.toJSON();
    const isTooMany = this.#snapshots.waiting >= MOST_SNAPSHOTS;
    try {
      const error = isTooMany ? TOO_MANY : this.#refusal(this.#snapshots.bytes + this.#ring.bytes);
      if (error !== undefined) this.#refused++;
      return error?.toJSON();
    } catch (cause) {
      this.#fail(cause);
      return this.#end && errorOf(this.#end, this.#setup.path);
    }
  }

  #close(part: PartFile): void {
    this.#part = undefined;
    this.#unsynced = false;
    this.#parts.close(part);
  }

  #finish(end: RecordingEnd, metadata: Readonly<Record<string, string>> = {}): void {
    const part = this.#part;
    try {
      if (part !== undefined && Object.keys(metadata).length > 0) part.addMetadata('voxhand.recording', metadata);
      if (part !== undefined) this.#close(part);
    } catch (error) {
      this.#fail(error);
    }
    this.#setEnd(end);
  }

  /** The disk refused. What is there gets its index and its name if there is room for that, else it stays partial. */
  #fail(cause: unknown): void {
    const part = this.#part;
    const path = (part ?? this.#snapshots.part)?.path ?? this.#parts.finished.at(-1)?.path ?? this.#setup.path;
    try {
      if (part !== undefined) this.#close(part);
    } catch {
      // the first error is the one that is reported
    }
    this.#setEnd({ reason: 'write-failed', error: writeFailed(cause, partialPath(path)).toJSON() });
  }

  #setEnd(end: RecordingEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#events.ended(end);
    for (const chunk of this.#snapshots.abandon(errorOf(end, this.#setup.path))) addAll(this.#unwritten, chunk);
  }

  /** Why so many bytes more may not be written; undefined where they may. */
  #refusal(bytes = 0): VoxhandError | undefined {
    const { minFreeBytes, path } = this.#setup;
    if (minFreeBytes <= 0) return undefined;
    const free = this.#disk.freeBytes(path);
    if (free - bytes >= minFreeBytes) return undefined;
    return new VoxhandError('WRITE_FAILED', 'the disk has too little left', {
      expected: `${minFreeBytes} bytes free${bytes === 0 ? '' : ` beside ${bytes} to write`}`,
      found: `${free}`,
      where: path,
    });
  }

  #countUnwritten(records: Uint8Array): void {
    for (const { channelId } of messageRecords(records)) this.#unwritten.add(channelId);
  }
}

/** The error for requests to a recording that has ended. */
function errorOf({ reason, error }: RecordingEnd, where: string): ErrorJson {
  return error ?? new VoxhandError('WRITE_FAILED', 'the recording has ended', { found: reason, where }).toJSON();
}

function addAll(counts: Counts<number>, { indexes }: Chunk): void {
  for (const { channelId, records } of indexes) counts.add(channelId, records.length);
}

function countsOf(counts: ReadonlyMap<number, number>): ChannelCount[] {
  return [...counts].map(([id, messages]) => ({ id, messages }));
}
