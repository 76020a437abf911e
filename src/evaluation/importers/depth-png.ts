import { type DepthImage, decodePng16, decodePngRgb } from '../../depth/index.js';
import { VoxhandError } from '../../errors/index.js';
import { readBounded } from '../../transport/port/files.js';
import { nodeInflate } from '../../transport/port/node-inflate.js';
import type { DataSet } from '../datasets/data-set.js';

/** No image of a published data set is larger as a file. */
const MAX_IMAGE_BYTES = 16 << 20;
/** The most that one decodes: no data set has larger images. */
const LIMITS = { maxPixels: 1024 * 1024 };

/**
 * A depth image of a data set from a 16-bit grey PNG in millimetres.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`; `PNG_INVALID`, `DEPTH_FORMAT` for another kind of PNG; `DEPTH_SIZE` where it has
 * not the size that the camera's intrinsics are for
 */
export async function readGreyDepth(set: DataSet, path: string): Promise<DepthImage> {
  const image = decodePng16(await readBounded(path, MAX_IMAGE_BYTES), { inflate: nodeInflate, limits: LIMITS });
  if (image.bitDepth !== 16) {
    throw new VoxhandError('DEPTH_FORMAT', 'PNG holds no depth', { expected: '16 bits', found: '8 bits', where: path });
  }
  return toDepth(set, image.width, image.height, image.data, path);
}

/** The same from an 8-bit RGB PNG that holds B + 256 G millimetres (NYU). */
export async function readBlueGreenDepth(set: DataSet, path: string): Promise<DepthImage> {
  const { width, height, data } = decodePngRgb(await readBounded(path, MAX_IMAGE_BYTES), {
    inflate: nodeInflate,
    limits: LIMITS,
  });
  const millimetres = new Uint16Array(width * height);
  for (let i = 0; i < millimetres.length; i++) millimetres[i] = (data[3 * i + 1] << 8) | data[3 * i + 2];
  return toDepth(set, width, height, millimetres, path);
}

/** Millimetres as metres, with what is no distance as 0. */
export function toDepth(
  set: DataSet,
  width: number,
  height: number,
  millimetres: Uint16Array | Float32Array,
  where: string,
): DepthImage {
  const { camera, missingFromMm = Infinity } = set;
  if (width !== camera.width || height !== camera.height) {
    throw new VoxhandError('DEPTH_SIZE', `not an image of ${set.title}'s camera`, {
      expected: `${camera.width} x ${camera.height}`,
      found: `${width} x ${height}`,
      where,
    });
  }
  const depth = new Float32Array(millimetres.length);
  for (let i = 0; i < depth.length; i++) {
    const mm = millimetres[i];
    if (mm > 0 && mm < missingFromMm) depth[i] = mm / 1000;
  }
  return { width, height, depth };
}
