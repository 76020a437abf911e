import type { DataSet, PoseFormat } from './datasets/data-set.js';
import { MAX_LINE_LENGTH } from './datasets/pose-line.js';
import { type PoseLine, PoseReader } from './datasets/pose-reader.js';
import { readTextLines } from './text-lines.js';

export interface PoseFileOptions {
  /** Default: see `PoseReader`. */
  readonly format?: PoseFormat;
  /** It is the ground truth: every joint must be in front of the camera. */
  readonly truth?: boolean;
}

/** A text file of joints, pulled frame by frame in little memory. */
export class PoseFile {
  readonly path: string;
  readonly #reader: PoseReader;
  readonly #frames: AsyncGenerator<PoseLine>;

  constructor(set: DataSet, path: string, options: PoseFileOptions = {}) {
    this.path = path;
    this.#reader = new PoseReader(set, { ...options, where: path });
    this.#frames = frames(path, this.#reader);
  }

  /** Frames read so far. */
  get frames(): number {
    return this.#reader.frames;
  }

  /** Known once the first frame is read. */
  get format(): PoseFormat {
    return this.#reader.format;
  }

  /** Known once the first frame is read. */
  get separator(): string {
    return this.#reader.separator;
  }

  /** Why it may be of the other format, from what was read so far. */
  get doubt(): string | undefined {
    return this.#reader.doubt;
  }

  /**
   * The next frame; undefined at the end.
   *
   * @throws VoxhandError `FILE_NOT_FOUND`; `FILE_INVALID` naming line and column
   */
  async next(): Promise<PoseLine | undefined> {
    const { done, value } = await this.#frames.next();
    return done ? undefined : value;
  }

  async close(): Promise<void> {
    await this.#frames.return(undefined);
  }
}

async function* frames(path: string, reader: PoseReader): AsyncGenerator<PoseLine> {
  for await (const lines of readTextLines(path, MAX_LINE_LENGTH)) {
    for (const { text, number } of lines) {
      const pose = reader.read(text, number);
      if (pose !== undefined) yield pose;
    }
  }
  reader.end();
}
