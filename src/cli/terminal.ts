import { Progress } from './progress.js';

/** Options of the output on stdout and stderr. */
export interface TalkOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Results go to stdout, everything else to stderr. */
export class Terminal {
  readonly #json: boolean;
  readonly #quiet: boolean;

  constructor({ json = false, quiet = false }: TalkOptions) {
    this.#json = json;
    this.#quiet = quiet;
  }

  /** A line of diagnostics. */
  say(line: string): void {
    if (!this.#quiet) process.stderr.write(`${line}\n`);
  }

  /** Something that must be heard, quiet or not. */
  warn(line: string): void {
    process.stderr.write(`voxhand: ${line}\n`);
  }

  /** The result of the command: as one JSON object, or as text. */
  result(value: unknown, text: () => string): void {
    process.stdout.write(`${this.#json ? toJson(value) : text()}\n`);
  }

  /** @param unit what is counted: `frames` */
  progress(total: number, unit: string): Progress {
    return new Progress(total, unit, this.#quiet ? undefined : process.stderr);
  }
}

/** JSON of a result; whole numbers of 64 bits (nanoseconds) become strings, as JSON's numbers do not hold them. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner), 2);
}
