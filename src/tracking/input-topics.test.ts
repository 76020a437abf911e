import { describe, expect, it } from 'vitest';
import { trackerConfig } from './config.js';
import { withInputTopics } from './input-topics.js';

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

  it('must carry what they are configured for', () => {
    const topics = [
      topic('/depth/image_rect_raw', 'std_msgs/msg/String'),
      image('/real/depth'),
      info('/depth/camera_info'),
    ];
    expect(() => chosen(...topics)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED' }));
    expect(() => chosen(...topics)).toThrow(/\/real\/depth/);
  });
});
