/** How often each thing occurred: messages dropped by topic, refusals by cause. The caller bounds the number of keys. */
export class Counts<Key extends string | number = string> extends Map<Key, number> {
  add(key: Key, by = 1): void {
    this.set(key, this.of(key) + by);
  }

  /** 0 for what never occurred. */
  of(key: Key): number {
    return this.get(key) ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const count of this.values()) total += count;
    return total;
  }

  /** As plain data, the keys in ascending order. */
  snapshot(): Record<string, number> {
    return Object.fromEntries([...this].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
