import type { VoxhandError } from '../../errors/voxhand-error.js';
import type { AnswerFloats, GridBytes, PictureSize } from './worker-protocol.js';

/** A model that is open in the worker, whatever it looks at. */
export interface OpenModel {
  /** Whether {@link runBatch} may be called. */
  readonly batches: boolean;
  /**
   * @param spare buffers to write into; those that are missing are allocated
   * @param size of a picture; absent with a grid
   * @returns the mean, then each member where there are several and they are asked for
   */
  run(
    input: GridBytes,
    spare: readonly AnswerFloats[],
    size?: PictureSize,
  ): Promise<{ answers: AnswerFloats[]; runSeconds: number }>;
  /** The same for several grids in one run: the answers to each, or why they cannot be read. */
  runBatch(grids: readonly GridBytes[]): Promise<{ answers: (AnswerFloats[] | VoxhandError)[]; runSeconds: number }>;
  release(): Promise<void>;
}
