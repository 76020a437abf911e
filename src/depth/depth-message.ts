import { VoxhandError } from '../errors/index.js';
import { shown } from '../errors/shown.js';
import { type CompressedDepthImage, type CompressedDepthOptions, readCompressedDepth } from './compressed-depth.js';
import type { CameraModel, DepthFrame } from './depth-frame.js';
import type { DepthImage } from './depth-image.js';
import { CLOUD_SCHEMAS, depthOfCloud, type PointCloud } from './point-cloud.js';
import { type RawDepthImage, readRawDepth } from './raw-depth.js';
import { depthImage, type StoredDepth, storedFrame } from './stored-depth.js';

type Decode = (message: never, options: CompressedDepthOptions, camera: CameraModel) => DepthImage | StoredDepth;

const DECODERS = new Map<string, Decode>([
  ['sensor_msgs/Image', (message: RawDepthImage, options) => readRawDepth(message, options)],
  ['foxglove.RawImage', (message: RawDepthImage, options) => readRawDepth(littleEndian(message), options)],
  ['sensor_msgs/CompressedImage', (message: CompressedDepthImage, options) => readCompressedDepth(message, options)],
  ['foxglove.CompressedImage', (message: CompressedDepthImage, options) => readCompressedDepth(message, options)],
]);

/** Schemas of depth images. Beside them {@link decodeDepthMessage} reads point clouds, see {@link CLOUD_SCHEMAS}. */
export const DEPTH_SCHEMAS: readonly string[] = [...DECODERS.keys()];

for (const schema of CLOUD_SCHEMAS) {
  DECODERS.set(schema, (message: PointCloud, { limits }, camera) => depthOfCloud(message, camera, limits));
}

/** Schemas that `cameraFromInfo` reads. */
export const CAMERA_SCHEMAS: readonly string[] = ['sensor_msgs/CameraInfo', 'foxglove.CameraCalibration'];

/** What a depth message does not say itself. */
export interface FrameContext {
  /** Nanoseconds. */
  readonly stamp: bigint;
  readonly frameId: string;
  readonly camera: CameraModel;
}

/**
 * One schema name for all spellings: `sensor_msgs/msg/Image` becomes `sensor_msgs/Image`, `foxglove_msgs/msg/RawImage`
 * becomes `foxglove.RawImage`.
 */
export function canonicalSchema(schema: string): string {
  return schema.replace('/msg/', '/').replace(/^foxglove_msgs\//, 'foxglove.');
}

/**
 * The main entry: a decoded depth message of any schema in {@link DEPTH_SCHEMAS}, or a point cloud, becomes a frame.
 *
 * The message's buffer is only read; it must not change while the frame is in use, which may read its depth from there. Pixels without a
 * ray (`camera.blind`) come out as missing.
 *
 * @param schema of the message, in ROS 1's, ROS 2's or Foxglove's spelling.
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for another schema; `DEPTH_SIZE` where camera and image differ in size;
 * else as `decodeRawDepth` and `decodeCompressedDepth`.
 */
export function decodeDepthMessage(
  schema: string,
  message: unknown,
  { stamp, frameId, camera }: FrameContext,
  options: CompressedDepthOptions = {},
): DepthFrame {
  const decode = DECODERS.get(canonicalSchema(schema));
  if (decode === undefined) {
    throw new VoxhandError('SCHEMA_UNSUPPORTED', 'not a depth image', {
      expected: [...DECODERS.keys()].join(', '),
      found: schema,
      where: 'schema',
    });
  }
  if (message === null || typeof message !== 'object') {
    throw new VoxhandError('MESSAGE_INVALID', 'no message', { expected: schema, found: typeof message });
  }
  const image = decode(message as never, options, camera);
  const { width, height } = image;
  if (width !== camera.width || height !== camera.height) {
    throw new VoxhandError('DEPTH_SIZE', 'depth image and camera differ in size', {
      expected: `${camera.width} x ${camera.height} as in the camera info`,
      found: `an image of ${width} x ${height}`,
    });
  }
  const blind = camera.blind ?? [];
  if (!('depth' in image) && blind.length === 0) return storedFrame({ stamp, frameId, camera }, image);
  const { depth } = depthImage(image);
  for (const pixel of blind) depth[pixel] = 0;
  return { stamp, frameId, width, height, depth, camera };
}

/** foxglove.RawImage is little endian by definition, whatever other field a message carries along. */
function littleEndian({ width, height, encoding, step, data }: RawDepthImage): RawDepthImage {
  return { width, height, encoding, step, data };
}

/** Stamp (nanoseconds) and frame of a message. */
export interface MessageHeader {
  readonly stamp: bigint;
  readonly frameId: string;
}

/**
 * Stamp and frame id of a ROS message (`header.stamp`, `header.frame_id`) or a Foxglove message (`timestamp`,
 * `frame_id`). Times may be named sec and nsec or sec and nanosec.
 *
 * @throws VoxhandError `MESSAGE_INVALID` where there is no such time.
 */
export function headerOf(message: unknown): MessageHeader {
  const { header, timestamp, frame_id } = fieldsOf(message);
  const { stamp, frame_id: headerFrame } = fieldsOf(header);
  const frameId = headerFrame ?? frame_id;
  return { stamp: nanoseconds(stamp ?? timestamp), frameId: typeof frameId === 'string' ? frameId : '' };
}

function nanoseconds(time: unknown): bigint {
  const { sec, nsec, nanosec = nsec } = fieldsOf(time);
  if (Number.isInteger(sec) && Number.isInteger(nanosec)) {
    return BigInt(sec as number) * 1_000_000_000n + BigInt(nanosec as number);
  }
  throw new VoxhandError('MESSAGE_INVALID', 'message has no stamp', {
    expected: 'sec and nanosec, integers',
    found: `${shown(sec)}, ${shown(nanosec)}`,
    where: 'header.stamp or timestamp',
  });
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}
