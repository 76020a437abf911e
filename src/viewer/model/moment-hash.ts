const SECOND = 1_000_000_000n;

/** A moment as the end of an address: `#t=12.345`, seconds from the beginning of what is played, exact to the nanosecond. */
export function momentHash(nanoseconds: bigint): string {
  const fraction = String(nanoseconds % SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `#t=${nanoseconds / SECOND}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The moment that an address ends with, nanoseconds from the beginning; undefined where it ends with something else. */
export function momentOf(hash: string): bigint | undefined {
  const [, seconds, fraction = ''] = /^#t=(\d{1,9})(?:\.(\d{1,9}))?$/.exec(hash) ?? [];
  return seconds === undefined ? undefined : BigInt(seconds) * SECOND + BigInt(fraction.padEnd(9, '0'));
}
