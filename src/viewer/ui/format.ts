/** How numbers are written on the page. */

/** `0:01.24`, `12:05.00` */
export function clock(nanoseconds: bigint): string {
  const hundredths = Number(nanoseconds / 10_000_000n);
  const minutes = Math.floor(hundredths / 6000);
  const seconds = ((hundredths % 6000) / 100).toFixed(2).padStart(5, '0');
  return `${minutes}:${seconds}`;
}

/** Milliseconds, with as many places as tell something: `0.42`, `4.2`, `42`. */
export function milliseconds(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 1 ? 2 : size < 10 ? 1 : 0);
}

/** Three digits at most: `25.0`, `7.5`, `120`. */
export function hertz(value: number): string {
  return value.toFixed(value < 99.95 ? 1 : 0);
}

/** `1,204` */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** `0.5×` */
export function speed(value: number): string {
  return `${Number(value.toFixed(2))}×`;
}

/** `no-candidate` as words: `no candidate`; `PNG_INVALID`: `png invalid`. */
export function words(name: string): string {
  return name.replace(/[-_]+/g, ' ').toLowerCase();
}
