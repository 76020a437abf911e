import type { VoxhandError } from '../../errors/voxhand-error.js';
import type { RecordedChannel, RecordedSchema } from '../../transport/mcap/channel-registry.js';

/**
 * All that passes between the main thread and the recorder's worker.
 *
 * ```text
 * main                              worker
 *   ── workerData: WriterSetup ──▶    create the first part
 *   ◀── ready | refused ──
 *   ── channel ──▶                    before the first message of each
 *   ── slab (records) ──▶             pack, write
 *   ◀── spare (the same buffer) ──
 *   ── describe ──▶                   say where the recording comes from, as far as it is known only now
 *   ── snapshot ──▶                   write what is in the ring, between slabs
 *   ◀── part ──                       whenever a file is finished
 *   ◀── ended ──                      a limit or the disk: nothing is written any more
 *   ◀── snapshot ──                   what came of it, one for each that was asked for, with its number
 *   ── close ──▶                      finish the part
 *   ◀── closed ──
 * ```
 *
 * A slab's buffer is in the transfer list of its message, there and back: it changes hands and is never copied.
 */
export interface WriterSetup {
  /** The first file, or what the names of the files are made of: see {@link partPath}. */
  readonly path: string;
  readonly profile: string;
  readonly library: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly compression: RecordingCompression;
  /** A part ends before it has more bytes than this. */
  readonly splitBytes?: number;
  /** A part ends when its messages cover this time, nanoseconds. */
  readonly splitNs?: bigint;
  /** The recording ends before its files have more bytes than this together. */
  readonly maxBytes?: number;
  /** The recording ends when its messages cover this time, nanoseconds. */
  readonly maxNs?: bigint;
  /** The recording ends when the disk has less left than this; with a ring, a snapshot is refused that would leave less. */
  readonly minFreeBytes: number;
  /** Keep the newest messages in memory and write them when asked to; `bytes` holds for what is being written, too. */
  readonly ring?: { readonly ns: bigint; readonly bytes: number };
  /** Milliseconds between two calls that bring what was written to the disk. */
  readonly syncMs: number;
  /** A file of the same name is replaced; else it is an error. */
  readonly overwrite: boolean;
  /** Bytes that may wait for the worker. */
  readonly pendingBytes: number;
}

export interface WorkerSetup extends WriterSetup {
  /** One 32-bit integer: kilobytes that wait for the worker by now. */
  readonly backlog: SharedArrayBuffer;
}

export type RecorderRequest =
  | {
      readonly type: 'channel';
      readonly channel: RecordedChannel;
      readonly schema?: RecordedSchema;
      readonly latched: boolean;
    }
  /** The first `length` bytes of the buffer are message records. */
  | { readonly type: 'slab'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly type: 'describe'; readonly values: Readonly<Record<string, string>> }
  | { readonly type: 'snapshot'; readonly number: number; readonly reason: string }
  /** `metadata` is written into the last part, under `voxhand.recording`. */
  | { readonly type: 'close'; readonly metadata: Readonly<Record<string, string>> };

export type RecorderReply =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly error: ErrorJson }
  | { readonly type: 'spare'; readonly buffer: ArrayBuffer }
  | { readonly type: 'part'; readonly part: RecordedPart }
  | { readonly type: 'ended'; readonly end: RecordingEnd }
  | { readonly type: 'snapshot'; readonly number: number; readonly result: SnapshotResult }
  | { readonly type: 'closed'; readonly written: WrittenSummary };

export type ErrorJson = ReturnType<VoxhandError['toJSON']>;

/** A file of a recording. */
export interface RecordedPart {
  readonly path: string;
  readonly bytes: number;
  readonly messages: number;
  /** First and last log time, nanoseconds; absent in a file without messages. */
  readonly startTime?: bigint;
  readonly endTime?: bigint;
  /** It has its index and its name. Where false, the file is `path` with `.partial` and breaks off after its last message. */
  readonly whole: boolean;
  /** Why a snapshot was written. */
  readonly reason?: string;
}

/** What came of a request to write the ring. */
export interface SnapshotResult {
  /** The file; absent where none was begun. */
  readonly part?: RecordedPart;
  /** Why not all of the ring is in a file that is whole. */
  readonly error?: ErrorJson;
}

/**
 * Why a recording ended.
 *
 * - `stopped`: it was asked to, or its sources ended
 * - `max-bytes`, `max-duration`: its limits
 * - `min-free`: the disk has less left than it must
 * - `write-failed`: the disk refused; `error` has its text
 */
export const RECORDING_ENDS = ['stopped', 'max-bytes', 'max-duration', 'min-free', 'write-failed'] as const;
export interface RecordingEnd {
  readonly reason: (typeof RECORDING_ENDS)[number];
  readonly error?: ErrorJson;
}

export interface ChannelCount {
  readonly id: number;
  readonly messages: number;
}

/** What the worker has written. */
export interface WrittenSummary {
  readonly parts: readonly RecordedPart[];
  readonly end: RecordingEnd;
  /** Messages by channel; those that were repeated at the beginning of a part are not counted. */
  readonly written: readonly ChannelCount[];
  /** Messages that came when the recording had ended, or that the disk did not take; by channel. */
  readonly unwritten: readonly ChannelCount[];
  /** Messages of snapshots that were cut short, or not begun, because the disk had too little left; by channel. */
  readonly leftOut: readonly ChannelCount[];
  /** Messages that fell out of the ring, or were in it at the end, and that nobody asked for; by channel. */
  readonly forgotten: readonly ChannelCount[];
  /** Chunks that were written as they were because packing them would have taken too long. */
  readonly unpackedChunks: number;
  /** Messages that were written a second time at the beginning of a part. */
  readonly repeated: number;
  /** Snapshots that were asked for and are not there, or not whole, though the recording went on. */
  readonly refused: number;
}

/**
 * The name of a file of a recording: `cell.mcap` for the only one, else `cell_0.mcap`, `cell_1.mcap` and so on.
 *
 * @param index undefined: the recording is not split
 */
export function partPath(path: string, index: number | undefined): string {
  if (index === undefined) return path;
  return path.endsWith('.mcap') ? `${path.slice(0, -'.mcap'.length)}_${index}.mcap` : `${path}_${index}`;
}

/**
 * How chunks are packed. `none`: as they are, for fast disks. `fast`: zstd at its quick levels, which raw depth images shrink
 * several times by. `small`: zstd at a level that takes several times as long for some percent.
 */
export const RECORDING_COMPRESSIONS = ['none', 'fast', 'small'] as const;
export type RecordingCompression = (typeof RECORDING_COMPRESSIONS)[number];

/** zstd's levels. */
export const ZSTD_LEVELS: Readonly<Record<Exclude<RecordingCompression, 'none'>, number>> = { fast: 1, small: 6 };
