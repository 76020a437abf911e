import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { toVoxhandError, type VoxhandError } from '../../errors/index.js';
import { exists, filesIn, findLabels, naturalOrder, readBounded } from '../../transport/mcap/folder-files.js';
import type { DataSet } from '../datasets/data-set.js';
import { DATA_SETS } from '../datasets/data-sets.js';
import type { FolderReader } from './labelled-frame.js';
import { decodeMsraBin, maxBinBytes } from './msra-bin.js';
import { byNumber, type Label, numberedFrames } from './numbered-frames.js';
import { readLabels } from './pose-labels.js';

const LABELS = 'joint.txt';

/** Folders below the one that is named: subject and gesture. */
const DEEPEST = 2;

/**
 * MSRA: a gesture's folder with `joint.txt` and `000000_depth.bin` and so on (the k-th line is about the file of number k),
 * or a folder of such folders (a subject, or all of them), each a sequence of its own.
 */
export const readMsraFolder: FolderReader = async function* (folder, { labels }) {
  const set = DATA_SETS.msra;
  const folders = labels === undefined ? await gestures(folder) : [folder];
  if (folders.length === 0) await findLabels(folder, [LABELS]); // throws
  for (const gesture of folders) {
    const path = labels ?? join(gesture, LABELS);
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
  if (await exists(join(folder, LABELS))) return [folder];
  if (depth === DEEPEST) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found: string[] = [];
  for (const name of folders.sort(naturalOrder)) found.push(...(await gestures(join(folder, name), depth + 1)));
  return found;
}
