import { stat } from 'node:fs/promises';
import type { DepthRecorder } from '../recording/index.js';
import type { StopSignal } from './stop-signal.js';
import type { Terminal } from './terminal.js';

export interface RecordFramesOptions<Frame> {
  /** The recording's path. */
  readonly output: string;
  /** Closed at the end; aborted where a frame cannot be written. */
  readonly recorder: Pick<DepthRecorder, 'close' | 'abort'>;
  readonly total: number;
  readonly terminal: Terminal;
  /** Ends it before all frames are written; released. */
  readonly stop: StopSignal;
  /** Writes one frame; says whether a hand is known to be in it. */
  readonly write: (frame: Frame) => Promise<boolean>;
}

/** Write frame after frame into a recording, with progress. */
export async function recordFrames<Frame>(
  frames: Iterable<Frame>,
  { output, recorder, total, terminal, stop, write }: RecordFramesOptions<Frame>,
): Promise<{ readonly frames: number; readonly withHand: number; readonly bytes: number }> {
  const progress = terminal.progress(total, 'frames');
  let done = 0;
  let withHand = 0;
  try {
    for (const frame of frames) {
      if (stop.signal.aborted) break;
      if (await write(frame)) withHand++;
      progress.update(++done);
      await new Promise(setImmediate); // signals are heard between frames
    }
    await recorder.close();
  } catch (error) {
    await recorder.abort();
    throw error;
  } finally {
    progress.end();
    stop.release();
  }
  const { size } = await stat(output);
  return { frames: done, withHand, bytes: size };
}
