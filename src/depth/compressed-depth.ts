import { VoxhandError } from '../errors/index.js';
import { shown } from '../errors/shown.js';
import { type Deflate, type Inflate, pureInflate } from './deflate.js';
import { DEFAULT_LIMITS, type DecodeLimits, type DepthImage, newMemory, type SampleMemory } from './depth-image.js';
import type { InverseDepthScale } from './depth-values.js';
import { checkedDepthUnit, inverseFromMetres, MILLIMETRE, metresFromInverse, stepsFromMetres } from './depth-values.js';
import { isPng } from './png-chunks.js';
import { decodePng16, encodePng16, type GreyImage, type PngDecodeOptions, type PngEncodeOptions } from './png16.js';
import { decodeRvl, encodeRvl } from './rvl.js';
import { depthImage, type StoredDepth } from './stored-depth.js';

/** 32FC1: metres up to which steps grow slowly, as in ROS. */
const DEPTH_QUANTIZATION = 100;

/** The fields that sensor_msgs/CompressedImage and foxglove.CompressedImage share. */
export interface CompressedDepthImage {
  readonly format: string;
  readonly data: Uint8Array;
}

export interface CompressedDepthOptions {
  /** Metres per step of 16-bit depth. Default 0.001. */
  readonly depthUnit?: number;
  readonly limits?: DecodeLimits;
  /** Default: pure JavaScript. */
  readonly inflate?: Inflate;
  /** For the samples, which the result owns; new by default. */
  readonly memory?: SampleMemory;
}

export interface EncodeDepthOptions {
  /** Default `16UC1`. */
  readonly encoding?: '16UC1' | '32FC1';
  /** Default `png`. */
  readonly codec?: 'png' | 'rvl';
  /** Metres per step of 16UC1. Default 0.001. */
  readonly depthUnit?: number;
  /** 32FC1: metres from which on depth is missing. Default 10. */
  readonly depthMax?: number;
  /** Default: pure JavaScript. */
  readonly deflate?: Deflate;
  readonly filter?: PngEncodeOptions['filter'];
}

/** int32 format (unused: 0 means inverse depth), float32 quantA, float32 quantB, little endian. */
const HEADER_BYTES = 12;

/**
 * A compressed depth image in metres; `format` says how to read it, see {@link parseCompressedFormat}.
 *
 * A PNG that begins where the header should be is read without one: some drivers leave it out. A format that names no encoding
 * (`compressedDepth png`, or nothing) is told by the data.
 * The message's buffer is only read; the result owns a new one.
 *
 * @throws VoxhandError `DEPTH_ENCODING` or `DEPTH_FORMAT` for another format or a damaged header; `PNG_INVALID` or
 * `RVL_INVALID` for a damaged payload; `DEPTH_SIZE` above the limits (checked before allocating).
 */
export function decodeCompressedDepth(message: CompressedDepthImage, options: CompressedDepthOptions = {}): DepthImage {
  return depthImage(readCompressedDepth(message, options));
}

/** As {@link decodeCompressedDepth}, but depth in steps of one unit stays as it is. */
export function readCompressedDepth(
  message: CompressedDepthImage,
  options: CompressedDepthOptions = {},
): DepthImage | StoredDepth {
  const { depthUnit = MILLIMETRE, limits = DEFAULT_LIMITS, inflate = pureInflate, memory = newMemory } = options;
  const { data } = message;
  if (!(data instanceof Uint8Array)) {
    throw new VoxhandError('DEPTH_FORMAT', 'no image data', {
      expected: 'Uint8Array',
      found: typeof data,
      where: 'data',
    });
  }
  const isColour = /rgb|bgr/i.test(String(message.format));
  if (!isColour && JPEG_MAGIC.every((byte, i) => data[i] === byte)) throw lossy(message.format, 'data');
  const { encoding, codec, transport } = formatByData(message.format, data) ?? parseCompressedFormat(message.format);
  const hasHeader = transport === 'compressedDepth' && !(codec === 'png' && isPng(data));
  const scale = encoding === '32FC1' ? readScale(data, hasHeader) : undefined;
  const payload = hasHeader ? data.subarray(HEADER_BYTES) : data;
  const image =
    codec === 'rvl' ? decodeRvl(payload, { limits, memory }) : decodeDepthPng(payload, { limits, inflate, memory });
  const { width, height, data: samples } = image;
  if (scale !== undefined) return { width, height, depth: metresFromInverse(samples, scale) };
  return { width, height, samples, stride: width, unit: checkedDepthUnit(depthUnit) };
}

/**
 * The reverse of {@link decodeCompressedDepth}, in compressedDepth's own layout: `format` and `data` of a
 * sensor_msgs/CompressedImage. What cannot be stored (too near, too far) becomes missing.
 */
export function encodeCompressedDepth(image: DepthImage, options: EncodeDepthOptions = {}): CompressedDepthImage {
  const { encoding = '16UC1', codec = 'png', depthUnit = MILLIMETRE } = options;
  const { depthMax = 10, deflate, filter } = options;
  const { width, height } = image;
  const quantA = Math.fround(DEPTH_QUANTIZATION * (DEPTH_QUANTIZATION + 1));
  const scale = encoding === '32FC1' ? { quantA, quantB: Math.fround(1 - quantA / depthMax) } : NO_SCALE;
  const samples =
    encoding === '32FC1'
      ? inverseFromMetres(image.depth, scale, depthMax)
      : stepsFromMetres(image.depth, checkedDepthUnit(depthUnit));
  const grey: GreyImage = { width, height, data: samples };
  const payload =
    codec === 'rvl' ? encodeRvl(grey) : encodePng16(grey, { ...(deflate && { deflate }), ...(filter && { filter }) });
  const data = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(data.buffer);
  view.setFloat32(4, scale.quantA, true);
  view.setFloat32(8, scale.quantB, true);
  data.set(payload, HEADER_BYTES);
  return { format: `${encoding}; compressedDepth ${codec}`, data };
}

const NO_SCALE: InverseDepthScale = { quantA: 0, quantB: 0 };

function readScale(data: Uint8Array, hasHeader: boolean): InverseDepthScale {
  if (!hasHeader || data.length < HEADER_BYTES) {
    throw new VoxhandError('DEPTH_FORMAT', 'no quantisation header before 32FC1 depth', {
      expected: `${HEADER_BYTES} bytes`,
      found: hasHeader ? `${data.length} bytes` : 'a bare PNG',
      where: 'data',
    });
  }
  const view = new DataView(data.buffer, data.byteOffset);
  const quantA = view.getFloat32(4, true);
  const quantB = view.getFloat32(8, true);
  if (quantA > 0 && quantA < Infinity && Number.isFinite(quantB)) return { quantA, quantB };
  throw new VoxhandError('DEPTH_FORMAT', 'quantisation of 32FC1 depth makes no sense', {
    expected: 'depthQuantA > 0, depthQuantB finite',
    found: `${quantA}, ${quantB}`,
    where: 'data, bytes 4 to 11',
  });
}

/** A format without an encoding, by what the data begin with; undefined where that does not tell, or the encoding is named. */
function formatByData(format: string, data: Uint8Array): CompressedFormat | undefined {
  const text = typeof format === 'string' ? format.trim() : '';
  if (!/^(compressedDepth)?\s*(png)?$/i.test(text)) return undefined;
  if (isPng(data)) return { encoding: '16UC1', codec: 'png', transport: 'plain' };
  if (data.length < HEADER_BYTES || !isPng(data.subarray(HEADER_BYTES))) return undefined;
  const quantA = new DataView(data.buffer, data.byteOffset).getFloat32(4, true);
  // only inverse depth is quantised
  return { encoding: quantA > 0 ? '32FC1' : '16UC1', codec: 'png', transport: 'compressedDepth' };
}

/** What a JPEG begins with. */
const JPEG_MAGIC = [0xff, 0xd8, 0xff];

function lossy(format: string, where: string): VoxhandError {
  return new VoxhandError('DEPTH_FORMAT', 'JPEG is lossy: the depths are not in it any more', {
    expected: 'the raw depth topic, or its compressedDepth topic (PNG or RVL), in place of its compressed topic',
    found: shown(format),
    where,
  });
}

function decodeDepthPng(payload: Uint8Array, options: PngDecodeOptions): GreyImage {
  const image = decodePng16(payload, options);
  if (image.bitDepth === 16) return image;
  throw new VoxhandError('DEPTH_FORMAT', 'PNG holds no depth', {
    expected: '16 bits',
    found: `${image.bitDepth} bits`,
    where: 'PNG IHDR',
  });
}

/** What the `format` of a compressed image says. */
export interface CompressedFormat {
  readonly encoding: '16UC1' | '32FC1';
  readonly codec: 'png' | 'rvl';
  /** `compressedDepth` puts a 12-byte header in front of the payload, `plain` is a bare PNG. */
  readonly transport: 'compressedDepth' | 'plain';
}

/**
 * Read the `format` string of sensor_msgs/CompressedImage or foxglove.CompressedImage:
 *
 * | format                                  | means                                                 |
 * |-----------------------------------------|-------------------------------------------------------|
 * | `16UC1; compressedDepth png` (or `rvl`) | compressed_depth_image_transport                      |
 * | `16UC1; compressedDepth`, `16UC1`       | its older versions, which know PNG only               |
 * | `16UC1; png compressed`, `png`          | compressed_image_transport, foxglove: a bare PNG      |
 *
 * `mono16` stands for `16UC1`; `32FC1` only goes with compressedDepth. A format that names no encoding is not for here: the
 * decoder looks at the data then.
 *
 * @throws VoxhandError `DEPTH_ENCODING` for an encoding that is no depth, `DEPTH_FORMAT` for anything else.
 */
export function parseCompressedFormat(format: string): CompressedFormat {
  const text = typeof format === 'string' ? format.trim() : '';
  if (text.toLowerCase() === 'png') return { encoding: '16UC1', codec: 'png', transport: 'plain' };
  const [stored, how = 'compressedDepth'] = text.split(';').map((part) => part.trim());
  const [transport, codec = 'png'] = how.split(/\s+/);
  const encoding = stored === 'mono16' ? '16UC1' : stored;
  if (encoding !== '16UC1' && encoding !== '32FC1') {
    throw new VoxhandError('DEPTH_ENCODING', 'not a compressed depth encoding', {
      expected: '16UC1, mono16 or 32FC1',
      found: shown(format),
      where: 'format',
    });
  }
  if (transport === 'compressedDepth' && (codec === 'png' || codec === 'rvl')) return { encoding, codec, transport };
  if (transport === 'png' && encoding === '16UC1') return { encoding, codec: 'png', transport: 'plain' };
  if (/^jpe?g$/i.test(transport)) throw lossy(format, 'format');
  throw new VoxhandError('DEPTH_FORMAT', 'not a depth compression that we read', {
    expected: '"<encoding>; compressedDepth png|rvl" or "png"',
    found: shown(format),
    where: 'format',
  });
}
