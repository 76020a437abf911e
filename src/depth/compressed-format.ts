import { VoxhandError } from '../errors/index.js';
import { shown } from '../errors/shown.js';

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
 * `mono16` stands for `16UC1`; `32FC1` only goes with compressedDepth.
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
  throw new VoxhandError('DEPTH_FORMAT', 'not a depth compression that we read', {
    expected: '"<encoding>; compressedDepth png|rvl" or "png"',
    found: shown(format),
    where: 'format',
  });
}
