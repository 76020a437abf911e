import type { Finding } from './finding.js';

/** Counts one kind of finding, and remembers where and how it was first. */
export class Tally {
  #count = 0;
  #first: { readonly logTime: bigint; readonly text: string } | undefined;

  get count(): number {
    return this.#count;
  }

  /** @param text what was found, of the first one */
  add(logTime: bigint, text = ''): void {
    this.#count++;
    this.#first ??= { logTime, text };
  }

  /** The finding, if there is one. */
  finding(describe: (count: number, text: string) => Omit<Finding, 'count' | 'logTime'>): readonly Finding[] {
    if (this.#first === undefined) return [];
    const { logTime, text } = this.#first;
    return [{ ...describe(this.#count, text), count: this.#count, logTime }];
  }
}
