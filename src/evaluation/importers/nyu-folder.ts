import { basename, join } from 'node:path';
import { VoxhandError } from '../../errors/index.js';
import { exists, filesIn, findLabels } from '../../transport/mcap/folder-files.js';
import { DATA_SETS } from '../datasets/data-sets.js';
import { readBlueGreenDepth } from './depth-png.js';
import type { FolderReader } from './labelled-frame.js';
import { byNumber, numberedFrames } from './numbered-frames.js';
import { NYU_EXPORT_HINT, readNyuLabels } from './nyu-labels.js';

const LABELS = ['joint_data.npy', 'joint_data.txt', 'joint_data.csv'];

/** NYU: a folder of `depth_1_0000001.png` and so on (the front view) and an export of its joints, see `readNyuLabels`. */
export const readNyuFolder: FolderReader = async function* (folder, { labels }) {
  const set = DATA_SETS.nyu;
  const path = await findLabels(folder, LABELS, labels).catch(async (error: VoxhandError) => {
    if (!(await exists(join(folder, 'joint_data.mat')))) throw error;
    throw new VoxhandError('FILE_NOT_FOUND', 'joint_data.mat is a MATLAB file, which is not read', {
      expected: `${LABELS.join(' or ')} beside it; ${NYU_EXPORT_HINT}`,
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
