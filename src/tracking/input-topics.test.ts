import { describe, expect, it } from 'vitest';
import { cdrCodec } from '../messages/cdr-codec.js';
import { toCameraInfoMessage, toImageMessage } from '../messages/images.js';
import type { BusMessage, BusSource } from '../transport/port/bus.js';
import { trackerConfig } from './config.js';
import { findInputTopics, withInputTopics, withRigTopics } from './input-topics.js';

const topic = (name: string, schemaName: string) => ({
  topic: name,
  schemaName,
  schemaEncoding: 'ros2msg',
  schemaData: new Uint8Array(0),
  messageEncoding: 'cdr',
});
const image = (name: string) => topic(name, 'sensor_msgs/msg/Image');
const info = (name: string) => topic(name, 'sensor_msgs/msg/CameraInfo');
const chosen = (...topics: ReturnType<typeof topic>[]) => {
  const { depth, cameraInfo } = withInputTopics(trackerConfig(), topics, 'cell.mcap').topics;
  return [depth, cameraInfo];
};

describe('the input topics of a recording', () => {
  it('are the configured ones where they are there', () => {
    const topics = [
      image('/other/depth'),
      image('/depth/image_rect_raw'),
      info('/depth/camera_info'),
      info('/x/camera_info'),
    ];
    expect(chosen(...topics)).toEqual(['/depth/image_rect_raw', '/depth/camera_info']);
  });

  it('are the only candidates otherwise', () => {
    expect(chosen(image('/cam/depth/image'), info('/cam/depth/info'))).toEqual(['/cam/depth/image', '/cam/depth/info']);
  });

  it('prefer depth by name to colour, and the camera info beside it', () => {
    const topics = [
      image('/cam/color/image'),
      info('/cam/color/info'),
      image('/cam/depth/image'),
      info('/cam/depth/info'),
    ];
    expect(chosen(...topics)).toEqual(['/cam/depth/image', '/cam/depth/info']);
  });

  it('are not guessed among several', () => {
    const topics = [image('/a/depth'), image('/b/depth'), info('/a/info')];
    expect(() => chosen(...topics)).toThrow(/\/a\/depth \(sensor_msgs\/msg\/Image\), \/b\/depth/);
    expect(() => chosen(...topics)).toThrow(expect.objectContaining({ code: 'TOPIC_NOT_FOUND' }));
  });

  it('are named with the line that chooses one, and without topics of other types', () => {
    const topics = [image('/a/depth'), image('/b/depth'), info('/a/info'), topic('/rosout', 'rcl_interfaces/msg/Log')];
    expect(() => chosen(...topics)).toThrow(/--set topics\.depth=\/a\/depth/);
    expect(() => chosen(...topics)).not.toThrow(/rosout/);
  });

  it('prefer a raw image to its own transports', () => {
    const packed = topic('/cam/depth/image/compressedDepth', 'sensor_msgs/msg/CompressedImage');
    expect(chosen(packed, image('/cam/depth/image'), info('/cam/depth/info'))[0]).toBe('/cam/depth/image');
    expect(chosen(packed, info('/cam/depth/info'))[0]).toBe('/cam/depth/image/compressedDepth');
  });

  it('take the camera info beside an aligned image, not the one with depth in its name', () => {
    const topics = [
      image('/cam/aligned_depth_to_color/image_raw'),
      info('/cam/depth/camera_info'),
      info('/cam/aligned_depth_to_color/camera_info'),
    ];
    expect(chosen(...topics)[1]).toBe('/cam/aligned_depth_to_color/camera_info');
  });

  it('must carry what they are configured for', () => {
    const topics = [
      topic('/depth/image_rect_raw', 'std_msgs/msg/String'),
      image('/real/depth'),
      info('/depth/camera_info'),
    ];
    expect(() => chosen(...topics)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED' }));
    expect(() => chosen(...topics)).toThrow(/\/real\/depth/);
  });

  it('may be a point cloud, which is never guessed and needs no camera info', () => {
    const clouds = [topic('/cell/points', 'sensor_msgs/msg/PointCloud2')];
    const config = trackerConfig({ topics: { depth: '/cell/points', cameraInfo: '/cell/camera_info' } });
    expect(withInputTopics(config, clouds, 'cell.mcap').topics).toMatchObject({
      depth: '/cell/points',
      cameraInfo: '/cell/camera_info',
    });
    expect(() => chosen(...clouds)).toThrow(expect.objectContaining({ code: 'TOPIC_NOT_FOUND' }));
  });

  it('of a rig are those of each camera, compressed or not, and a camera without its topic is named', () => {
    const cameras = {
      left: { depth: '/left/image', cameraInfo: '/left/info' },
      right: { depth: '/right/points', cameraInfo: '/right/info' },
    };
    const config = trackerConfig({ cameras });
    const left = [topic('/left/image/compressedDepth', 'sensor_msgs/msg/CompressedImage'), info('/left/info')];
    const found = withRigTopics(config, [...left, topic('/right/points', 'sensor_msgs/msg/PointCloud2')], 'cell.mcap');
    expect(found.cameras).toMatchObject({
      left: { depth: '/left/image/compressedDepth', cameraInfo: '/left/info' },
      right: { depth: '/right/points' },
    });
    expect(found.topics.depth).toBe('/left/image/compressedDepth');
    expect(() => withRigTopics(config, left, 'cell.mcap')).toThrow(
      /no topic \/right\/points of camera right; expected cameras\.right\.depth one of \/left\/image\/compressedDepth/,
    );
  });

  describe('by their first messages', () => {
    const frame = (frameId: string) => ({ stamp: 1n, frameId });
    const picture = (name: string, encoding: string, frameId: string): BusMessage =>
      messageOf(name, 'sensor_msgs/msg/Image', toImageMessage({ ...frame(frameId), ...SIZE, encoding, data: DATA }));
    const camera = (name: string, frameId: string): BusMessage =>
      messageOf(name, 'sensor_msgs/msg/CameraInfo', toCameraInfoMessage({ ...CAMERA, ...frame(frameId) }));
    const found = async (...messages: BusMessage[]) => {
      const { depth, cameraInfo } = (await findInputTopics(trackerConfig(), busOf(messages), 'cell.mcap')).topics;
      return [depth, cameraInfo];
    };

    it('are the only topic with depth in it, whatever it is called', async () => {
      const messages = [
        picture('/oak/rgb/image', 'rgb8', 'rgb'),
        camera('/oak/rgb/info', 'rgb'),
        picture('/oak/stereo/image', '16UC1', 'right'),
        camera('/oak/stereo/info', 'right'),
      ];
      expect(await found(...messages)).toEqual(['/oak/stereo/image', '/oak/stereo/info']);
    });

    it('take the camera info of the image’s frame, also where another is the default', async () => {
      const messages = [
        picture('/depth/image_rect_raw', '16UC1', 'color'),
        camera('/depth/camera_info', 'depth'),
        camera('/color/camera_info', 'color'),
      ];
      expect(await found(...messages)).toEqual(['/depth/image_rect_raw', '/color/camera_info']);
    });

    it('are asked for among several, with their encodings, and pictures are not offered', async () => {
      const messages = [
        picture('/a/image', '16UC1', 'a'),
        picture('/b/image', '32FC1', 'b'),
        picture('/c/image', 'rgb8', 'c'),
        camera('/a/info', 'a'),
      ];
      const error = await found(...messages).catch((thrown: unknown) => thrown as Error);
      expect(error).toMatchObject({ code: 'TOPIC_NOT_FOUND' });
      expect(String(error)).toMatch(
        /\/a\/image \(\S+, 16UC1\), \/b\/image \(\S+, 32FC1\): choose with --set topics.depth=\/a/,
      );
      expect(String(error)).not.toContain('/c/image');
    });

    it('are missing where there are pictures only, which are named', async () => {
      await expect(found(picture('/c/image', 'rgb8', 'c'), camera('/c/info', 'c'))).rejects.toMatchObject({
        code: 'TOPIC_NOT_FOUND',
        expected: expect.stringContaining('not only /c/image (sensor_msgs/msg/Image, rgb8)'),
      });
    });
  });
});

const SIZE = { width: 4, height: 2 };
const DATA = new Uint8Array(64);
const CAMERA = { ...SIZE, fx: 5, fy: 5, cx: 1.5, cy: 0.5 };

function messageOf<Name extends 'sensor_msgs/msg/Image' | 'sensor_msgs/msg/CameraInfo'>(
  name: string,
  type: Name,
  value: object,
): BusMessage {
  const codec = cdrCodec(type as string);
  const { schemaName, schemaEncoding, schemaData, messageEncoding } = codec;
  const times = { logTime: 1n, publishTime: 1n, sequence: 0 };
  return { topic: name, schemaName, schemaEncoding, schemaData, messageEncoding, data: codec.encode(value), ...times };
}

function busOf(messages: readonly BusMessage[]): BusSource {
  return {
    topics: () => messages,
    async *subscribe(topics) {
      for (const m of messages) if (topics === undefined || topics.includes(m.topic)) yield m;
    },
    close: async () => undefined,
  };
}
