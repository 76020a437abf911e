/** Row filters of PNG (RFC 2083, section 6), by their number in the file. */
export const PNG_FILTERS = { none: 0, sub: 1, up: 2, average: 3, paeth: 4 } as const;

/** Whichever of left `a`, above `b` and above left `c` is nearest to a + b - c. */
function paeth(a: number, b: number, c: number): number {
  const toA = b - c;
  const toB = a - c;
  const da = Math.abs(toA);
  const db = Math.abs(toB);
  const dc = Math.abs(toA + toB);
  if (da <= db && da <= dc) return a;
  return db <= dc ? b : c;
}

/**
 * Undo a row's filter in place.
 *
 * @param above the unfiltered row above, zeros for the first.
 * @param pixelBytes bytes per pixel.
 * @returns false for a filter that does not exist.
 */
export function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): boolean {
  switch (filter) {
    case PNG_FILTERS.none:
      return true;
    case PNG_FILTERS.sub:
      if (pixelBytes === 2) return unfilterSub16(row);
      for (let i = pixelBytes; i < row.length; i++) row[i] += row[i - pixelBytes];
      return true;
    case PNG_FILTERS.up:
      for (let i = 0; i < row.length; i++) row[i] += above[i];
      return true;
    case PNG_FILTERS.average:
      for (let i = 0; i < pixelBytes; i++) row[i] += above[i] >> 1;
      for (let i = pixelBytes; i < row.length; i++) row[i] += (row[i - pixelBytes] + above[i]) >> 1;
      return true;
    case PNG_FILTERS.paeth:
      if (pixelBytes === 2) return unfilterPaeth16(row, above);
      for (let i = 0; i < pixelBytes; i++) row[i] += above[i];
      for (let i = pixelBytes; i < row.length; i++) {
        row[i] += paeth(row[i - pixelBytes], above[i], above[i - pixelBytes]);
      }
      return true;
    default:
      return false;
  }
}

/** 16 bits, with the pixel to the left in registers: what was just stored is slow to read back. */
function unfilterSub16(row: Uint8Array): true {
  let high = 0;
  let low = 0;
  for (let i = 0; i + 1 < row.length; i += 2) {
    high = (high + row[i]) & 0xff;
    low = (low + row[i + 1]) & 0xff;
    row[i] = high;
    row[i + 1] = low;
  }
  return true;
}

/** Likewise. Left of the first pixel, and above that, is 0. */
function unfilterPaeth16(row: Uint8Array, above: Uint8Array): true {
  let high = 0;
  let low = 0;
  let highAboveLeft = 0;
  let lowAboveLeft = 0;
  for (let i = 0; i + 1 < row.length; i += 2) {
    const highAbove = above[i];
    const lowAbove = above[i + 1];
    high = (row[i] + paeth(high, highAbove, highAboveLeft)) & 0xff;
    low = (row[i + 1] + paeth(low, lowAbove, lowAboveLeft)) & 0xff;
    row[i] = high;
    row[i + 1] = low;
    highAboveLeft = highAbove;
    lowAboveLeft = lowAbove;
  }
  return true;
}

/** Filter a row into `filtered`; the reverse of {@link unfilterRow}, for the filters that suit depth. */
export function filterRow(
  filter: 'none' | 'sub' | 'up' | 'paeth',
  row: Uint8Array,
  above: Uint8Array,
  pixelBytes: number,
  filtered: Uint8Array,
): void {
  for (let i = 0; i < row.length; i++) {
    const a = i < pixelBytes ? 0 : row[i - pixelBytes];
    const c = i < pixelBytes ? 0 : above[i - pixelBytes];
    const guess = filter === 'none' ? 0 : filter === 'sub' ? a : filter === 'up' ? above[i] : paeth(a, above[i], c);
    filtered[i] = row[i] - guess;
  }
}
