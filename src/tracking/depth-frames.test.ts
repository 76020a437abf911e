import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { cdrCodec } from '../messages/cdr-codec.js';
import { toCameraInfoMessage, toImageMessage } from '../messages/images.js';
import type { BusMessage, BusSource } from '../transport/port/bus.js';
import { trackerConfig } from './config.js';
import { Counters } from './counters.js';
import { depthFrames } from './depth-frames.js';

const DEPTH = '/depth/image_rect_raw';
const INFO = '/depth/camera_info';
const [WIDTH, HEIGHT] = [4, 2];
const imageCodec = cdrCodec('sensor_msgs/msg/Image');
const infoCodec = cdrCodec('sensor_msgs/msg/CameraInfo');
const origin = (stamp: bigint) => ({ stamp, frameId: 'camera' });

function message(
  topic: string,
  codec: typeof imageCodec | typeof infoCodec,
  data: Uint8Array,
  stamp: bigint,
): BusMessage {
  const { schemaName, schemaEncoding, schemaData, messageEncoding } = codec;
  return {
    topic,
    schemaName,
    schemaEncoding,
    schemaData,
    messageEncoding,
    data,
    logTime: stamp,
    publishTime: stamp,
    sequence: 0,
  };
}

function image(stamp: bigint, change: Partial<Parameters<typeof imageCodec.encode>[0]> = {}): BusMessage {
  const data = new Uint8Array(Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => 500 + i).buffer);
  const plain = toImageMessage({ ...origin(stamp), width: WIDTH, height: HEIGHT, encoding: '16UC1', data });
  return message(DEPTH, imageCodec, imageCodec.encode({ ...plain, ...change }), stamp);
}

function info(stamp: bigint, fx = 5): BusMessage {
  const camera = { ...origin(stamp), width: WIDTH, height: HEIGHT, fx, fy: 5, cx: 1.5, cy: 0.5 };
  return message(INFO, infoCodec, infoCodec.encode(toCameraInfoMessage(camera)), stamp);
}

function busOf(messages: readonly BusMessage[]): BusSource {
  return {
    topics: () => [],
    async *subscribe(topics) {
      for (const m of messages) if (topics === undefined || topics.includes(m.topic)) yield m;
    },
    close: async () => undefined,
  };
}

async function read(messages: readonly BusMessage[], firstCameraInfo?: BusMessage) {
  const counters = new Counters();
  const said: string[] = [];
  const frames = await lastValueFrom(
    depthFrames(busOf(messages), trackerConfig(), {
      counters,
      ...(firstCameraInfo && { firstCameraInfo }),
      onDrop: (cause, text, topic) => said.push(`${topic} ${cause}: ${text}`),
    }).pipe(toArray()),
  );
  return { frames, counts: counters.snapshot(), said };
}

describe('the depth frames of a bus', () => {
  it('are metres with the camera that took them', async () => {
    const { frames, counts } = await read([info(1n), image(1n), image(2n)]);
    expect(frames.map(({ stamp }) => stamp)).toEqual([1n, 2n]);
    expect(frames[0].frameId).toBe('camera');
    expect(frames[0].camera).toMatchObject({ width: WIDTH, fx: 5, cx: 1.5 });
    expect(frames[0].depth[3]).toBeCloseTo(0.503, 6);
    expect(counts).toMatchObject({ in: 2, dropped: {} });
  });

  it('do not lose what a recording holds before its first camera info', async () => {
    const { frames, counts } = await read([image(1n), info(2n), image(3n)], info(2n));
    expect(frames).toHaveLength(2);
    expect(counts.dropped).toEqual({});
    const without = await read([image(1n), info(2n), image(3n)]);
    expect(without.counts).toMatchObject({ in: 2, dropped: { 'camera-missing': 1 } });
  });

  it('count an unusable first camera info where it stands, not when it is read ahead', async () => {
    const { said, counts } = await read([image(1n), info(2n, 0), image(3n)], info(2n, 0));
    expect(said.filter((text) => text.startsWith(INFO))).toHaveLength(1);
    expect(counts.dropped).toEqual({ CAMERA_INVALID: 2 });
  });

  it('can be read twice, each time from the beginning', async () => {
    const stream = depthFrames(busOf([info(1n), image(1n)]), trackerConfig());
    expect(await lastValueFrom(stream.pipe(toArray()))).toHaveLength(1);
    expect(await lastValueFrom(stream.pipe(toArray()))).toHaveLength(1);
  });

  const truncated = image(2n);
  it.each<[string, BusMessage, string]>([
    ['of an encoding that is no depth', image(2n, { encoding: 'rgb8' }), 'DEPTH_ENCODING'],
    ['with a step below the row', image(2n, { step: 3 }), 'DEPTH_SIZE'],
    ['of absurd size', image(2n, { width: 100_000, height: 100_000 }), 'DEPTH_SIZE'],
    ['of another size than its camera', image(2n, { width: 2, height: 4, step: 4 }), 'DEPTH_SIZE'],
    ['with too little data', image(2n, { data: new Uint8Array(3) }), 'DEPTH_SIZE'],
    [
      'that is cut off',
      { ...truncated, data: truncated.data.subarray(0, truncated.data.length - 9) },
      'MESSAGE_INVALID',
    ],
    ['that is empty', { ...truncated, data: new Uint8Array(0) }, 'MESSAGE_INVALID'],
  ])('count an image %s, say so, and go on', async (_, bad, code) => {
    const { frames, counts, said } = await read([info(1n), image(1n), bad, image(3n)]);
    expect(frames.map(({ stamp }) => stamp)).toEqual([1n, 3n]);
    expect(counts).toMatchObject({ in: 3, dropped: { [code]: 1 } });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`${DEPTH} ${code}`);
  });

  it('miss their camera where its focal length is zero, and say why', async () => {
    const { frames, counts, said } = await read([info(1n, 0), image(1n)]);
    expect(frames).toHaveLength(0);
    // the cause is the info that cannot be used, not that there is none
    expect(counts.dropped).toEqual({ CAMERA_INVALID: 1 });
    expect(said[0]).toContain(`${INFO} CAMERA_INVALID`);
    expect(said[1]).toMatch(/^\/depth\/image_rect_raw CAMERA_INVALID: .*focal lengths > 0; found fx 0/);
  });

  it('are told once from a camera info of another frame, and go on', async () => {
    const other = {
      ...toImageMessage({ ...origin(1n), width: 1, height: 1, encoding: '16UC1', data: new Uint8Array(2) }),
    };
    const { header } = other;
    const colour = (stamp: bigint) => image(stamp, { header: { ...header, frame_id: 'other' } });
    const { frames, counts, said } = await read([info(1n), colour(1n), colour(2n), image(3n)]);
    expect(frames).toHaveLength(3);
    expect(counts.dropped).toEqual({});
    expect(said).toEqual([expect.stringMatching(/^\/depth\/camera_info camera-mismatch: .*frame camera.*frame other/)]);
  });

  it('have the frame of their camera info where the driver leaves out their own', async () => {
    const nameless = image(1n, { header: { stamp: { sec: 0, nanosec: 1 }, frame_id: '' } });
    const { frames, said } = await read([info(1n), nameless]);
    expect(frames.map(({ frameId }) => frameId)).toEqual(['camera']);
    expect(said).toEqual([]);
  });

  describe('that are point clouds', () => {
    const cloudCodec = cdrCodec('sensor_msgs/msg/PointCloud2');
    /** Every pixel of the camera of `info`, 0.5 m away; in one row of points where it is not organised. */
    const cloud = (stamp: bigint, organised = true): BusMessage => {
      const pixels = Array.from({ length: WIDTH * HEIGHT }, (_, i) => [i % WIDTH, Math.floor(i / WIDTH)]);
      const points = pixels.flatMap(([u, v]) => [(0.5 * (u - 1.5)) / 5, (0.5 * (v - 0.5)) / 5, 0.5]);
      const value = {
        header: { stamp: { sec: 0, nanosec: Number(stamp) }, frame_id: 'camera' },
        ...(organised ? { width: WIDTH, height: HEIGHT } : { width: WIDTH * HEIGHT, height: 1 }),
        fields: ['x', 'y', 'z'].map((name, i) => ({ name, offset: 4 * i, datatype: 7, count: 1 })),
        ...{ is_bigendian: false, point_step: 12, row_step: 12 * WIDTH, is_dense: true },
        data: new Uint8Array(Float32Array.from(points).buffer),
      };
      const { schemaName, schemaEncoding, schemaData, messageEncoding } = cloudCodec;
      const schema = { schemaName, schemaEncoding, schemaData, messageEncoding };
      return {
        ...schema,
        topic: DEPTH,
        data: cloudCodec.encode(value),
        logTime: stamp,
        publishTime: stamp,
        sequence: 0,
      };
    };

    it.each([true, false])('become depth images by their camera info, organised: %s', async (organised) => {
      const { frames, counts } = await read([info(1n), cloud(1n, organised)]);
      expect(counts).toMatchObject({ in: 1, dropped: {} });
      expect(frames[0]).toMatchObject({ stamp: 1n, frameId: 'camera', width: WIDTH, height: HEIGHT });
      expect([...frames[0].depth]).toEqual(Array(8).fill(0.5));
    });

    it('have a camera of their own where nobody tells it', async () => {
      const { frames, counts } = await read([cloud(1n, false), cloud(2n, false), info(3n), cloud(3n, false)]);
      expect(counts).toMatchObject({ in: 3, dropped: {} });
      expect(frames.map(({ width, height }) => [width, height])).toEqual([
        [320, 240],
        [320, 240],
        [WIDTH, HEIGHT],
      ]);
      expect(frames[0].depth.filter((z) => z > 0)).toHaveLength(8);
    });

    it('that cannot be read are counted, and the next one is', async () => {
      const short = { ...cloud(1n), data: cloud(1n).data.subarray(0, 60) };
      const { frames, counts } = await read([info(1n), short, cloud(2n)]);
      expect(frames).toHaveLength(1);
      expect(counts.dropped).toEqual({ MESSAGE_INVALID: 1 });
    });
  });

  it('take NaN, infinite and negative depth for missing', async () => {
    const data = new Uint8Array(Float32Array.of(Number.NaN, Infinity, -1, 0, 0.5, -Infinity, 2, 1e-3).buffer);
    const { frames } = await read([info(1n), image(1n, { encoding: '32FC1', step: 16, data })]);
    expect([...frames[0].depth]).toEqual([0, 0, 0, 0, 0.5, 0, 2, Math.fround(1e-3)]);
  });
});
