import { describe, expect, it } from 'vitest';
import { cameraFromInfo } from './camera-info.js';
import { encodeCompressedDepth } from './compressed-depth.js';
import { decodeDepthMessage, headerOf } from './depth-message.js';
import { encodePng16 } from './png16.js';
import { encodeRawDepth } from './raw-depth.js';

const k = [100, 0, 1, 0, 100, 0.5, 0, 0, 1];
const camera = cameraFromInfo({ width: 3, height: 2, k });
const context = { stamp: 12n, frameId: 'camera_depth_optical_frame', camera };
const image = { width: 3, height: 2, depth: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5) };
const raw = encodeRawDepth(image);
const png = encodePng16({ width: 3, height: 2, data: Uint16Array.of(0, 500, 1000, 1500, 2000, 2500) });

describe('decodeDepthMessage', () => {
  it.each<[string, unknown]>([
    ['sensor_msgs/msg/Image', raw],
    ['sensor_msgs/Image', encodeRawDepth(image, '32FC1')],
    ['foxglove.RawImage', raw],
    ['foxglove_msgs/msg/RawImage', raw],
    ['sensor_msgs/msg/CompressedImage', encodeCompressedDepth(image, { codec: 'rvl' })],
    ['sensor_msgs/CompressedImage', encodeCompressedDepth(image)],
    ['foxglove.CompressedImage', { format: 'png', data: png }],
    ['foxglove_msgs/msg/CompressedImage', { format: 'png', data: png }],
  ])('reads %s', (schema, message) => {
    expect(decodeDepthMessage(schema, message, context)).toEqual({ ...context, ...image });
  });

  it('takes foxglove.RawImage as little endian whatever it carries along', () => {
    const message = { ...raw, is_bigendian: 1 };
    expect(decodeDepthMessage('foxglove.RawImage', message, context).depth).toEqual(image.depth);
    expect(decodeDepthMessage('sensor_msgs/msg/Image', message, context).depth).not.toEqual(image.depth);
  });

  it('makes missing of pixels without a ray', () => {
    const blind = Uint32Array.of(1, 5);
    const { depth } = decodeDepthMessage('foxglove.RawImage', raw, { ...context, camera: { ...camera, blind } });
    expect(depth).toEqual(Float32Array.of(0, 0, 1, 1.5, 2, 0));
  });

  it('says both sizes where camera and image differ', () => {
    const other = cameraFromInfo({ width: 640, height: 480, k });
    expect(() => decodeDepthMessage('sensor_msgs/msg/Image', raw, { ...context, camera: other })).toThrow(
      expect.objectContaining({ code: 'DEPTH_SIZE', message: expect.stringMatching(/640 x 480.*3 x 2/) }),
    );
  });

  it('refuses another schema and names those it reads', () => {
    expect(() => decodeDepthMessage('sensor_msgs/msg/LaserScan', {}, context)).toThrow(
      expect.objectContaining({
        code: 'SCHEMA_UNSUPPORTED',
        message: expect.stringMatching(/sensor_msgs\/Image.*LaserScan/),
      }),
    );
  });

  it.each([null, undefined, 5, 'text'])('refuses %j for a message', (message) => {
    expect(() => decodeDepthMessage('sensor_msgs/msg/Image', message, context)).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    );
  });
});

describe('headerOf', () => {
  it.each<[string, unknown, bigint]>([
    ['a ROS 2 message', { header: { stamp: { sec: 2, nanosec: 5 }, frame_id: 'cam' } }, 2_000_000_005n],
    ['a ROS message with nsec', { header: { stamp: { sec: 2, nsec: 5 }, frame_id: 'cam' } }, 2_000_000_005n],
    [
      'a Foxglove message',
      { timestamp: { sec: 1_800_000_000, nsec: 999_999_999 }, frame_id: 'cam' },
      1_800_000_000_999_999_999n,
    ],
  ])('reads %s', (_, message, stamp) => {
    expect(headerOf(message)).toEqual({ stamp, frameId: 'cam' });
  });

  it('takes a frame id that is missing as empty', () => {
    expect(headerOf({ timestamp: { sec: 0, nsec: 0 } })).toEqual({ stamp: 0n, frameId: '' });
  });

  it.each([null, {}, { header: {} }, { timestamp: { sec: 'a', nsec: 0 } }, { timestamp: { sec: 1.5, nsec: 0 } }])(
    'refuses %j',
    (message) => {
      expect(() => headerOf(message)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
    },
  );
});
