import { VoxhandError } from '../errors/index.js';
import { shown } from '../errors/shown.js';
import { checkedPixelCount, DEFAULT_LIMITS, type DecodeLimits, type DepthImage } from './depth-image.js';
import { checkedDepthUnit, MILLIMETRE, metresFromFloats, stepsFromMetres } from './depth-values.js';
import { depthImage, type StoredDepth } from './stored-depth.js';

/** The fields that sensor_msgs/Image and foxglove.RawImage share; the latter has no `is_bigendian`. */
export interface RawDepthImage {
  readonly width: number;
  readonly height: number;
  readonly encoding: string;
  /** Bytes from one row's start to the next, padding included. */
  readonly step: number;
  readonly is_bigendian?: number | boolean;
  readonly data: Uint8Array;
}

export interface RawDepthOptions {
  /** Metres per step of 16-bit depth. Default 0.001. */
  readonly depthUnit?: number;
  readonly limits?: DecodeLimits;
}

const HOST_IS_BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/**
 * An uncompressed depth image in metres: 16UC1, mono16 or 32FC1, either endianness, any padding, data at any offset.
 *
 * The message's buffer is only read; the result owns a new one.
 *
 * @throws VoxhandError `DEPTH_ENCODING` for another encoding; `DEPTH_SIZE` where width, height, step and data do not fit
 * together or exceed the limit (checked before allocating).
 *
 * @example
 * ```ts
 * const { depth } = decodeRawDepth({
 *   width: 2, height: 1, encoding: '16UC1', step: 4, is_bigendian: 0, data: new Uint8Array([0xe8, 0x03, 0, 0]),
 * });
 * depth[0]; // 1 metre
 * depth[1]; // 0: missing
 * ```
 */
export function decodeRawDepth(image: RawDepthImage, options: RawDepthOptions = {}): DepthImage {
  return depthImage(readRawDepth(image, options));
}

/** As {@link decodeRawDepth}, but 16-bit depth stays what it is, and perhaps where it is: in the message's buffer. */
export function readRawDepth(image: RawDepthImage, options: RawDepthOptions = {}): DepthImage | StoredDepth {
  const { depthUnit = MILLIMETRE, limits = DEFAULT_LIMITS } = options;
  const { width, height } = image;
  const sampleBytes = sampleBytesOf(image.encoding);
  checkLayout(image, sampleBytes, limits);
  const { bytes, stride } = hostOrder(image, sampleBytes);
  const count = stride * (height - 1) + width;
  if (sampleBytes === 4) {
    const samples = new Float32Array(bytes.buffer, bytes.byteOffset, count);
    return { width, height, depth: metresFromFloats({ samples, width, height, stride }) };
  }
  const samples = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  return { width, height, samples, stride, unit: checkedDepthUnit(depthUnit) };
}

/**
 * The reverse of {@link decodeRawDepth}: fields of a little-endian sensor_msgs/Image or foxglove.RawImage.
 * In 16UC1 a depth that does not fit into 16 bits becomes missing.
 */
export function encodeRawDepth(
  image: DepthImage,
  encoding: '16UC1' | '32FC1' = '16UC1',
  depthUnit: number = MILLIMETRE,
): Required<RawDepthImage> & { readonly is_bigendian: 0 } {
  const { width, height, depth } = image;
  const sampleBytes = sampleBytesOf(encoding);
  const samples = sampleBytes === 4 ? depth.slice() : stepsFromMetres(depth, checkedDepthUnit(depthUnit));
  const data = new Uint8Array(samples.buffer);
  if (HOST_IS_BIG_ENDIAN) swapBytes(data, sampleBytes);
  return { width, height, encoding, step: width * sampleBytes, is_bigendian: 0, data };
}

function sampleBytesOf(encoding: string): 2 | 4 {
  if (encoding === '16UC1' || encoding === 'mono16') return 2;
  if (encoding === '32FC1') return 4;
  throw new VoxhandError('DEPTH_ENCODING', 'not a depth encoding', {
    expected: '16UC1, mono16 or 32FC1',
    found: shown(encoding),
    where: 'encoding',
  });
}

function checkLayout(image: RawDepthImage, sampleBytes: number, limits: DecodeLimits): void {
  const { width, height, step, data } = image;
  checkedPixelCount(width, height, limits, 'width, height');
  const rowBytes = width * sampleBytes;
  if (!Number.isInteger(step) || step < rowBytes) {
    throw new VoxhandError('DEPTH_SIZE', 'image step is too small', {
      expected: `step >= ${rowBytes}`,
      found: `step ${shown(step)}`,
      where: 'step',
    });
  }
  // The last row may come without its padding; bytes after it are ignored.
  const needed = step * (height - 1) + rowBytes;
  if (!(data instanceof Uint8Array) || data.length < needed) {
    throw new VoxhandError('DEPTH_SIZE', 'image data is too short', {
      expected: `${needed} bytes for ${width} x ${height}, step ${step}`,
      found: data instanceof Uint8Array ? `${data.length} bytes` : `no Uint8Array but ${typeof data}`,
      where: 'data',
    });
  }
}

/** The image's bytes, aligned for a typed array in host order: the message's own where they are so, else a copy. */
function hostOrder(image: RawDepthImage, sampleBytes: number): { bytes: Uint8Array; stride: number } {
  const { width, height, step, data } = image;
  const swapped = Boolean(image.is_bigendian) !== HOST_IS_BIG_ENDIAN;
  if (!swapped && data.byteOffset % sampleBytes === 0 && step % sampleBytes === 0) {
    return { bytes: data, stride: step / sampleBytes };
  }
  const rowBytes = width * sampleBytes;
  const bytes = new Uint8Array(rowBytes * height);
  if (step === rowBytes) bytes.set(data.subarray(0, bytes.length));
  else for (let v = 0; v < height; v++) bytes.set(data.subarray(v * step, v * step + rowBytes), v * rowBytes);
  if (swapped) swapBytes(bytes, sampleBytes);
  return { bytes, stride: width };
}

function swapBytes(bytes: Uint8Array, sampleBytes: number): void {
  for (let i = 0; i < bytes.length; i += sampleBytes) {
    for (let a = i, b = i + sampleBytes - 1; a < b; a++, b--) {
      const byte = bytes[a];
      bytes[a] = bytes[b];
      bytes[b] = byte;
    }
  }
}
