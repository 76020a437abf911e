import type { DepthFrame, DepthImage } from '../../depth/index.js';
import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import type { HandJoints } from '../../hand/index.js';
import { DepthRecorder, type DepthRecorderOptions } from '../../recording/depth-recorder.js';

/** Frame id where nothing else is configured. */
export const OPTICAL_FRAME = 'camera_depth_optical_frame';
export const ONE_SECOND = 1_000_000_000n;

/** A frame that an import left out. */
export interface SkippedFrame {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

export interface RecordFramesOptions extends DepthRecorderOptions {
  /** Called with each frame that is left out. */
  readonly onSkip?: ((file: string, error: VoxhandError) => void) | undefined;
  /** Called after each frame that was written, with their number so far. */
  readonly onFrame?: ((done: number) => void) | undefined;
  /** Ends the import after the frame in hand; what was written stays valid. */
  readonly signal?: AbortSignal | undefined;
}

/** What an import makes of its frames. */
export interface FrameImport<Frame> {
  readonly frames: Iterable<Frame> | AsyncIterable<Frame>;
  readonly nameOf: (frame: Frame) => string;
  /** Its image; undefined where it has none. An error leaves the frame out. */
  readonly read: (frame: Frame) => Promise<DepthImage | undefined>;
  /** What is written. An error ends the import. */
  readonly place: (frame: Frame, image: DepthImage) => readonly [DepthFrame, HandJoints | undefined];
  /** What the folder should hold, for the error where no frame can be read. */
  readonly expected: string;
  readonly where: string;
  /** At most this many of the frames that were left out are listed; all are counted. Default all. */
  readonly mostListed?: number;
}

export interface RecordedFrames {
  readonly frames: number;
  readonly skippedFrames: number;
  /** The first of them. */
  readonly skipped: readonly SkippedFrame[];
  readonly aborted: boolean;
}

/**
 * Write the frames of a folder as a recording. Frames that cannot be read are left out, named and counted.
 *
 * @throws VoxhandError `RECORDING_EMPTY` where no frame could be read (nothing is written then); `WRITE_FAILED`; as `place`
 */
export async function recordFrames<Frame>(
  output: string,
  { frames, nameOf, read, place, expected, where, mostListed = Infinity }: FrameImport<Frame>,
  options: RecordFramesOptions,
): Promise<RecordedFrames> {
  const { signal, onSkip, onFrame } = options;
  const skipped: SkippedFrame[] = [];
  let skippedFrames = 0;
  let written = 0;
  const recorder = await DepthRecorder.create(output, options);
  try {
    for await (const frame of frames) {
      if (signal?.aborted) break;
      let image: DepthImage | undefined;
      try {
        image = await read(frame);
      } catch (thrown) {
        const error = toVoxhandError(thrown, 'FILE_INVALID');
        skippedFrames++;
        if (skipped.length < mostListed) {
          skipped.push({ file: nameOf(frame), code: error.code, message: error.message });
        }
        onSkip?.(nameOf(frame), error);
        continue;
      }
      if (image === undefined) continue;
      await recorder.write(...place(frame, image));
      written++;
      onFrame?.(written);
    }
    if (written === 0 && !signal?.aborted) {
      throw new VoxhandError('RECORDING_EMPTY', 'none of the frames can be read', {
        expected,
        found: skipped[0]?.message ?? 'none',
        where,
      });
    }
    await recorder.close();
  } catch (error) {
    await recorder.abort();
    throw error;
  }
  return { frames: written, skippedFrames, skipped, aborted: signal?.aborted ?? false };
}
