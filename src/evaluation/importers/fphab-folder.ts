import { basename, join } from 'node:path';
import { VoxhandError } from '../../errors/index.js';
import { exists, filesIn, findLabels } from '../../transport/mcap/folder-files.js';
import { DATA_SETS } from '../datasets/data-sets.js';
import { readGreyDepth } from './depth-png.js';
import type { FolderReader } from './labelled-frame.js';
import { byNumber, type Label, numberedFrames } from './numbered-frames.js';
import { readLabels } from './pose-labels.js';

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
  return new VoxhandError('FILE_INVALID', 'a line does not say its frame', {
    expected: "the frame's number, then 63 numbers",
    where,
  });
}
