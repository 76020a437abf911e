import { oneLine } from './printable.js';

/** A stream that may be a terminal. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_SECONDS = 0.1;
const LINE_SECONDS = 5;
const BAR = 28;
const CLEAR_LINE = '\r\u001b[K';

/** How far the work is: a bar that is redrawn on a terminal, else a line every few seconds. */
export class Progress {
  readonly #total: number;
  readonly #unit: string;
  readonly #stream: ProgressStream | undefined;
  readonly #seconds: () => number;
  readonly #began: number;
  #shown: number;
  #drawn = false;

  /** @param total Infinity where it is unknown: then only what is done is shown */
  constructor(
    total: number,
    unit: string,
    stream: ProgressStream | undefined,
    seconds: () => number = () => performance.now() / 1000,
  ) {
    this.#total = total;
    this.#unit = unit;
    this.#stream = stream;
    this.#seconds = seconds;
    this.#began = seconds();
    this.#shown = stream?.isTTY ? Number.NEGATIVE_INFINITY : this.#began;
  }

  /** Seconds since the beginning. */
  get elapsed(): number {
    return this.#seconds() - this.#began;
  }

  /** @param said a few words on the newest one: `hand found` */
  update(done: number, said = ''): void {
    if (this.#stream === undefined) return;
    const note = oneLine(said);
    const now = this.#seconds();
    const { isTTY, columns = 80 } = this.#stream;
    if (now - this.#shown < (isTTY ? REDRAW_SECONDS : LINE_SECONDS) && done < this.#total) return;
    this.#shown = now;
    const rate = `${(done / Math.max(this.elapsed, 1e-9)).toFixed(1)} ${this.#unit}/s`;
    const total = Math.max(this.#total, done);
    const known = total < Infinity;
    const count = known ? `${done}/${total}` : `${done}`;
    if (isTTY) {
      const filled = Math.round((BAR * done) / Math.max(1, total));
      const bar = known ? `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ` : '';
      const line = known ? `${bar}${count}  ${rate}  ${note}` : `${count} ${this.#unit}  ${rate}  ${note}`;
      this.#stream.write(CLEAR_LINE + line.slice(0, columns - 1));
      this.#drawn = true;
    } else {
      this.#stream.write(`${count} ${this.#unit}, ${rate}${note === '' ? '' : `, ${note}`}\n`);
    }
  }

  /** Take the bar away. */
  end(): void {
    if (this.#drawn) this.#stream?.write(CLEAR_LINE);
    this.#drawn = false;
  }
}
