import { VoxhandError } from '../errors/index.js';
import { HAND_VOXELS, HAND_VOXELS_SCHEMA } from './generated.js';

const { RUNS, BITMAP } = HAND_VOXELS;

/** A run's length fits into so many bytes of 7 bits: no grid has more cells. */
const MAX_RUN_BYTES = 4;

/** Occupied cells as they are sent. */
export interface EncodedCells {
  readonly encoding: number;
  readonly cells: Uint8Array;
}

/**
 * A grid's occupied cells as runs, or as a bitmap where that is shorter: at most an eighth of the grid's bytes. A hand in a
 * grid of 48^3 is about 1 kB.
 *
 * @param grid 0 or 1 a cell
 * @returns bytes of its own
 */
export function encodeCells(grid: Uint8Array): EncodedCells {
  const bytes = new Uint8Array(bitmapBytes(grid.length));
  const length = writeRuns(grid, bytes);
  if (length >= 0) return { encoding: RUNS, cells: bytes.slice(0, length) };
  bytes.fill(0);
  for (let cell = grid.indexOf(1); cell >= 0; cell = grid.indexOf(1, cell + 1)) bytes[cell >> 3] |= 1 << (cell & 7);
  return { encoding: BITMAP, cells: bytes };
}

/**
 * The grid that {@link encodeCells} was given. What is declared is compared with what there is room for before anything is
 * allocated.
 *
 * @param count cells of the grid, which the receiver knows
 * @param occupied as the message says
 * @returns `count` bytes, 0 or 1 a cell
 * @throws VoxhandError `MESSAGE_INVALID` for cells beyond the grid, empty runs, a bitmap of another size, or another number of
 * occupied cells than was said
 */
export function decodeCells({ encoding, cells }: EncodedCells, count: number, occupied: number): Uint8Array {
  if (cells.length > bitmapBytes(count)) throw invalid(`at most ${bitmapBytes(count)} bytes`, `${cells.length}`);
  const grid = new Uint8Array(count);
  const found = encoding === RUNS ? readRuns(cells, grid) : encoding === BITMAP ? readBitmap(cells, grid) : undefined;
  if (found === undefined) throw invalid('encoding 0 (runs) or 1 (bitmap)', `${encoding}`);
  if (found !== occupied) throw invalid(`${occupied} occupied cells`, `${found}`);
  return grid;
}

function bitmapBytes(cells: number): number {
  return Math.ceil(cells / 8);
}

/** The bytes written, or -1 where they do not fit. */
function writeRuns(grid: Uint8Array, bytes: Uint8Array): number {
  let at = 0;
  let end = 0; // of the last occupied run
  for (let start = grid.indexOf(1); start >= 0; start = grid.indexOf(1, end)) {
    const next = grid.indexOf(0, start);
    const stop = next < 0 ? grid.length : next;
    for (let run of [start - end, stop - start]) {
      for (; run >= 0x80; run >>= 7) {
        if (at === bytes.length) return -1;
        bytes[at++] = (run & 0x7f) | 0x80;
      }
      if (at === bytes.length) return -1;
      bytes[at++] = run;
    }
    end = stop;
  }
  return at;
}

function readRuns(cells: Uint8Array, grid: Uint8Array): number {
  let [at, end, found, runs] = [0, 0, 0, 0];
  while (at < cells.length) {
    let run = 0;
    for (let byte = 0; ; byte++) {
      if (at === cells.length) throw invalid('a whole run', 'the end of the bytes');
      if (byte === MAX_RUN_BYTES) throw invalid(`runs of at most ${MAX_RUN_BYTES} bytes`, 'a longer one');
      const bits = cells[at++];
      run += (bits & 0x7f) * 2 ** (7 * byte);
      if (bits < 0x80) break;
    }
    if (run === 0 && runs > 0) throw invalid('runs of one cell or more', 'an empty run');
    if (run > grid.length - end) throw invalid(`cells below ${grid.length}`, `${end + run}`);
    if (runs % 2 === 1) {
      grid.fill(1, end, end + run);
      found += run;
    }
    end += run;
    runs++;
  }
  if (runs % 2 === 1) throw invalid('an occupied run at the end', 'an empty one');
  return found;
}

function readBitmap(cells: Uint8Array, grid: Uint8Array): number {
  if (cells.length !== bitmapBytes(grid.length)) throw invalid(`${bitmapBytes(grid.length)} bytes`, `${cells.length}`);
  let found = 0;
  for (const [at, byte] of cells.entries()) {
    for (let bits = byte; bits !== 0; bits &= bits - 1) {
      const cell = 8 * at + 31 - Math.clz32(bits & -bits);
      if (cell >= grid.length) throw invalid(`cells below ${grid.length}`, `${cell}`);
      grid[cell] = 1;
      found++;
    }
  }
  return found;
}

function invalid(expected: string, found: string): VoxhandError {
  const where = `${HAND_VOXELS_SCHEMA}.cells`;
  return new VoxhandError('MESSAGE_INVALID', 'cells that cannot be', { expected, found, where });
}
