import { describe, expect, it, vi } from 'vitest';
import { encodeCompressedDepth } from '../depth/compressed-depth.js';
import { type HandJoints, lostHand } from '../hand/hand-joints.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import type { MessageSchema } from '../messages/codec.js';
import { toDiagnosticArray } from '../messages/diagnostic-array.js';
import { toHandDescriptionMessage } from '../messages/hand-description-message.js';
import { toHandJointsMessage } from '../messages/hand-joints-message.js';
import { toCameraInfoMessage, toCompressedImageMessage, toDepthImageMessage } from '../messages/images.js';
import { jsonCodec } from '../messages/json-codec.js';
import { toTfMessage } from '../messages/transforms.js';
import { toChannel } from '../transport/foxglove/protocol/index.js';
import { assignCameras } from './channels/cameras.js';
import { assignRoles } from './channels/roles.js';
import { Feeds } from './feeds.js';

const CAMERA = { stamp: 1n, frameId: 'cam', width: 4, height: 2, fx: 4, fy: 4, cx: 1.5, cy: 0.5 };
const DEPTH = { stamp: 1n, frameId: 'cam', width: 4, height: 2, depth: new Float32Array(8).fill(0.5) };

const hand: HandJoints = {
  ...lostHand(5n, 'cam', 'left', 3),
  tracked: true,
  positions: new Float64Array(63).fill(0.25),
  confidences: new Float32Array(21).fill(0.5),
};

const CODECS = {
  '/hand/joints': cdrCodec('voxhand_msgs/msg/HandJoints'),
  '/depth/image': cdrCodec('sensor_msgs/msg/Image'),
  '/depth/camera_info': cdrCodec('sensor_msgs/msg/CameraInfo'),
  '/tf_static': cdrCodec('tf2_msgs/msg/TFMessage'),
  '/diagnostics': cdrCodec('diagnostic_msgs/msg/DiagnosticArray'),
  '/hand/cube': jsonCodec('foxglove.SceneUpdate'),
  '/hand/voxel_cloud': cdrCodec('sensor_msgs/msg/PointCloud2'),
};

function setUp(codecs: Readonly<Record<string, MessageSchema>> = CODECS) {
  const events = { depth: vi.fn(), cube: vi.fn(), voxels: vi.fn(), result: vi.fn() };
  const feeds = new Feeds(events);
  const channels = Object.entries(codecs).map(([topic, codec], id) => toChannel(id, topic, codec));
  const roles = assignRoles(channels);
  feeds.setRoles(roles, assignCameras(channels, roles));
  const say = (topic: string, data: Uint8Array, time = 9n) => {
    const channel = channels.find((one) => one.topic === topic)!;
    feeds.receive(channel, data, time, 0);
  };
  return { feeds, events, say };
}

describe('messages become what is shown', () => {
  it('joints are a hand, at once', () => {
    const { feeds, events, say } = setUp();
    say('/hand/joints', CODECS['/hand/joints'].encode(toHandJointsMessage(hand, 25_000_005n)), 9n);
    expect(feeds.hands.hands).toEqual([hand]);
    expect(feeds.age).toBe(25_000_000n);
    expect(events.result).toHaveBeenCalledExactlyOnceWith(9n, true);
    say('/hand/joints', CODECS['/hand/joints'].encode(toHandJointsMessage(lostHand(6n, 'cam', 'left', 3))));
    expect(feeds.hands.hands).toEqual([]);
    expect(events.result).toHaveBeenLastCalledWith(9n, false);
  });

  it('hands of one moment are one result, and one of them that is lost leaves the other', () => {
    const { feeds, events, say } = setUp();
    const put = (stamp: bigint, handId: number, tracked = true) => {
      const said = tracked ? { ...hand, stamp, handId } : lostHand(stamp, 'cam', 'left', handId);
      say('/hand/joints', CODECS['/hand/joints'].encode(toHandJointsMessage(said)), stamp);
    };
    for (const stamp of [5n, 6n, 7n, 8n]) for (const id of [3, 4]) put(stamp, id);
    expect(feeds.hands.hands.map(({ handId }) => handId)).toEqual([3, 4]);
    expect(feeds.trails.pieces([3, 4])).toHaveLength(2 * 3 * 5);
    for (const handId of [3, 4]) {
      feeds.gestures.put({
        hand_id: handId,
        gesture: 'pinch',
        phase: 0,
        confidence: 1,
        duration: { sec: 0, nanosec: 0 },
      });
    }
    put(9n, 3, false);
    put(9n, 4);
    expect(events.result).toHaveBeenLastCalledWith(9n, true);
    expect(feeds.gestures.active.map(({ handId }) => handId)).toEqual([4]);
    expect(feeds.trails.pieces([3])).toEqual([]);
    put(10n, 4, false);
    expect(events.result).toHaveBeenLastCalledWith(10n, false);
  });

  it('ground truth is kept for the results that come after it', () => {
    const codecs = { ...CODECS, '/hand/truth': cdrCodec('voxhand_msgs/msg/HandJoints') };
    const { feeds, say } = setUp(codecs);
    for (const stamp of [5n, 6n]) {
      for (const handId of [0, 1]) {
        say('/hand/truth', codecs['/hand/truth'].encode(toHandJointsMessage({ ...hand, stamp, handId })));
      }
    }
    expect(feeds.truth.at(5n).map(({ handId }) => handId)).toEqual([0, 1]);
    expect(feeds.hands.hands).toEqual([]);
    feeds.forget('truth');
    expect(feeds.truth.at(5n)).toEqual([]);
  });

  it('a result beside its ground truth is an error in millimetres, whichever comes first, with presence and latency', () => {
    const codecs = {
      ...CODECS,
      '/hand/truth': cdrCodec('voxhand_msgs/msg/HandJoints'),
      '/hand/description': cdrCodec('voxhand_msgs/msg/HandDescription'),
    };
    const { feeds, say } = setUp(codecs);
    const joints = (stamp: bigint) =>
      say(
        '/hand/joints',
        codecs['/hand/joints'].encode(toHandJointsMessage({ ...hand, stamp }, stamp + 8_000_000n)),
        stamp,
      );
    const truth = (stamp: bigint) => {
      const positions = hand.positions.map((x, i) => (i % 3 === 0 ? x + 0.004 : x));
      say('/hand/truth', codecs['/hand/truth'].encode(toHandJointsMessage({ ...hand, stamp, positions })), stamp);
    };
    const score = (stamp: bigint, presence: number) => {
      const described = { id: 3, handedness: 'left' as const, presence };
      const message = toHandDescriptionMessage({ stamp, frameId: 'cam', hand: described });
      say('/hand/description', codecs['/hand/description'].encode(message), stamp);
    };
    joints(1n);
    truth(1n);
    truth(2n);
    score(2n, 0.75);
    joints(2n);
    joints(3n);
    const { error, latency, presence } = feeds.history.curves(0n, 9n, 0n);
    expect(error.map((mm) => mm && Number(mm.toFixed(6)))).toEqual([4, 4, null]);
    expect(latency).toEqual([8, 8, 8]);
    expect(presence).toEqual([1, 0.75, 1]);
  });

  it('depth of a further camera is a frame of that camera, with the calibration beside it', () => {
    const codecs = {
      ...CODECS,
      '/depth/b/image': cdrCodec('sensor_msgs/msg/Image'),
      '/depth/b/camera_info': cdrCodec('sensor_msgs/msg/CameraInfo'),
    };
    const { feeds, events, say } = setUp(codecs);
    say('/depth/camera_info', CODECS['/depth/camera_info'].encode(toCameraInfoMessage(CAMERA)));
    say('/depth/b/camera_info', codecs['/depth/b/camera_info'].encode(toCameraInfoMessage({ ...CAMERA, fx: 8 })));
    for (const topic of ['/depth/image', '/depth/b/image'] as const)
      say(topic, codecs[topic].encode(toDepthImageMessage(DEPTH)));
    feeds.drain(0);
    expect(events.depth.mock.calls.map(([frame, camera]) => [frame.camera.fx, camera])).toEqual([
      [4, 0],
      [8, 1],
    ]);
  });

  it('depth is a frame when the camera is known, in whichever order they come', () => {
    for (const order of [
      ['/depth/image', '/depth/camera_info'],
      ['/depth/camera_info', '/depth/image'],
    ] as const) {
      const { feeds, events, say } = setUp();
      for (const topic of order) {
        say(
          topic,
          topic === '/depth/image'
            ? CODECS[topic].encode(toDepthImageMessage(DEPTH))
            : CODECS[topic].encode(toCameraInfoMessage(CAMERA)),
        );
        feeds.drain(0);
      }
      expect(events.depth).toHaveBeenCalledTimes(1);
      const [frame] = events.depth.mock.lastCall!;
      expect(frame).toMatchObject({ frameId: 'cam', width: 4, height: 2, camera: { fx: 4, cy: 0.5 } });
      expect([...frame.depth]).toEqual(Array(8).fill(0.5));
    }
  });

  it('compressed depth is decoded on the page', () => {
    const codec = cdrCodec('sensor_msgs/msg/CompressedImage');
    const { feeds, events, say } = setUp({ ...CODECS, '/depth/image': codec });
    const { format, data } = encodeCompressedDepth(DEPTH);
    say('/depth/camera_info', CODECS['/depth/camera_info'].encode(toCameraInfoMessage(CAMERA)));
    say('/depth/image', codec.encode(toCompressedImageMessage(DEPTH, format, data)));
    feeds.drain(0);
    expect(events.depth.mock.lastCall![0].depth[3]).toBeCloseTo(0.5, 3);
  });

  it('of many depth images the newest is decoded, and the others are counted', () => {
    const { feeds, events, say } = setUp();
    say('/depth/camera_info', CODECS['/depth/camera_info'].encode(toCameraInfoMessage(CAMERA)));
    const bytes = CODECS['/depth/image'].encode(toDepthImageMessage(DEPTH));
    for (let i = 0; i < 100; i++) say('/depth/image', bytes);
    feeds.drain(0);
    expect(events.depth).toHaveBeenCalledTimes(1);
    expect(feeds.skipped).toBe(99);
  });

  it('transforms, a cube and voxels', () => {
    const { feeds, events, say } = setUp();
    say('/tf_static', CODECS['/tf_static'].encode(toTfMessage({ stamp: 0n, frameId: 'cam', position: [1, 2, 3] })));
    expect(feeds.frames.between('cam', 'world')?.translation).toEqual([1, 2, 3]);
    say('/hand/cube', CODECS['/hand/cube'].encode({ deletions: [], entities: [] }));
    expect(events.cube).toHaveBeenCalledExactlyOnceWith(undefined);
    const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: 'cam' };
    const fields = ['x', 'y', 'z'].map((name, i) => ({ name, offset: 4 * i, datatype: 7, count: 1 }));
    const data = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
    const cloud = { header, height: 1, width: 1, fields, is_bigendian: false, point_step: 12, row_step: 12, data };
    say('/hand/voxel_cloud', CODECS['/hand/voxel_cloud'].encode({ ...cloud, is_dense: true } as never));
    feeds.drain(0);
    expect(events.voxels).toHaveBeenCalledExactlyOnceWith(Float32Array.of(1, 2, 3), 'cam');
  });

  it('diagnostics of a tracker are its report; those of others are not', () => {
    const { feeds, say } = setUp();
    const report = toDiagnosticArray(0n, [
      {
        name: 'hand_tracker: input',
        level: 'warn',
        message: 'slow',
        values: { rate_hz: '29.97', frames_in: 120, 'dropped.replaced': 3, 'dropped.late': 0 },
      },
      {
        name: 'hand_tracker: timing',
        level: 'ok',
        message: '',
        values: {
          age_p50_ms: '40.10',
          age_p99_ms: '61.00',
          'stage.inference_p50_ms': '24.00',
          'stage.inference_p99_ms': '31.00',
        },
      },
      {
        name: 'hand_tracker: inference',
        level: 'ok',
        message: '',
        values: { model: 'compact', model_version: '1', provider_requested: 'cuda', provider_actual: 'cpu' },
      },
    ]);
    say('/diagnostics', CODECS['/diagnostics'].encode(report));
    const expected = {
      alerts: [{ level: 'warn', name: 'input', text: 'slow' }],
      inputRate: 29.97,
      framesIn: 120,
      age: { p50: 40.1, p99: 61 },
      dropped: new Map([['replaced', 3]]),
      stages: [{ name: 'inference', p50: 24, p99: 31 }],
      provider: 'cpu, not cuda',
      model: 'compact 1',
    };
    expect(feeds.report).toEqual(expected);
    const other = [{ name: 'battery', level: 'error', message: 'empty', values: { volts: 1 } }] as const;
    say('/diagnostics', CODECS['/diagnostics'].encode(toDiagnosticArray(0n, other)));
    expect(feeds.report).toEqual(expected);
  });
});

describe('messages that cannot be read', () => {
  it.each([
    ['cut off', '/hand/joints', CODECS['/hand/joints'].encode(toHandJointsMessage(hand)).subarray(0, 40)],
    ['empty', '/depth/camera_info', new Uint8Array(0)],
    [
      'of zero focal length',
      '/depth/camera_info',
      CODECS['/depth/camera_info'].encode(toCameraInfoMessage({ ...CAMERA, fx: 0 })),
    ],
    ['of no JSON', '/hand/cube', new TextEncoder().encode('{')],
    [
      'of another skeleton',
      '/hand/joints',
      CODECS['/hand/joints'].encode({ ...toHandJointsMessage(hand), skeleton: 'other' }),
    ],
  ] as const)('%s are counted, and nothing else happens', (_, topic, bytes) => {
    const { feeds, events, say } = setUp();
    say(topic, bytes);
    feeds.drain(0);
    expect(feeds.unreadable).toBe(1);
    expect(feeds.lastFault).not.toBe('');
    for (const event of Object.values(events)) expect(event).not.toHaveBeenCalled();
  });

  it('for their encoding are counted too', () => {
    const odd = { ...CODECS['/hand/joints'], messageEncoding: 'protobuf', schemaEncoding: 'protobuf' };
    const { feeds, say } = setUp({ '/hand/joints': odd });
    say('/hand/joints', new Uint8Array(3));
    expect(feeds.unreadable).toBe(1);
  });

  it('of a channel without a role are left alone', () => {
    const { feeds } = setUp();
    feeds.receive({ id: 99, topic: '/odd', encoding: 'x', schemaName: 'y', schema: '' }, new Uint8Array(1), 0n, 0);
    expect(feeds.unreadable).toBe(0);
  });
});

it('what is forgotten is not shown again', () => {
  const { feeds, say } = setUp();
  say('/hand/joints', CODECS['/hand/joints'].encode(toHandJointsMessage(hand)));
  feeds.forget('joints');
  expect(feeds.hands.hands).toEqual([]);
  say('/depth/image', CODECS['/depth/image'].encode(toDepthImageMessage(DEPTH)));
  feeds.clear();
  feeds.drain(0);
  expect(feeds.unreadable).toBe(0);
});
