import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { writeFailed } from '../errors/index.js';
import { fromMetres } from './datasets/coordinates.js';
import type { DataSet, PoseFormat } from './datasets/data-set.js';
import { formatPoseLine } from './datasets/pose-line.js';

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
