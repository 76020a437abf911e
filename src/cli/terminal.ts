import { styleText } from 'node:util';
import { oneLine, printable, printableText } from './printable.js';
import { Progress } from './progress.js';

/** Options of the output on stdout and stderr. */
export interface TalkOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/**
 * Results go to stdout, everything else to stderr. Names and texts come from recordings, servers and file names: nothing that a
 * terminal would act on gets through, in one place.
 */
export class Terminal {
  readonly #json: boolean;
  readonly #quiet: boolean;
  #progress: Progress | undefined;

  constructor({ json = false, quiet = false }: TalkOptions) {
    this.#json = json;
    this.#quiet = quiet;
  }

  /** A line of diagnostics. */
  say(line: string): void {
    if (this.#quiet) return;
    this.#progress?.end(); // drawn again by its next update
    process.stderr.write(`${oneLine(line)}\n`);
  }

  /** Something that must be heard, quiet or not. */
  warn(line: string): void {
    complain(line);
  }

  /**
   * The result of the command: as one JSON object, or as text.
   *
   * @param text is given a copy of the value whose strings are printable
   */
  result<T>(value: T, text: (shown: T) => string): void {
    process.stdout.write(`${printableText(this.#json ? toJson(value) : text(printable(value)))}\n`);
  }

  /** @param unit what is counted: `frames` */
  progress(total: number, unit: string): Progress {
    this.#progress = new Progress(total, unit, this.#quiet ? undefined : process.stderr);
    return this.#progress;
  }
}

/**
 * A line on stderr that begins with our name.
 *
 * @param more lines below it
 */
export function complain(line: string, more: readonly string[] = []): void {
  const lines = [`${painted('red', 'voxhand:', process.stderr)} ${oneLine(line)}`, ...more.map(oneLine)];
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** In a colour where the stream is a terminal and neither NO_COLOR nor NODE_DISABLE_COLORS is set; FORCE_COLOR forces it. */
export function painted(
  colour: 'red' | 'yellow' | 'green',
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(colour, text, { stream });
}

/** JSON of a result; whole numbers of 64 bits (nanoseconds) become strings, as JSON's numbers do not hold them. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner), 2);
}
