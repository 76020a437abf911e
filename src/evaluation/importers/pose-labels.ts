import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import type { DataSet } from '../datasets/data-set.js';
import { MAX_LINE_LENGTH } from '../datasets/pose-line.js';
import { type PoseLine, PoseReader } from '../datasets/pose-reader.js';
import { readTextLines } from '../text-lines.js';

/** One frame of an annotation, or why it cannot be read. */
export interface LabelLine {
  /** From 1; 0 for an error of the file as a whole. */
  readonly line: number;
  readonly pose?: PoseLine;
  readonly error?: VoxhandError;
}

/**
 * The frames of a text annotation one by one; a line that cannot be read is a frame too. A count at the top that is not kept
 * comes last, as an error of line 0.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`; `FILE_INVALID` for what is no text, and at the end for an annotation that should
 * begin with a count and does not
 */
export async function* readLabels(set: DataSet, path: string): AsyncGenerator<LabelLine> {
  const reader = new PoseReader(set, { where: path, truth: true });
  let frames = 0;
  for await (const lines of readTextLines(path, MAX_LINE_LENGTH)) {
    for (const { number: line, text } of lines) {
      try {
        const pose = reader.read(text, line);
        if (pose === undefined) continue;
        yield { line, pose };
      } catch (error) {
        yield { line, error: toVoxhandError(error) };
      }
      frames++;
    }
  }
  const { announced } = reader;
  if (announced === undefined && set.countedAnnotation) {
    throw new VoxhandError('FILE_INVALID', 'the annotation does not begin with the number of its frames', {
      where: path,
    });
  }
  if (announced === undefined || announced === frames) return;
  const error = new VoxhandError('FILE_INVALID', 'the annotation has not the frames that it announces', {
    expected: `${announced} frames`,
    found: `${frames}`,
    where: path,
  });
  yield { line: 0, error };
}
