import type { DepthImage } from '../../depth/index.js';
import { VoxhandError } from '../../errors/index.js';
import type { DataSet } from '../datasets/data-set.js';
import { toDepth } from './depth-png.js';

/** Width, height, left, top, right, bottom. */
const HEADER_BYTES = 6 * 4;

/** The largest file: a box as large as the image. */
export function maxBinBytes({ camera }: DataSet): number {
  return HEADER_BYTES + 4 * camera.width * camera.height;
}

/**
 * A depth image from MSRA's `.bin`: six int32 (width, height, left, top, right, bottom; right and bottom are one past the
 * box), then the box's depth in millimetres as float32, row by row; all little endian. Outside of the box depth is missing.
 *
 * @throws VoxhandError `DEPTH_SIZE` for another image size, an empty box or one that is not inside the image, or where the
 * file has not as many values as the box
 */
export function decodeMsraBin(set: DataSet, bytes: Uint8Array, where: string): DepthImage {
  const { width, height } = set.camera;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES) {
    throw invalid('a header cut off', `${HEADER_BYTES} bytes`, `${bytes.length}`, where);
  }
  const [w, h, left, top, right, bottom] = Array.from({ length: 6 }, (_, i) => view.getInt32(4 * i, true));
  if (w !== width || h !== height) {
    throw invalid(`not an image of ${set.title}'s camera`, `${width} x ${height}`, `${w} x ${h}`, where);
  }
  if (!(left >= 0 && left < right && right <= width && top >= 0 && top < bottom && bottom <= height)) {
    throw invalid('no box in the image', `within ${width} x ${height}`, `${left},${top} to ${right},${bottom}`, where);
  }
  const values = (right - left) * (bottom - top);
  if (bytes.length !== HEADER_BYTES + 4 * values) {
    const found = `${bytes.length} bytes`;
    throw invalid('box and file do not go together', `${HEADER_BYTES + 4 * values} bytes`, found, where);
  }
  const millimetres = new Float32Array(width * height);
  for (let v = top, at = HEADER_BYTES; v < bottom; v++) {
    for (let u = left; u < right; u++, at += 4) millimetres[v * width + u] = view.getFloat32(at, true);
  }
  return toDepth(set, width, height, millimetres, where);
}

function invalid(summary: string, expected: string, found: string, where: string): VoxhandError {
  return new VoxhandError('DEPTH_SIZE', summary, { expected, found, where });
}
