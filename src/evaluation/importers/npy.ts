import { VoxhandError } from '../../errors/index.js';

/** `\x93NUMPY` */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** An array of floats as NumPy saves it. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** The value at an index in the order of NumPy's own (C) indices, whatever order it is stored in. */
  readonly at: (...index: readonly number[]) => number;
}

/**
 * Read a `.npy` file of versions 1 to 3 with float32 or float64, little endian, in C or Fortran order (what SciPy makes of a
 * MATLAB array is saved in the latter).
 *
 * @param bytes only read, and kept
 * @throws VoxhandError `FILE_INVALID` for another type, or where shape and file disagree
 */
export function parseNpy(bytes: Uint8Array, where: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || !MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw invalid('an array saved by NumPy', 'another file', where);
  }
  const long = bytes[6] > 1;
  const start = long ? 12 : 10;
  const length = long ? view.getUint32(8, true) : view.getUint16(8, true);
  const end = start + length;
  if (end > bytes.length || length > 65_536) throw invalid('a whole header', `${length} bytes of it`, where);
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, end));
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if ((type !== '<f8' && type !== '<f4') || order === undefined || sizes === undefined) {
    throw invalid("floats ('<f4' or '<f8')", header.trim().slice(0, 100), where);
  }
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  const bytesEach = type === '<f8' ? 8 : 4;
  if (bytes.length - end !== count * bytesEach) {
    throw invalid(`${count * bytesEach} bytes for shape (${shape.join(', ')})`, `${bytes.length - end}`, where);
  }
  const strides = stridesOf(shape, order === 'True');
  return {
    shape,
    at: (...index) => {
      const element = index.reduce((sum, i, axis) => sum + i * strides[axis], 0);
      const offset = end + element * bytesEach;
      return type === '<f8' ? view.getFloat64(offset, true) : view.getFloat32(offset, true);
    },
  };
}

/** Elements from one index to the next, an axis. */
function stridesOf(shape: readonly number[], fortran: boolean): number[] {
  const strides = shape.map(() => 1);
  const axes = shape.map((_, axis) => axis);
  let stride = 1;
  for (const axis of fortran ? axes : axes.reverse()) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

function invalid(expected: string, found: string, where: string): VoxhandError {
  return new VoxhandError('FILE_INVALID', 'the array cannot be read', { expected, found, where });
}
