import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { DepthImage } from '../../depth/index.js';
import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import { POSITION_COUNT } from '../../hand/index.js';
import { exists, filesIn, naturalOrder, readBounded } from '../../transport/port/files.js';
import type { DataSet } from '../datasets/data-set.js';
import { DATA_SETS } from '../datasets/data-sets.js';
import { readBlueGreenDepth, readGreyDepth } from './depth-png.js';
import { decodeMsraBin, maxBinBytes } from './msra-bin.js';
import { NYU_EXPORT_HINT, readNyuLabels } from './nyu-labels.js';
import { type FolderReader, findLabels, type Label, type LabelledFrame, readLabels } from './pose-labels.js';

/** Images and labels of one sequence that belong together by their number. */
interface NumberedFrames {
  readonly sequence: string;
  readonly images: ReadonlyMap<number, string>;
  readonly labels: ReadonlyMap<number, Label>;
  /** What the annotation is called in messages. */
  readonly labelsName: string;
  /** What an image of this number would be called. */
  readonly nameOf: (number: number) => string;
  readonly read: (file: string) => Promise<DepthImage>;
}

/** All images and all labels in the order of their numbers; one without the other is named, with an error. */
function* numberedFrames(frames: NumberedFrames): Generator<LabelledFrame> {
  const { sequence, images, labels, labelsName, nameOf, read } = frames;
  const numbers = [...new Set([...images.keys(), ...labels.keys()])].sort((a, b) => a - b);
  for (const number of numbers) {
    const image = images.get(number);
    const label = labels.get(number);
    const file = image ?? nameOf(number);
    if (image === undefined) {
      yield { file, sequence, error: alone('no image for a line of joints', `${labelsName} has joints for it`) };
    } else if (label === undefined) {
      yield { file, sequence, error: alone('no joints for an image', `a frame of it in ${labelsName}`) };
    } else if (label instanceof VoxhandError) {
      yield { file, sequence, error: label };
    } else {
      yield { file, sequence, positions: label, image: () => read(image) };
    }
  }
}

function alone(summary: string, expected: string): VoxhandError {
  return new VoxhandError('FILE_INVALID', summary, { expected });
}

/** Files by the last number in their names. */
function byNumber(files: readonly string[]): Map<number, string> {
  return new Map(
    files.flatMap((file) => {
      const digits = /(\d{1,9})\D*$/.exec(file)?.[1];
      return digits === undefined ? [] : [[Number(digits), file] as const];
    }),
  );
}

/**
 * F-PHAB: one recording's folder of `depth_0000.png` and so on (or its `depth/`) and `skeleton.txt`, whose lines begin with
 * the image's number. The set keeps the two in different trees: `--labels` names the latter.
 */
export const readFphabFolder: FolderReader = async function* (folder, { labels }) {
  const set = DATA_SETS.fphab;
  const path = await findLabels(folder, ['skeleton.txt'], labels);
  const root = (await exists(join(folder, 'depth'))) ? join(folder, 'depth') : folder;
  const lines = new Map<number, Label>();
  const broken: { file: string; error: VoxhandError }[] = [];
  for await (const { line, pose, error } of readLabels(set, path)) {
    const file = `${basename(path)}, line ${line}`;
    const number = /^\d+$/.test(pose?.name ?? '') ? Number(pose?.name) : undefined;
    if (pose !== undefined && number !== undefined) lines.set(number, pose.positions);
    else broken.push({ file, error: error ?? numberless(file) });
  }
  yield* numberedFrames({
    sequence: '',
    images: byNumber(await filesIn(root, /^[^.].*\d\.png$/i)),
    labels: lines,
    labelsName: basename(path),
    nameOf: (number) => `depth_${String(number).padStart(4, '0')}.png`,
    read: (file) => readGreyDepth(set, join(root, file)),
  });
  for (const { file, error } of broken) yield { file, sequence: '', error };
};

function numberless(where: string): VoxhandError {
  return new VoxhandError('FILE_INVALID', 'a line does not name its frame', {
    expected: `the frame's number, then ${POSITION_COUNT} numbers`,
    where,
  });
}

const NYU_LABELS = ['joint_data.npy', 'joint_data.txt', 'joint_data.csv'];

/** NYU: a folder of `depth_1_0000001.png` and so on (the front view) and an export of its joints, see `readNyuLabels`. */
export const readNyuFolder: FolderReader = async function* (folder, { labels }) {
  const set = DATA_SETS.nyu;
  const path = await findLabels(folder, NYU_LABELS, labels).catch(async (error: VoxhandError) => {
    if (!(await exists(join(folder, 'joint_data.mat')))) throw error;
    throw new VoxhandError('FILE_NOT_FOUND', 'joint_data.mat is a MATLAB file, which is not read', {
      expected: `${NYU_LABELS.join(' or ')} beside it; ${NYU_EXPORT_HINT}`,
      where: folder,
    });
  });
  yield* numberedFrames({
    sequence: '',
    images: byNumber(await filesIn(folder, /^depth_1_\d+\.png$/)),
    labels: await readNyuLabels(path),
    labelsName: basename(path),
    nameOf: (number) => `depth_1_${String(number).padStart(7, '0')}.png`,
    read: (file) => readBlueGreenDepth(set, join(folder, file)),
  });
};

const MSRA_LABELS = 'joint.txt';

/** Folders below the one that is named: subject and gesture. */
const DEEPEST = 2;

/**
 * MSRA: a gesture's folder with `joint.txt` and `000000_depth.bin` and so on (the k-th line is about the file of number k),
 * or a folder of such folders (a subject, or all of them), each a sequence of its own.
 */
export const readMsraFolder: FolderReader = async function* (folder, { labels }) {
  const set = DATA_SETS.msra;
  const folders = labels === undefined ? await gestures(folder) : [folder];
  if (folders.length === 0) await findLabels(folder, [MSRA_LABELS]); // throws
  for (const gesture of folders) {
    const path = labels ?? join(gesture, MSRA_LABELS);
    const sequence = relative(folder, gesture);
    const inFolder = (file: string) => join(sequence, file);
    const { lines, broken } = await readLines(set, path);
    const images = byNumber(await filesIn(gesture, /^\d+_depth\.bin$/));
    yield* numberedFrames({
      sequence,
      images: new Map([...images].map(([number, file]) => [number, inFolder(file)])),
      labels: lines,
      labelsName: inFolder(basename(path)),
      nameOf: (number) => inFolder(`${String(number).padStart(6, '0')}_depth.bin`),
      read: async (file) =>
        decodeMsraBin(set, await readBounded(join(gesture, basename(file)), maxBinBytes(set)), file),
    });
    if (broken !== undefined) yield { file: inFolder(basename(path)), sequence, error: broken };
  }
};

/** The lines of an annotation by number from 0, none where it is no annotation, and what is wrong with it as a whole. */
async function readLines(set: DataSet, path: string): Promise<{ lines: Map<number, Label>; broken?: VoxhandError }> {
  const lines = new Map<number, Label>();
  let broken: VoxhandError | undefined;
  try {
    for await (const { line, pose, error } of readLabels(set, path)) {
      if (line === 0) broken = error;
      else if (pose !== undefined) lines.set(lines.size, pose.positions);
      else if (error !== undefined) lines.set(lines.size, error);
    }
  } catch (error) {
    return { lines: new Map(), broken: toVoxhandError(error) };
  }
  return { lines, ...(broken && { broken }) };
}

/** Folders with an annotation, in natural order. */
async function gestures(folder: string, depth = 0): Promise<string[]> {
  if (await exists(join(folder, MSRA_LABELS))) return [folder];
  if (depth === DEEPEST) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found: string[] = [];
  for (const name of folders.sort(naturalOrder)) found.push(...(await gestures(join(folder, name), depth + 1)));
  return found;
}
