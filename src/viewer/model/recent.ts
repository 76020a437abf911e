/** The newest few of what comes stamp by stamp, to show what belongs to a moment that comes later. */
export class Recent<T extends { readonly stamp: bigint }> {
  readonly #items: T[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** One that is older than the newest begins anew: time has gone back. */
  put(item: T): void {
    const last = this.#items.at(-1);
    if (last !== undefined && item.stamp < last.stamp) this.clear();
    this.#items.push(item);
    if (this.#items.length > this.#most) this.#items.shift();
  }

  get newest(): T | undefined {
    return this.#items.at(-1);
  }

  /** The newest one that is no newer than this moment; undefined where all are, or there is none. */
  upTo(stamp: bigint): T | undefined {
    return this.#items.findLast((item) => item.stamp <= stamp);
  }

  /** All of exactly this moment. */
  at(stamp: bigint): readonly T[] {
    return this.#items.filter((item) => item.stamp === stamp);
  }

  clear(): void {
    this.#items.length = 0;
  }
}
