import { VoxhandError } from '../errors/index.js';
import type { CameraInfoMessage, CompressedImageMessage, ImageMessage } from './generated.js';
import { header } from './parts.js';

/** Where and when an image was taken. */
export interface ImageOrigin {
  readonly stamp: bigint;
  readonly frameId: string;
}

/** An image as bytes, row after row without gaps, little endian. */
export interface RawImage extends ImageOrigin {
  readonly width: number;
  readonly height: number;
  /** `16UC1`, `32FC1`, `mono16`... */
  readonly encoding: string;
  readonly data: Uint8Array;
}

/** A depth image in metres, 0 where depth is missing. */
export interface MetricDepth extends ImageOrigin {
  readonly width: number;
  readonly height: number;
  readonly depth: Float32Array;
}

/** A pinhole camera, pixels. */
export interface PinholeCamera extends ImageOrigin {
  readonly width: number;
  readonly height: number;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
}

/**
 * An image as `sensor_msgs/msg/Image`. `data` is not copied.
 *
 * @throws VoxhandError `DEPTH_SIZE` where the data is not a whole number of equal rows.
 */
export function toImageMessage(image: RawImage): ImageMessage {
  const { width, height, encoding, data } = image;
  const step = data.byteLength / height;
  if (!Number.isInteger(step) || step < width) {
    throw new VoxhandError('DEPTH_SIZE', 'image data does not make whole rows', {
      expected: `${height} rows of ${width} pixels`,
      found: `${data.byteLength} bytes`,
      where: 'sensor_msgs/msg/Image.data',
    });
  }
  return { header: header(image.stamp, image.frameId), height, width, encoding, is_bigendian: 0, step, data };
}

/**
 * Depth in metres as a `sensor_msgs/msg/Image` of millimetres (16UC1), the usual form of a depth camera. Missing depth,
 * and depth that 16 bits cannot hold (beyond 65.535 m), is 0.
 *
 * @throws VoxhandError `DEPTH_SIZE` where depth and size disagree.
 */
export function toDepthImageMessage(image: MetricDepth): ImageMessage {
  const { stamp, frameId, width, height, depth } = image;
  if (depth.length !== width * height) {
    throw new VoxhandError('DEPTH_SIZE', 'depth and image size disagree', {
      expected: `${width} x ${height} = ${width * height} values`,
      found: `${depth.length}`,
    });
  }
  const data = new Uint8Array(depth.length * 2);
  const view = new DataView(data.buffer);
  for (let i = 0; i < depth.length; i++) {
    const millimetres = Math.round(depth[i] * 1000);
    if (millimetres > 0 && millimetres <= 0xffff) view.setUint16(i * 2, millimetres, true);
  }
  return toImageMessage({ stamp, frameId, width, height, encoding: '16UC1', data });
}

/** An encoded image as `sensor_msgs/msg/CompressedImage`: format `16UC1; compressedDepth png` and the like. */
export function toCompressedImageMessage(
  origin: ImageOrigin,
  format: string,
  data: Uint8Array,
): CompressedImageMessage {
  return { header: header(origin.stamp, origin.frameId), format, data };
}

/** A pinhole camera without distortion as `sensor_msgs/msg/CameraInfo`. */
export function toCameraInfoMessage(camera: PinholeCamera): CameraInfoMessage {
  const { width, height, fx, fy, cx, cy } = camera;
  return {
    header: header(camera.stamp, camera.frameId),
    height,
    width,
    distortion_model: 'plumb_bob',
    d: new Float64Array(5),
    k: Float64Array.of(fx, 0, cx, 0, fy, cy, 0, 0, 1),
    r: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    p: Float64Array.of(fx, 0, cx, 0, 0, fy, cy, 0, 0, 0, 1, 0),
    binning_x: 0,
    binning_y: 0,
    roi: { x_offset: 0, y_offset: 0, height: 0, width: 0, do_rectify: false },
  };
}
