import { toVoxhandError, VoxhandError } from '../../../hand/errors.js';
import type { RecordedChannel, RecordedSchema } from '../channel-registry.js';
import { type Chunk, packChunk } from './chunk.js';
import { ZSTD_LEVELS } from './compression.js';
import type { Disk } from './disk.js';
import { LatchedMessages } from './latched-messages.js';
import { messageRecords } from './message-record.js';
import { PartFile, partialPath } from './part-file.js';
import {
  type ChannelCount,
  partPath,
  type RecordedPart,
  type RecordingEnd,
  type WriterSetup,
  type WrittenSummary,
} from './recorder-protocol.js';
import { SnapshotRing } from './snapshot-ring.js';

/** Above this share of the backlog that is allowed, chunks are written as they are: nothing is lost for the sake of size. */
const UNPACKED_ABOVE = 0.5;

export interface WriterEvents {
  part(part: RecordedPart): void;
  ended(end: RecordingEnd): void;
}

/**
 * What the recorder's worker does with the messages that it is given: packs them into chunks, writes them into parts, ends
 * at a limit or at the disk's end. Blocks its thread; knows nothing of threads itself.
 *
 * After the end, whatever its reason, further messages are counted as unwritten and nothing throws.
 */
export class RecordingWriter {
  readonly #disk: Disk;
  readonly #setup: WriterSetup;
  readonly #events: WriterEvents;
  readonly #schemas = new Map<number, RecordedSchema>();
  readonly #channels = new Map<number, RecordedChannel>();
  readonly #latched = new LatchedMessages();
  readonly #ring: SnapshotRing | undefined;
  readonly #parts: RecordedPart[] = [];
  readonly #written = new Map<number, number>();
  readonly #unwritten = new Map<number, number>();
  readonly #forgotten = new Map<number, number>();
  #part: PartFile | undefined;
  #partIndex = 0;
  #partStart: bigint | undefined;
  #startTime: bigint | undefined;
  #finishedBytes = 0;
  #unpackedChunks = 0;
  #repeated = 0;
  #end: RecordingEnd | undefined;
  #unsynced = false;

  /** @throws VoxhandError `WRITE_FAILED` where the first file cannot be created; `USAGE` where it is there already. */
  constructor(disk: Disk, setup: WriterSetup, events: WriterEvents) {
    this.#disk = disk;
    this.#setup = setup;
    this.#events = events;
    try {
      this.#refuseFullDisk();
      if (setup.ring === undefined) this.#part = this.#begin();
      else this.#refuseExisting(this.#nextPath());
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
    if (schema !== undefined) this.#schemas.set(schema.id, schema);
    this.#channels.set(channel.id, channel);
    if (latched) this.#latched.add(channel.id);
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
    this.#finish({ reason: 'max-duration' });
  }

  /** Write what is in the ring as a recording of its own, and begin it anew. Nothing happens where it is empty. */
  snapshot(reason: string): void {
    if (this.#ring === undefined || this.#end !== undefined) return;
    const chunks = this.#ring.takeAll();
    if (chunks.length === 0) return;
    let written = 0;
    try {
      if (this.#isDiskFull()) this.#finish({ reason: 'min-free' });
      else {
        this.#part = this.#begin({ reason });
        this.#repeatLatched(chunks[0].startTime);
        for (; written < chunks.length && this.#fits(chunks[written]); written++) this.#append(chunks[written]);
        this.#close(this.#part, reason);
        if (written < chunks.length) this.#finish({ reason: 'max-bytes' });
      }
    } catch (error) {
      this.#fail(error, reason);
    }
    for (const chunk of chunks.slice(written)) addAll(this.#unwritten, chunk);
  }

  /** Now and then, at least as often as messages must be safe: brings them to the disk, and looks how much it has left. */
  tick(): void {
    const part = this.#part;
    if (this.#end !== undefined || part === undefined) return;
    try {
      if (this.#isDiskFull()) this.#finish({ reason: 'min-free' });
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
   * Finish the part that is open. What is in a ring and was not asked for is forgotten.
   *
   * @param metadata facts that are known only now
   */
  close(metadata: Readonly<Record<string, string>> = {}): WrittenSummary {
    if (this.#end === undefined) this.#finish({ reason: 'stopped' }, metadata);
    for (const chunk of this.#ring?.takeAll() ?? []) addAll(this.#forgotten, chunk);
    return {
      parts: this.#parts,
      end: this.#end ?? { reason: 'stopped' },
      written: countsOf(this.#written),
      unwritten: countsOf(this.#unwritten),
      forgotten: countsOf(this.#forgotten),
      unpackedChunks: this.#unpackedChunks,
      repeated: this.#repeated,
    };
  }

  #take(records: Uint8Array, backlog: number): void {
    const chunk = this.#pack(records, backlog);
    this.#startTime ??= chunk.startTime;
    if (this.#ring !== undefined) {
      this.#latched.see(records);
      // an unpacked chunk's data are the caller's
      const data = chunk.compression === '' ? new Uint8Array(chunk.data) : chunk.data;
      for (const gone of this.#ring.push({ ...chunk, data })) addAll(this.#forgotten, gone);
      return;
    }
    if (this.#isPartFull(chunk)) {
      this.#close(this.#part as PartFile);
      this.#part = this.#begin();
      this.#repeatLatched(chunk.startTime);
    }
    if (!this.#fits(chunk)) {
      addAll(this.#unwritten, chunk);
      this.#finish({ reason: 'max-bytes' });
      return;
    }
    this.#append(chunk);
    this.#latched.see(records);
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

  #isPartFull(chunk: Chunk): boolean {
    const { splitBytes, splitNs } = this.#setup;
    const part = this.#part as PartFile;
    if (part.counts.messages === 0) return false;
    const partStart = this.#partStart ?? chunk.endTime;
    // either way: a clock that jumps back begins a part of its own
    if (splitNs !== undefined && distance(chunk.endTime, partStart) > splitNs) return true;
    return splitBytes !== undefined && this.#bytesWith(part, chunk) > splitBytes;
  }

  #fits(chunk: Chunk): boolean {
    const { maxBytes } = this.#setup;
    return maxBytes === undefined || this.#finishedBytes + this.#bytesWith(this.#part as PartFile, chunk) <= maxBytes;
  }

  #bytesWith(part: PartFile, chunk: Chunk): number {
    const channels = this.#missingChannels(part, chunk);
    return part.bytesWith(chunk, channels, this.#schemasOf(channels));
  }

  #missingChannels(part: PartFile, { indexes }: Chunk): RecordedChannel[] {
    return indexes.flatMap(({ channelId }) => {
      const channel = part.has(channelId) ? undefined : this.#channels.get(channelId);
      return channel === undefined ? [] : [channel];
    });
  }

  #schemasOf(channels: readonly RecordedChannel[]): RecordedSchema[] {
    return channels.flatMap(({ schemaId }) => this.#schemas.get(schemaId) ?? []);
  }

  #append(chunk: Chunk, repeated = false): void {
    const part = this.#part as PartFile;
    const channels = this.#missingChannels(part, chunk);
    for (const schema of this.#schemasOf(channels)) part.addSchema(schema);
    for (const channel of channels) part.addChannel(channel);
    part.addChunk(chunk);
    this.#partStart ??= chunk.startTime;
    this.#unsynced = true;
    if (repeated) return;
    addAll(this.#written, chunk);
  }

  /** Say again at the beginning of a part what was said once. */
  #repeatLatched(logTime: bigint): void {
    const { records, count } = this.#latched.recordsAt(logTime);
    if (count === 0) return;
    this.#append(packChunk(records), true);
    this.#repeated += count;
  }

  #begin(more: Readonly<Record<string, string>> = {}): PartFile {
    const path = this.#nextPath();
    this.#refuseExisting(path);
    this.#keepCrashed(path);
    const { profile, library } = this.#setup;
    const part = this.#isSplit() ? { part: String(this.#partIndex) } : {};
    this.#partIndex++;
    this.#partStart = undefined;
    return new PartFile(this.#disk, path, {
      profile,
      library,
      metadata: { ...this.#setup.metadata, ...part, ...more },
    });
  }

  #isSplit(): boolean {
    const { splitBytes, splitNs, ring } = this.#setup;
    return splitBytes !== undefined || splitNs !== undefined || ring !== undefined;
  }

  #nextPath(): string {
    return partPath(this.#setup.path, this.#isSplit() ? this.#partIndex : undefined);
  }

  #refuseExisting(path: string): void {
    if (this.#setup.overwrite || !this.#disk.exists(path)) return;
    throw new VoxhandError('USAGE', 'there is a recording of this name already', {
      expected: 'another name, or leave to overwrite it',
      where: path,
    });
  }

  /** What a recorder that was killed has left behind is not overwritten. */
  #keepCrashed(path: string): void {
    const partial = partialPath(path);
    if (!this.#disk.exists(partial)) return;
    let number = 1;
    while (this.#disk.exists(`${partial}.${number}`)) number++;
    this.#disk.rename(partial, `${partial}.${number}`);
  }

  /** @throws what the system says; the part is closed and reported all the same. */
  #close(part: PartFile, reason?: string): void {
    this.#part = undefined;
    this.#unsynced = false;
    try {
      part.finish();
    } catch (error) {
      this.#report(part, false, reason);
      throw error;
    }
    this.#report(part, true, reason);
  }

  #report(part: PartFile, whole: boolean, reason?: string): void {
    const { path, counts } = part;
    const report = { path, ...counts, whole, ...(reason === undefined ? {} : { reason }) };
    this.#finishedBytes += counts.bytes;
    this.#parts.push(report);
    this.#events.part(report);
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
  #fail(cause: unknown, reason?: string): void {
    const part = this.#part;
    const where = partialPath(part?.path ?? this.#parts.at(-1)?.path ?? this.#setup.path);
    try {
      if (part !== undefined) this.#close(part, reason);
    } catch {
      // the first error is the one that is told
    }
    this.#setEnd({ reason: 'write-failed', error: writeFailed(cause, where).toJSON() });
  }

  #setEnd(end: RecordingEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#events.ended(end);
  }

  #isDiskFull(): boolean {
    const { minFreeBytes, path } = this.#setup;
    return minFreeBytes > 0 && this.#disk.freeBytes(path) < minFreeBytes;
  }

  #refuseFullDisk(): void {
    if (!this.#isDiskFull()) return;
    throw new VoxhandError('WRITE_FAILED', 'the disk has too little left to record', {
      expected: `${this.#setup.minFreeBytes} bytes free`,
      found: `${this.#disk.freeBytes(this.#setup.path)}`,
      where: this.#setup.path,
    });
  }

  #countUnwritten(records: Uint8Array): void {
    for (const { channelId } of messageRecords(records)) add(this.#unwritten, channelId, 1);
  }
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}

function add(counts: Map<number, number>, channelId: number, messages: number): void {
  counts.set(channelId, (counts.get(channelId) ?? 0) + messages);
}

function addAll(counts: Map<number, number>, { indexes }: Chunk): void {
  for (const { channelId, records } of indexes) add(counts, channelId, records.length);
}

function countsOf(counts: ReadonlyMap<number, number>): ChannelCount[] {
  return [...counts].map(([id, messages]) => ({ id, messages }));
}

function writeFailed(cause: unknown, where: string): VoxhandError {
  if (cause instanceof VoxhandError) return cause;
  const { message } = toVoxhandError(cause);
  return new VoxhandError('WRITE_FAILED', message, { where, cause });
}
