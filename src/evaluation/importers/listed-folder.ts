import { basename, dirname, join } from 'node:path';
import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import { firstOf, pathWithin } from '../../transport/port/files.js';
import type { DataSet } from '../datasets/data-set.js';
import { DATA_SETS } from '../datasets/data-sets.js';
import { readGreyDepth } from './depth-png.js';
import { type FolderReader, findLabels, type LabelLine, type LabelledFrame, readLabels } from './pose-labels.js';

/** A data set whose annotation lists its images: the line names the file. */
interface Listed {
  readonly set: DataSet;
  /** Names that the annotation has in the folder. */
  readonly labels: readonly string[];
  /** Where images may be below the folder, else in it. */
  readonly images: readonly string[];
  /** Whether frames of one folder are one movement. */
  readonly sequences: boolean;
}

/** ICVL: `labels.txt` with lines of a path below `Depth/` and 16 x (u v d). */
export const readIcvlFolder = listedReader({
  set: DATA_SETS.icvl,
  labels: ['labels.txt'],
  images: ['Depth'],
  sequences: true,
});

/** HANDS 2017: `Training_Annotation.txt` and a folder of images. */
export const readHands17Folder = listedReader({
  set: DATA_SETS.hands17,
  labels: ['Training_Annotation.txt', 'training_annotation.txt'],
  images: ['images', join('frame', 'images')],
  sequences: false,
});

/** HANDS 2019: `training_joint_annotation.txt` and a folder of images. */
export const readHands19Folder = listedReader({
  set: DATA_SETS.hands19,
  labels: ['training_joint_annotation.txt', 'Training_Annotation.txt'],
  images: ['images', 'training_images', join('frame', 'images')],
  sequences: false,
});

function listedReader({ set, labels: names, images, sequences }: Listed): FolderReader {
  return async function* (folder, { labels }) {
    const path = await findLabels(folder, names, labels);
    const root = (await firstOf(folder, images)) ?? folder;
    for await (const line of readLabels(set, path)) yield frameOf(line, path, root);
  };

  function frameOf({ line, pose, error }: LabelLine, path: string, root: string): LabelledFrame {
    const place = `${basename(path)}, line ${line}`;
    if (pose?.name === undefined) return { file: place, sequence: '', error: error ?? nameless(place) };
    const { name, positions } = pose;
    const sequence = sequences ? dirname(name) : '';
    try {
      const image = pathWithin(root, name);
      return { file: name, sequence, positions, image: () => readGreyDepth(set, image) };
    } catch (thrown) {
      return { file: place, sequence, error: toVoxhandError(thrown) };
    }
  }
}

function nameless(where: string): VoxhandError {
  return new VoxhandError('FILE_INVALID', 'a line names no image', { expected: 'a file name, then numbers', where });
}
