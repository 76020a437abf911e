import { toJson } from './json.js';
import { Progress } from './progress.js';

/** What the options say about talking. */
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

  /** A line of talk. */
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
