import type { RecordedPart, RecordingEnd } from './recorder-protocol.js';

/** What became of one topic's messages: `received = written + forgotten + the sum of dropped`, exactly. */
export interface RecordedTopic {
  readonly topic: string;
  readonly schemaName: string;
  readonly received: number;
  readonly written: number;
  /** Passed through the ring of a snapshot recording without being asked for. */
  readonly forgotten: number;
  /**
   * Not written, by cause: `queue-full` (the disk or the compression was slower than the messages), `too-large`, or how the
   * recording ended before they came: `max-bytes`, `max-duration`, `min-free`, `write-failed`, `stopped`. `min-free` are also
   * messages of a snapshot that had to do without them.
   */
  readonly dropped: Readonly<Record<string, number>>;
}

/** What a recorder has done. */
export interface RecordingReport {
  readonly parts: readonly RecordedPart[];
  readonly end: RecordingEnd;
  readonly topics: readonly RecordedTopic[];
  readonly received: number;
  readonly written: number;
  /** Of the files together. */
  readonly bytes: number;
  /** See `WrittenSummary`. */
  readonly unpackedChunks: number;
  readonly repeated: number;
  readonly refused: number;
}

/** Causes that a user has asked for: what came later is no loss. */
export const WANTED_ENDS: readonly string[] = ['max-bytes', 'max-duration', 'stopped'];

/** Whether something is missing that should have been recorded. */
export function hasRecordingLoss({ topics, end, parts, refused }: RecordingReport): boolean {
  const dropped = topics.some((topic) => Object.keys(topic.dropped).some((cause) => !WANTED_ENDS.includes(cause)));
  return dropped || refused > 0 || !WANTED_ENDS.includes(end.reason) || parts.some(({ whole }) => !whole);
}
