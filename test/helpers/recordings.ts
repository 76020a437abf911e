import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng16 } from '../../src/depth/png16.js';
import { ONE_SECOND } from '../../src/evaluation/importers/record-frames.js';
import { DepthRecorder, type DepthRecorderOptions } from '../../src/recording/depth-recorder.js';
import { type SyntheticFrame, syntheticStream } from '../../src/synthetic/synthetic-stream.js';

/**
 * The same few frames for everybody: a synthetic hand, 320 x 240, 30 frames a second from one second on.
 *
 * @param distinct after so many pictures the first comes again, with stamps that go on
 */
export function smallFrames(frames: number, distinct = frames): SyntheticFrame[] {
  const camera = { width: 320, height: 240, fx: 238, fy: 238, cx: 159.5, cy: 119.5 };
  const stream = [...syntheticStream({ frames: distinct, camera, seed: 1, start: ONE_SECOND })];
  return Array.from({ length: frames }, (_, i) => {
    const { frame, truth, ...rest } = stream[i % distinct];
    const stamp = i < distinct ? frame.stamp : ONE_SECOND + BigInt(Math.round((i * 1e9) / 30));
    return { ...rest, frame: { ...frame, stamp }, truth: { ...truth, stamp } };
  });
}

export interface SmallRecordingOptions extends DepthRecorderOptions {
  readonly frames?: number;
  /** See {@link smallFrames}. */
  readonly distinct?: number;
  /** Leave the ground truth out. */
  readonly withoutTruth?: boolean;
}

/** Write {@link smallFrames} as a recording; gives its path back. */
export async function smallRecording(path: string, options: SmallRecordingOptions = {}): Promise<string> {
  const { frames = 8, distinct, withoutTruth = false, ...recorderOptions } = options;
  const recorder = await DepthRecorder.create(path, { codec: 'rvl', ...recorderOptions });
  for (const { frame, truth } of smallFrames(frames, distinct))
    await recorder.write(frame, withoutTruth ? undefined : truth);
  await recorder.close();
  return path;
}

/** Write frames as a folder's PNGs `1.png`, `2.png`, ... in millimetres, and their truth as a file of joints. */
export async function smallFolder(folder: string, frames = 11): Promise<{ joints: string }> {
  const lines: string[] = [];
  for (const [i, { frame, truth }] of smallFrames(frames).entries()) {
    const data = Uint16Array.from(frame.depth, (z) => Math.round(1000 * z));
    await writeFile(join(folder, `${i + 1}.png`), encodePng16({ width: frame.width, height: frame.height, data }));
    lines.push(Array.from(truth.positions, (value) => (1000 * value).toFixed(8)).join(' '));
  }
  const joints = join(folder, 'joints.txt');
  await writeFile(joints, `# 63 numbers a line\n${lines.join('\n')}\n`);
  return { joints };
}
