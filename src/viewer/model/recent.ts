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

  /** The one whose stamp is nearest; undefined where there is none. */
  nearest(stamp: bigint): T | undefined {
    let found: T | undefined;
    let least: bigint | undefined;
    for (const item of this.#items) {
      const away = item.stamp > stamp ? item.stamp - stamp : stamp - item.stamp;
      if (least === undefined || away <= least) [found, least] = [item, away];
    }
    return found;
  }

  /** All of exactly this moment. */
  at(stamp: bigint): readonly T[] {
    return this.#items.filter((item) => item.stamp === stamp);
  }

  clear(): void {
    this.#items.length = 0;
  }
}
