import type { DepthImage } from '../../depth/index.js';
import { VoxhandError } from '../../errors/index.js';
import type { LabelledFrame } from './labelled-frame.js';

/** Joints of one frame, or why they cannot be read. */
export type Label = Float64Array | VoxhandError;

/** Images and labels of one sequence that belong together by their number. */
export interface NumberedFrames {
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
export function* numberedFrames(frames: NumberedFrames): Generator<LabelledFrame> {
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
export function byNumber(files: readonly string[]): Map<number, string> {
  return new Map(
    files.flatMap((file) => {
      const digits = /(\d{1,9})\D*$/.exec(file)?.[1];
      return digits === undefined ? [] : [[Number(digits), file] as const];
    }),
  );
}
