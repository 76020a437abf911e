import { describe, expect, it, test } from 'vitest';
import { cameraFit, cameraMismatch, infoSize, rawTopicOf } from './camera-match.js';

const at = (topic: string, frameId: string, width?: number) => ({ topic, frameId, width, height: width && width / 2 });

describe('the camera info of a depth image', () => {
  const aligned = at('/camera/aligned_depth_to_color/image_raw', 'color', 640);
  test.each([
    [
      'the one beside it, though another has the same frame',
      aligned,
      [
        at('/camera/depth/camera_info', 'depth', 640),
        at('/camera/color/camera_info', 'color', 640),
        at('/camera/aligned_depth_to_color/camera_info', 'color', 640),
      ],
      2,
    ],
    [
      'the one of its frame, though another is beside it',
      aligned,
      [at('/camera/aligned_depth_to_color/camera_info', 'depth', 640), at('/camera/color/camera_info', 'color', 320)],
      1,
    ],
    [
      'the one of its size, where nothing else tells',
      at('/d/image', '', 640),
      [at('/a/camera_info', '', 320), at('/b/camera_info', '', 640)],
      1,
    ],
    [
      'the one above its namespace, for a transport',
      at('/d/image/compressedDepth', ''),
      [at('/e/camera_info', ''), at('/d/camera_info', '')],
      1,
    ],
  ] as const)('is %s', (_, depth, cameras, best) => {
    const fits = cameras.map((camera) => cameraFit(depth, camera));
    expect(fits.indexOf(Math.max(...fits))).toBe(best);
    expect(fits.filter((fit) => fit === Math.max(...fits))).toHaveLength(1);
  });

  test.each([
    [at('/depth/image', 'depth'), at('/color/info', 'color'), true],
    [at('/depth/image', 'depth'), at('/depth/info', 'color'), true],
    [at('/depth/image', 'depth'), at('/color/info', 'depth'), false],
    [at('/depth/image', '/depth'), at('/depth/info', 'depth'), false],
    [at('/depth/image', ''), at('/depth/info', 'color'), false],
    [at('/camera/depth/image', ''), at('/camera/info', 'color'), false],
    [at('/depth/image', ''), at('/color/info', 'color'), true],
  ])('of %j in %j seems to be of another camera: %s', (depth, camera, mismatch) => {
    const text = cameraMismatch(depth, camera);
    expect(text !== undefined).toBe(mismatch);
    if (text !== undefined) expect(text).toContain(camera.topic);
  });

  it('has the size of the image that it is about', () => {
    const roi = { x_offset: 0, y_offset: 0, width: 320, height: 240 };
    expect(infoSize({ width: 640, height: 480 })).toEqual({ width: 640, height: 480 });
    expect(infoSize({ width: 640, height: 480, roi, binning_x: 2, binning_y: 0 })).toEqual({ width: 160, height: 240 });
  });
});

test('a transport belongs to its raw topic', () => {
  expect(rawTopicOf('/d/image_raw/compressedDepth')).toBe('/d/image_raw');
  expect(rawTopicOf('/d/compressed_image')).toBe('/d/compressed_image');
});
