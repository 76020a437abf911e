import { VoxhandError } from '../../errors/index.js';
import { toMetres } from './coordinates.js';
import type { DataSet, PoseFormat } from './data-set.js';
import { parsePoseLine, separatorOf } from './pose-line.js';

/** One frame of a file of joints. */
export interface PoseLine {
  /** From 1. */
  readonly line: number;
  readonly name?: string;
  /** Three numbers per joint of the data set, metres in the optical frame. */
  readonly positions: Float64Array;
}

export interface PoseReaderOptions {
  /** Default: what the data set's published results have; `xyz` for its own annotation, where that shows. */
  readonly format?: PoseFormat;
  /** The file's name, for errors. */
  readonly where?: string;
  /** Refuse what is not in front of the camera. Without it only what is behind the camera. */
  readonly truth?: boolean;
}

/** From so many frames on a file of which all numbers look like pixels is doubted to be `xyz`. */
const FRAMES_FOR_DOUBT = 20;

/** Share of joints left of or above the image from which on a file is doubted to be `uvd`. */
const OUTSIDE_FOR_DOUBT = 0.05;

/**
 * Reads a file of joints line by line; see {@link parsePoseLine} for a line. Empty lines and lines that begin with `#` are
 * left out, and so is the count at the top of MSRA's `joint.txt`, which is checked at the end.
 *
 * @example
 * ```ts
 * const reader = new PoseReader(DATA_SETS.nyu, { where: 'results.txt' });
 * const frames = text.split('\n').flatMap((line, i) => reader.read(line, i + 1) ?? []);
 * reader.end();
 * ```
 */
export class PoseReader {
  readonly #set: DataSet;
  readonly #where: string;
  readonly #truth: boolean;
  readonly #formatGiven: boolean;
  #format: PoseFormat;
  #separator: '\t' | ',' | ' ' = ' ';
  #named = false;
  #announced: number | undefined;
  #frames = 0;
  #outside = 0;
  #beyond = 0;

  constructor(set: DataSet, { format, where = 'joints', truth = false }: PoseReaderOptions = {}) {
    this.#set = set;
    this.#where = where;
    this.#truth = truth;
    this.#formatGiven = format !== undefined;
    this.#format = format ?? set.resultFormat;
  }

  /** How the numbers are read. */
  get format(): PoseFormat {
    return this.#format;
  }

  /** What stands between the numbers of the first frame. */
  get separator(): '\t' | ',' | ' ' {
    return this.#separator;
  }

  /** Frames read so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Frames that the file's first line says there are; undefined where it says nothing. */
  get announced(): number | undefined {
    return this.#announced;
  }

  /**
   * The next line.
   *
   * @param line its number, from 1
   * @returns undefined where it holds no frame
   * @throws VoxhandError `FILE_INVALID` naming line and column
   */
  read(text: string, line: number): PoseLine | undefined {
    const trimmed = text.trim();
    if (trimmed === '' || trimmed.startsWith('#') || this.#isCount(trimmed)) return undefined;
    const { name, values } = parsePoseLine(text, this.#set.joints.length, `${this.#where}, line ${line}`);
    if (this.#frames === 0) {
      this.#separator = separatorOf(trimmed);
      this.#named = name !== undefined;
    }
    this.#frames++;
    if (this.#named !== (name !== undefined)) {
      throw new VoxhandError('FILE_INVALID', 'a line of joints is not like those before it', {
        expected: this.#named ? 'a name in front' : `${values.length} numbers`,
        found: this.#named ? 'none' : `${values.length + 1} words`,
        where: `${this.#where}, line ${line}`,
      });
    }
    this.#look(values);
    const positions = toMetres(this.#set, values, this.#format);
    this.#checkInFront(positions, line);
    return { line, positions, ...(name !== undefined && { name }) };
  }

  /** @throws VoxhandError `FILE_INVALID` where there are fewer or more frames than the file's first line says. */
  end(): void {
    if (this.#announced === undefined || this.#announced === this.#frames) return;
    throw new VoxhandError('FILE_INVALID', 'a file of joints has another number of frames than it announces', {
      expected: `${this.#announced} frames`,
      found: `${this.#frames}`,
      where: this.#where,
    });
  }

  /** Why the numbers may be of the other format; undefined where there is no sign of that. */
  get doubt(): string | undefined {
    const joints = this.#frames * this.#set.joints.length;
    if (this.#format === 'uvd' && this.#outside > OUTSIDE_FOR_DOUBT * joints) {
      const share = ((100 * this.#outside) / joints).toFixed(0);
      return `${this.#where} is read as uvd, but ${share} % of its pixels are negative: is it xyz?`;
    }
    if (this.#format === 'xyz' && this.#frames >= FRAMES_FOR_DOUBT && this.#outside + this.#beyond === 0) {
      return `${this.#where} is read as xyz, but all of it looks like pixels of the image: is it uvd?`;
    }
    return undefined;
  }

  #isCount(trimmed: string): boolean {
    if (!this.#set.countedAnnotation || this.#frames > 0 || this.#announced !== undefined) return false;
    if (!/^\d{1,9}$/.test(trimmed)) return false;
    this.#announced = Number(trimmed);
    if (!this.#formatGiven) this.#format = 'xyz';
    return true;
  }

  #look(values: Float64Array): void {
    const { width, height } = this.#set.camera;
    for (let i = 0; i < values.length; i += 3) {
      if (values[i] < 0 || values[i + 1] < 0) this.#outside++;
      else if (values[i] > width || values[i + 1] > height || values[i + 2] < 0) this.#beyond++;
    }
  }

  #checkInFront(positions: Float64Array, line: number): void {
    for (let i = 2; i < positions.length; i += 3) {
      if (positions[i] > 0 || (positions[i] === 0 && !this.#truth)) continue;
      const { axes, title } = this.#set;
      const turned = this.#format === 'xyz' && axes[2] < 0;
      const sign = turned ? `z < 0, as in ${title}'s own files` : 'z > 0';
      throw new VoxhandError('FILE_INVALID', 'a joint that is not in front of the camera', {
        expected: `${sign}; the numbers are read as ${this.#format}`,
        found: `z = ${((turned ? -1000 : 1000) * positions[i]).toFixed(3)} mm in joint ${(i - 2) / 3 + 1}`,
        where: `${this.#where}, line ${line}`,
      });
    }
  }
}
