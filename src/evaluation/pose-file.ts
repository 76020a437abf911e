import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { writeFailed } from '../errors/index.js';
import { fromMetres } from './datasets/coordinates.js';
import type { DataSet, PoseFormat } from './datasets/data-set.js';
import { formatPoseLine, MAX_LINE_LENGTH } from './datasets/pose-line.js';
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

/** Characters that wait to be written. */
const PENDING = 1 << 16;

/** Writes a text file of joints. Until `close` it is called `path.partial`: a file under `path` is whole. */
export class PoseWriter {
  readonly #path: string;
  readonly #set: DataSet;
  readonly #file: FileHandle;
  #text = '';

  private constructor(path: string, set: DataSet, file: FileHandle) {
    this.#path = path;
    this.#set = set;
    this.#file = file;
  }

  /** @throws VoxhandError `WRITE_FAILED` */
  static async create(path: string, set: DataSet): Promise<PoseWriter> {
    return new PoseWriter(path, set, await guarded(path, open(`${path}.partial`, 'w')));
  }

  /**
   * One frame; wait for it before the next.
   *
   * @param positions three numbers per joint of the data set, metres
   * @throws VoxhandError `WRITE_FAILED`
   */
  async write(
    positions: Float64Array,
    { format, separator }: { readonly format: PoseFormat; readonly separator: string },
    name?: string,
  ): Promise<void> {
    const values = fromMetres(this.#set, positions, format);
    this.#text += `${formatPoseLine({ values, ...(name !== undefined && { name }) }, separator)}\n`;
    if (this.#text.length > PENDING) await this.#flush();
  }

  /** @throws VoxhandError `WRITE_FAILED` */
  async close(): Promise<void> {
    await this.#flush();
    await guarded(this.#path, this.#file.close());
    await guarded(this.#path, rename(`${this.#path}.partial`, this.#path));
  }

  /** Give up: remove what was written. */
  async abort(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(`${this.#path}.partial`, { force: true });
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await guarded(this.#path, this.#file.appendFile(text));
  }
}

async function guarded<T>(where: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw writeFailed(cause, where);
  }
}
