import { resolve } from 'node:path';
import { VoxhandError } from '../../errors/index.js';
import type { SnapshotOutcome } from './recording-sink.js';

export interface SnapshotServiceOptions {
  /** Why, in the file's metadata; `service` by default. */
  readonly reason?: string;
  /** The longest that an answer may take, seconds; 30 by default. The file may still be finished after it. */
  readonly waitSeconds?: number;
}

/**
 * What a service without a request does that has a recorder's ring written: `host.trigger('~/snapshot', snapshotService(recorder))`
 * on ROS 2, and the like elsewhere. A call while another one's file is being written is refused.
 *
 * @param recording a `Recorder` or a `RecordingSink` with a ring
 * @returns a function that gives the file's absolute path when the file is whole and on the disk.
 * It throws VoxhandError as {@link SnapshotOutcome.error}, and `USAGE` while one is being written.
 */
export function snapshotService(
  recording: { snapshot(reason: string): Promise<SnapshotOutcome> },
  { reason = 'service', waitSeconds = 30 }: SnapshotServiceOptions = {},
): () => Promise<string> {
  let isWriting = false;
  const write = async () => {
    isWriting = true;
    try {
      return await recording.snapshot(reason);
    } finally {
      isWriting = false;
    }
  };
  return async () => {
    if (isWriting) {
      throw new VoxhandError('USAGE', 'a snapshot is still being written', { expected: 'a call when it is there' });
    }
    const outcome = await within(write(), waitSeconds);
    if (outcome === undefined) {
      throw new VoxhandError('USAGE', 'the snapshot is still being written; the recorder says when it is there', {
        found: `nothing after ${waitSeconds} s`,
      });
    }
    const { part, error } = outcome;
    if (error !== undefined) throw error;
    return resolve((part as NonNullable<typeof part>).path);
  };
}

/** Undefined where it takes longer. */
async function within<T>(promise: Promise<T>, seconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), 1000 * seconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
