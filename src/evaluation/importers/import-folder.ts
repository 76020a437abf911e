import { join } from 'node:path';
import { type CameraModel, type DepthImage, decodeCompressedDepth } from '../../depth/index.js';
import { VoxhandError } from '../../errors/index.js';
import { type Handedness, type HandJoints, JOINT_COUNT, lostHand } from '../../hand/index.js';
import { filesIn, readBounded } from '../../transport/port/files.js';
import { nodeInflate } from '../../transport/port/node-inflate.js';
import type { RecordFramesOptions, SkippedFrame } from './record-frames.js';
import { ONE_SECOND, OPTICAL_FRAME, recordFrames } from './record-frames.js';

/** No PNG of a depth camera is larger. */
const MOST_IMAGE_BYTES = 256 << 20;

export interface ImportOptions extends Omit<RecordFramesOptions, 'onFrame'> {
  /** Focal lengths and principal point, pixels; the size is that of the images. */
  readonly camera: Pick<CameraModel, 'fx' | 'fy' | 'cx' | 'cy'>;
  /** Metres per unit of the images. */
  readonly depthUnit: number;
  /** Frames per second; by default the images' own times, where their names are times: see `timesOf`. */
  readonly fps?: number | undefined;
  /** Stamp of the first image, nanoseconds, where times come from `fps`. Default one second: time 0 has a meaning of its own in ROS transforms. */
  readonly start?: bigint;
  /** Default `camera_depth_optical_frame`. */
  readonly frameId?: string;
  /** Ground truth, one for each image: 63 numbers in metres, or undefined where there is no hand. */
  readonly joints?: readonly (Float64Array | undefined)[];
  /** Of the hand in `joints`. Default `right`. */
  readonly handedness?: Handedness;
  /** Called after each image that was written. */
  readonly onFrame?: (done: number, total: number) => void;
}

export interface ImportSummary {
  readonly files: number;
  readonly frames: number;
  readonly skipped: readonly SkippedFrame[];
  readonly width: number;
  readonly height: number;
  readonly aborted: boolean;
}

/**
 * Make a recording from a folder of 16-bit PNGs, in natural order (`2.png` before `10.png`), one frame every 1 / fps
 * seconds; without `fps` at the times that are their names, in order of time. An image that cannot be read is left out and named; its
 * time stays empty.
 *
 * @throws VoxhandError `USAGE` without `fps` where names are no times; `FILE_NOT_FOUND` for a folder that is not there or holds no PNG; `FILE_INVALID` where `joints` are
 * not as many as images; `DEPTH_SIZE` where images differ in size; `RECORDING_EMPTY` where none could be read (nothing is
 * written then); `WRITE_FAILED`.
 */
export async function importFolder(folder: string, output: string, options: ImportOptions): Promise<ImportSummary> {
  const { camera, depthUnit, fps, joints, frameId = OPTICAL_FRAME, start = ONE_SECOND } = options;
  const names = await pngFiles(folder);
  const times = fps === undefined ? timesOf(names) : undefined;
  if (fps === undefined && times === undefined) {
    throw new VoxhandError('USAGE', 'the times of the images are not known', {
      expected:
        'fps (--fps), or images whose names are times: 1305031102.160407.png in seconds, 1403636579763555584.png in nanoseconds',
      found: names[0],
      where: folder,
    });
  }
  const order = names.map((_, i) => i);
  if (times !== undefined) order.sort((a, b) => (times[a] < times[b] ? -1 : 1));
  const files = order.map((i) => names[i]);
  if (joints !== undefined && joints.length !== files.length) {
    throw new VoxhandError('FILE_INVALID', 'joints and images do not go together', {
      expected: `${files.length} frames of joints, one for each PNG in ${folder}`,
      found: `${joints.length}`,
    });
  }
  let first: { file: string; image: DepthImage } | undefined;
  const { frames, skipped, aborted } = await recordFrames(
    output,
    {
      frames: files.entries(),
      nameOf: ([, file]) => file,
      read: ([, file]) => readDepthPng(join(folder, file), depthUnit),
      place: ([index, file], image) => {
        first ??= { file, image };
        checkSameSize(first, { file, image });
        const stamp = times?.[order[index]] ?? start + BigInt(Math.round((index * 1e9) / (fps ?? 1)));
        const { width, height } = image;
        return [{ stamp, frameId, ...image, camera: { ...camera, width, height } }, truthOf(index, stamp)];
      },
      expected: '16-bit grey PNGs',
      where: folder,
    },
    { ...options, onFrame: (done) => options.onFrame?.(done, files.length) },
  );
  const { width = 0, height = 0 } = first?.image ?? {};
  return { files: files.length, frames, skipped, width, height, aborted };

  function truthOf(index: number, stamp: bigint): HandJoints | undefined {
    if (joints === undefined) return undefined;
    const positions = joints[index];
    const none = lostHand(stamp, frameId, options.handedness ?? 'right');
    if (positions === undefined) return none;
    return { ...none, tracked: true, positions, confidences: new Float32Array(JOINT_COUNT).fill(1) };
  }
}

/** Names that are times: seconds with their fraction (TUM), or whole nanoseconds (EuRoC), since 1970. */
const SECONDS = /^(\d{9,10})\.(\d{1,9})\.png$/i;
const NANOSECONDS = /^(\d{19})\.png$/i;

/** The times that file names are, nanoseconds; undefined where one of them is none, or two are the same. */
export function timesOf(names: readonly string[]): readonly bigint[] | undefined {
  const times = names.flatMap((name) => {
    const [, seconds, fraction = ''] = SECONDS.exec(name) ?? [];
    if (seconds !== undefined) return BigInt(seconds) * ONE_SECOND + BigInt(fraction.padEnd(9, '0'));
    return BigInt(NANOSECONDS.exec(name)?.[1] ?? -1);
  });
  return times.some((time) => time < 0n) || new Set(times).size < times.length ? undefined : times;
}

/** Names of the PNGs of a folder in natural order. */
async function pngFiles(folder: string): Promise<string[]> {
  const names = await filesIn(folder, /^/);
  const files = names.filter((name) => /^[^.].*\.png$/i.test(name));
  if (files.length === 0) {
    const found = `${names.length} other files`;
    throw new VoxhandError('FILE_NOT_FOUND', 'no images', { expected: '16-bit PNGs', found, where: folder });
  }
  return files;
}

async function readDepthPng(path: string, depthUnit: number): Promise<DepthImage> {
  return decodeCompressedDepth(
    { format: 'png', data: await readBounded(path, MOST_IMAGE_BYTES) },
    { depthUnit, inflate: nodeInflate },
  );
}

function checkSameSize(first: { file: string; image: DepthImage }, next: { file: string; image: DepthImage }): void {
  const [wanted, found] = [first, next].map(({ image }) => `${image.width} x ${image.height}`);
  if (wanted === found) return;
  throw new VoxhandError('DEPTH_SIZE', 'images of different sizes cannot be one recording', {
    expected: `${wanted} as in ${first.file}`,
    found,
    where: next.file,
  });
}
