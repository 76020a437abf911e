import { oneLine } from './printable.js';
import type { ProgressStream } from './progress.js';

const REDRAW_SECONDS = 0.5;
const LINE_SECONDS = 10;
const CLEAR_LINE = '\r\u001b[K';

/** How a live command is, in one line: redrawn on a terminal, else printed now and then. Other lines go above it. */
export class StatusLine {
  /** How often {@link update} should be called, seconds. */
  readonly period: number;
  readonly #stream: ProgressStream | undefined;
  #drawn = '';

  /** @param stream undefined to say nothing. */
  constructor(stream: ProgressStream | undefined) {
    this.#stream = stream;
    this.period = stream?.isTTY ? REDRAW_SECONDS : LINE_SECONDS;
  }

  update(status: string): void {
    if (this.#stream === undefined) return;
    const text = oneLine(status);
    if (this.#stream.isTTY) {
      const { columns = 80 } = this.#stream;
      this.#drawn = text.slice(0, columns - 1);
      this.#stream.write(CLEAR_LINE + this.#drawn);
    } else {
      this.#stream.write(`${text}\n`);
    }
  }

  /** A line above the status. */
  above(line: string, say: (line: string) => void): void {
    if (this.#drawn !== '') this.#stream?.write(CLEAR_LINE);
    say(line);
    if (this.#drawn !== '') this.#stream?.write(this.#drawn);
  }

  /** Take the line away. */
  end(): void {
    if (this.#drawn !== '') this.#stream?.write(CLEAR_LINE);
    this.#drawn = '';
  }
}
