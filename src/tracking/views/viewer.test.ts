import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it, test } from 'vitest';
import { resultOf } from '../../../test/helpers/one-hand.js';
import { decodeCompressedDepth } from '../../depth/compressed-depth.js';
import { type CameraModel, type DepthFrame, unproject } from '../../depth/depth-frame.js';
import { decodePng16 } from '../../depth/png16.js';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { type HandJoints, lostHand } from '../../hand/hand-joints.js';
import { JOINT_COUNT } from '../../hand/skeleton.js';
import type { Codec } from '../../messages/codec.js';
import { recordedCodec } from '../../messages/recorded-codec.js';
import { toCubeScene } from '../../messages/scene-update.js';
import type { BusMessage, BusSink } from '../../transport/port/bus.js';
import { publisherOf } from '../../transport/port/publisher.js';
import { occupiedPoints } from '../../voxels/voxel-grid.js';
import { voxelise } from '../../voxels/voxelise.js';
import { trackerConfig } from '../config.js';
import type { TrackResult } from '../track-result.js';
import { type DepthViewEncoder, inlineEncoder, workerEncoder } from './depth-view-encoder.js';
import { depthViews } from './depth-views.js';
import { ViewerPublisher } from './viewer-publisher.js';
import { viewerTopics } from './viewer-topics.js';

const CAMERA: CameraModel = { width: 8, height: 6, fx: 10, fy: 10, cx: 3.5, cy: 2.5 };
const CUBE = { center: [0, 0, 0.5] as const, edge: 0.2, roll: 0.3, mirror: false };
const config = trackerConfig();
const TOPICS = viewerTopics(config);

/** Depth from 0.4 m on, a missing pixel, and some beyond 16 bits. */
function depthFrame(stamp: bigint, camera = CAMERA): DepthFrame {
  const depth = Float32Array.from({ length: camera.width * camera.height }, (_, i) => 0.4 + i / 200);
  depth[7] = 0;
  depth[9] = 70;
  return { stamp, frameId: 'optical', width: camera.width, height: camera.height, depth, camera };
}

function result(stamp: bigint, { tracked = true, cube = true, frameId = 'optical', lagFrames = 0 } = {}): TrackResult {
  const hand: HandJoints = {
    ...lostHand(stamp, frameId, 'right', 0, lagFrames),
    ...(tracked && {
      tracked,
      positions: Float64Array.from({ length: 3 * JOINT_COUNT }, (_, i) => (i % 3 === 2 ? 0.5 : 0.01)),
      confidences: new Float32Array(JOINT_COUNT).fill(1),
    }),
  };
  const reference = { state: 'lost', reason: 'no-candidate' } as const;
  return resultOf(hand, { reference, ...(cube && { cube: CUBE }) });
}

/** An encoder whose answers wait until a test lets them go. */
function slowEncoder() {
  const waiting: (() => void)[] = [];
  const encoder: DepthViewEncoder = {
    encode: (frame, wanted) => new Promise((resolve) => waiting.push(() => resolve(depthViews(frame, wanted)))),
    close: async () => undefined,
  };
  return { waiting, encoder };
}

/** A sink that wants some topics, or all, and keeps what it gets. */
class Viewer implements BusSink {
  readonly got: BusMessage[] = [];
  readonly advertised: string[] = [];
  wanted: readonly string[] | undefined;

  constructor(wanted?: readonly string[]) {
    this.wanted = wanted;
  }

  advertise<T>(topic: string, codec: Codec<T>) {
    this.advertised.push(topic);
    return publisherOf(
      topic,
      codec,
      (message) => this.write(message),
      () => this.wanted?.includes(topic) ?? true,
    );
  }

  async write(message: BusMessage): Promise<void> {
    this.got.push(message);
  }

  async close(): Promise<void> {}

  // biome-ignore lint/suspicious/noExplicitAny: messages of any kind, looked at by the tests
  of(topic: string): any[] {
    return this.got.filter((message) => message.topic === topic).map((m) => recordedCodec(m).decode(m.data));
  }
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function publisher(sink: BusSink, options: ConstructorParameters<typeof ViewerPublisher>[2] = {}): ViewerPublisher {
  const viewer = new ViewerPublisher(sink, config, { encoder: inlineEncoder(), ...options });
  ends.push(() => viewer.close());
  return viewer;
}

describe('depth views', () => {
  const frame = depthFrame(1n);
  frame.depth.set([65.535, 65.5354, 65.5356, 0.0004, 0.0006], 40); // at the limits of 16 bits and of a step
  const millimetres = Array.from(frame.depth, (z) => (z > 65.5355 ? 0 : Math.round(z * 1000)));

  it('hold the millimetres as they are', () => {
    const { image } = depthViews(frame, { image: true });
    const view = new DataView((image as Uint8Array).buffer);
    expect(millimetres.map((_, i) => view.getUint16(2 * i, true))).toEqual(millimetres);
  });

  it('compress them without loss, as our decoder reads it', () => {
    const { compressed = new Uint8Array(0) } = depthViews(frame, { compressed: true });
    const decoded = decodeCompressedDepth({ format: '16UC1; compressedDepth rvl', data: compressed });
    expect(Array.from(decoded.depth, (z) => Math.round(z * 1000))).toEqual(millimetres);
  });

  it('show near as light, far as dark, and missing as black', () => {
    const { picture = new Uint8Array(0) } = depthViews(frame, { picture: { near: 0.4, far: 0.5 } });
    const { data, width, height, bitDepth } = decodePng16(picture);
    expect([width, height, bitDepth]).toEqual([8, 6, 8]);
    expect([data[0], data[7], data[9], data[10], data[20], data[47]]).toEqual([240, 0, 0, 140, 40, 40]);
  });

  it('give the points of the pixels that have depth, in steps', () => {
    for (const [camera, step] of [
      [CAMERA, 1],
      [CAMERA, 2],
      [withRays(), 3],
    ] as const) {
      const seen = depthFrame(1n, camera);
      const { points = new Float32Array(0) } = depthViews(seen, { points: { step } });
      const expected: number[] = [];
      for (let v = 0; v < 6; v += step)
        for (let u = 0; u < 8; u += step) expected.push(...(unproject(seen, u, v) ?? []));
      expect(points).toEqual(Float32Array.from(expected));
    }
  });

  it('give the cells that the network sees', () => {
    const { cells } = depthViews(frame, { cells: { cube: CUBE, size: 22 } });
    expect(cells).toEqual(occupiedPoints(voxelise(frame, CUBE, 22)));
    expect(cells?.length).toBeGreaterThan(0);
  });

  it('are the same together as alone', () => {
    const wanted = { image: true, compressed: true, picture: { near: 0.1, far: 1 }, points: { step: 1 } };
    const together = depthViews(frame, wanted);
    expect(together.image).toEqual(depthViews(frame, { image: true }).image);
    expect(together.picture).toEqual(depthViews(frame, { picture: wanted.picture }).picture);
    expect(Object.keys(depthViews(frame, {}))).toEqual([]);
  });

  function withRays(): CameraModel {
    return { ...CAMERA, rays: Float32Array.from({ length: 96 }, (_, i) => i / 100) };
  }
});

describe('a viewer', () => {
  it('gets everything of a frame and its result, under the stamp', async () => {
    const sink = new Viewer();
    await publisher(sink, { pointStep: 2, gridSize: 22 }).publish(depthFrame(5n), [result(5n)]);
    expect(sink.got.map(({ topic }) => topic).sort()).toEqual(Object.values(TOPICS).sort());
    expect(new Set(sink.got.map(({ logTime }) => logTime))).toEqual(new Set([5n]));
    expect(sink.of(TOPICS.image)).toMatchObject([{ encoding: '16UC1', width: 8, height: 6, step: 16 }]);
    expect(sink.of(TOPICS.compressed)).toMatchObject([{ format: '16UC1; compressedDepth rvl' }]);
    expect(sink.of(TOPICS.picture)).toMatchObject([{ format: 'png' }]);
    const [info] = sink.of(TOPICS.cameraInfo);
    expect([...info.k]).toEqual([10, 0, 3.5, 0, 10, 2.5, 0, 0, 1]);
    expect(sink.of(TOPICS.tfStatic)).toMatchObject([{ transforms: [{ child_frame_id: 'optical' }] }]);
    expect(sink.of(TOPICS.cube)).toEqual([toCubeScene({ stamp: 5n, frameId: 'optical', handId: 0, cube: CUBE })]);
    const [annotations] = sink.of(TOPICS.annotations);
    expect(annotations.points[1].points[0]).toEqual({
      x: (0.01 * 10) / 0.5 + 3.5 + 0.5,
      y: (0.01 * 10) / 0.5 + 2.5 + 0.5,
    });
    expect(sink.of(TOPICS.cells)[0].width).toBe(occupiedPoints(voxelise(depthFrame(5n), CUBE, 22)).length / 3);
    expect(sink.of(TOPICS.points)[0].width).toBe(12);
  });

  it('costs nothing for what it does not want', async () => {
    const asked: string[][] = [];
    const inner = inlineEncoder();
    const encoder: DepthViewEncoder = {
      ...inner,
      encode: (frame, wanted) => {
        asked.push(Object.keys(wanted));
        return inner.encode(frame, wanted);
      },
    };
    const sink = new Viewer([]);
    const viewer = publisher(sink, { encoder, pointStep: 1 });
    await viewer.publish(depthFrame(1n), [result(1n)]);
    // The camera's calibration and place are said all the same: they are kept for those who come later.
    expect(sink.got.map(({ topic }) => topic)).toEqual([TOPICS.cameraInfo, TOPICS.tfStatic]);
    expect(asked).toEqual([]);
    sink.wanted = [TOPICS.picture];
    await viewer.publish(depthFrame(2n), [result(2n)]);
    sink.wanted = [TOPICS.compressed, TOPICS.points, TOPICS.cells];
    await viewer.publish(depthFrame(3n), [result(3n)]);
    expect(asked).toEqual([['picture'], ['compressed', 'points'], ['cells']]);
  });

  it('is offered what was asked for, and no more', async () => {
    const sink = new Viewer();
    await publisher(sink, { views: ['cube', 'points'] }).publish(depthFrame(1n), [result(1n)]);
    expect(sink.advertised.sort()).toEqual([TOPICS.points, TOPICS.cube]);
    const without = new Viewer();
    await publisher(without, { views: ['cube', 'points'], pointStep: 0 }).publish(depthFrame(1n), [result(1n)]);
    expect(without.advertised).toEqual([TOPICS.cube]);
    expect(sink.of(TOPICS.points)[0].width).toBe(12); // of every second pixel and row
  });

  it('of a rig gets the pictures of every camera on its own topics, and the places that settings say', async () => {
    const rig = trackerConfig({
      cameras: {
        left: { depth: 'left/image', cameraInfo: 'left/camera_info' },
        right: {
          ...{ depth: 'right/image', cameraInfo: 'right/camera_info' },
          ...{ translation: [0.5, 0, 0.25], rotation: [0, 0, 0, 1] },
        },
      },
    });
    const sink = new Viewer();
    const viewer = new ViewerPublisher(sink, rig, { encoder: inlineEncoder(), transforms: false });
    ends.push(() => viewer.close());
    const left = depthFrame(5n);
    const right = { ...depthFrame(6n, { ...CAMERA, fx: 20 }), frameId: 'right_optical' };
    const extrinsics = { translation: [0, 0, 0], rotation: [0, 0, 0, 1] } as const;
    const views = [
      { name: 'left', extrinsics, frame: left },
      { name: 'right', extrinsics, frame: right },
    ];
    await viewer.publishFrame(left, views);
    await viewer.publishFrame(left, views.slice(1)); // the left one is missing: the right picture is not shown as its
    expect(sink.of('/left/image')).toHaveLength(1);
    expect(sink.of('/right/image').map(({ header }) => header.frame_id)).toEqual(['right_optical', 'right_optical']);
    expect(sink.of('/right/camera_info').map(({ k }) => k[0])).toContain(20);
    expect(sink.of('/left/camera_info').map(({ k }) => k[0])).toEqual([10]);
    const places = sink.of('/tf_static').flatMap(({ transforms }) => transforms);
    expect(places).toMatchObject([
      {
        header: { frame_id: 'optical' },
        child_frame_id: 'right_optical',
        transform: { translation: { x: 0.5, y: 0, z: 0.25 } },
      },
    ]);
  });

  it('is told once when a hand and its cube are gone', async () => {
    const sink = new Viewer([TOPICS.annotations, TOPICS.cube, TOPICS.cells]);
    const viewer = publisher(sink);
    const gone = { tracked: false, cube: false };
    for (const [stamp, what] of [
      [1n, gone],
      [2n, {}],
      [3n, gone],
      [4n, gone],
    ] as const) {
      await viewer.publish(depthFrame(stamp), [result(stamp, what)]);
    }
    const stamps = (topic: string) => sink.got.filter((m) => m.topic === topic).map(({ logTime }) => Number(logTime));
    for (const topic of [TOPICS.cube, TOPICS.cells]) expect(stamps(topic)).toEqual([2, 3]);
    expect(sink.of(TOPICS.cube)[1]).toMatchObject({ entities: [], deletions: [{ id: 'cube/0' }] });
    expect(sink.of(TOPICS.cells)[1].width).toBe(0);
  });

  it('gets annotations of every image, those of one without hands draw nothing', async () => {
    const sink = new Viewer([TOPICS.annotations]);
    const viewer = publisher(sink);
    const none: TrackResult = { ...result(1n), hands: [], lost: [] };
    await viewer.publish(depthFrame(1n), [none]);
    await viewer.publish(depthFrame(2n), [result(2n)]);
    await viewer.publish(depthFrame(3n), [result(3n, { tracked: false })]);
    const drawn = sink.of(TOPICS.annotations);
    expect(drawn.map(({ points }) => points.map((one: { points: unknown[] }) => one.points.length))).toEqual([
      [0],
      [40, 21], // both ends of 20 bones, and 21 joints
      [0],
    ]);
    // a viewer that waits for the annotations of an image finds them by this
    expect(drawn.map(({ points }) => points[0].timestamp)).toEqual([1, 2, 3].map((nsec) => ({ sec: 0, nsec })));
  });

  it('sees skeletons, labels and cubes of two hands in one message each, and those of one that is left', async () => {
    const sink = new Viewer([TOPICS.annotations, TOPICS.cube]);
    const viewer = publisher(sink);
    const one = result(1n);
    const both = { ...one, hands: [one.hands[0], { ...one.hands[0], id: 1 }] };
    for (const [stamp, what] of [
      [1n, both],
      [2n, { ...one, stamp: 2n, lost: [{ id: 1, handedness: 'right', reason: 'no-candidate' }] }],
    ] as const) {
      await viewer.publish(depthFrame(stamp), [what]);
    }
    // bones and joints of each hand
    const drawn = sink.of(TOPICS.annotations);
    expect(drawn.map(({ points }) => points.length)).toEqual([4, 2]);
    expect(drawn.map(({ texts }) => texts.map(({ text }: { text: string }) => text))).toEqual([
      ['right 0', 'right 1'],
      ['right 0'],
    ]);
    const ids = (some: readonly { id: string }[]) => some.map(({ id }) => id);
    expect(sink.of(TOPICS.cube).map(({ entities, deletions }) => [ids(entities), ids(deletions)])).toEqual([
      [['cube/0', 'cube/1'], []],
      [['cube/0'], ['cube/1']],
    ]);
  });

  it('sees the skeleton only where joints and image share a frame', async () => {
    const sink = new Viewer([TOPICS.annotations, TOPICS.cube]);
    await publisher(sink).publish(depthFrame(1n), [result(1n, { frameId: 'base_link' })]);
    expect(sink.of(TOPICS.annotations)).toMatchObject([{ points: [{ points: [] }], texts: [] }]);
    expect(sink.of(TOPICS.cube)[0].entities[0].frame_id).toBe('optical');
  });

  it('hears of the camera again when it changes, when a second has passed, and when time goes back', async () => {
    const sink = new Viewer([]);
    const viewer = publisher(sink);
    const other = { ...CAMERA, fx: 11 };
    const second = 1_000_000_000n;
    const frames = [depthFrame(0n), depthFrame(1n), depthFrame(2n, other), depthFrame(second, other)];
    for (const frame of [...frames, depthFrame(second + 2n, other), depthFrame(5n, other)])
      await viewer.publishFrame(frame);
    const times = (topic: string) => sink.got.filter((m) => m.topic === topic).map(({ logTime }) => logTime);
    expect(times(TOPICS.cameraInfo)).toEqual([0n, 2n, second + 2n, 5n]);
    expect(times(TOPICS.tfStatic)).toEqual([0n]);
  });

  it('gets no transform where there are others', async () => {
    const sink = new Viewer();
    await publisher(sink, { transforms: false }).publishFrame(depthFrame(1n));
    expect(sink.advertised).not.toContain(TOPICS.tfStatic);
  });

  it('gets the cells of the frame that a late result is about', async () => {
    const sink = new Viewer([TOPICS.cells]);
    const viewer = publisher(sink);
    for (let stamp = 1n; stamp <= 10n; stamp++) {
      await viewer.publish(depthFrame(stamp), stamp > 6n ? [result(stamp - 6n, { lagFrames: 6 })] : []);
    }
    await viewer.publishResult(result(1n)); // its frame is long gone
    // Until a result has named its lag, few frames are kept.
    expect(sink.got.filter(({ topic }) => topic === TOPICS.cells).map(({ logTime }) => logTime)).toEqual([4n]);
  });

  it('that comes while a replay is paused gets what came last once more', async () => {
    const sink = new Viewer([]);
    const viewer = publisher(sink);
    await viewer.repeat();
    await viewer.publish(depthFrame(1n), [result(1n)]);
    sink.got.length = 0;
    sink.wanted = undefined;
    await viewer.repeat();
    expect(sink.got.map(({ topic }) => topic).sort()).toEqual(Object.values(TOPICS).sort());
  });

  it('that asks for one topic after the other while a replay is paused gets each of them', async () => {
    const { waiting, encoder } = slowEncoder();
    const sink = new Viewer([]);
    const viewer = publisher(sink, { encoder });
    await viewer.publish(depthFrame(1n), [result(1n)]);
    sink.wanted = [TOPICS.image];
    const first = viewer.repeat();
    sink.wanted = undefined;
    const second = viewer.repeat();
    let done = false;
    const both = Promise.all([first, second]).then(() => {
      done = true;
    });
    while (!done) {
      for (const answer of waiting.splice(0)) answer();
      await new Promise((resolve) => setTimeout(resolve));
    }
    await both;
    expect([...new Set(sink.got.map(({ topic }) => topic))].sort()).toEqual(Object.values(TOPICS).sort());
    expect(viewer.lost).toEqual({ pictures: 0, cells: 0, failed: 0 });
  });

  it('never holds up a live pipeline: what comes while it is busy is left out and counted', async () => {
    const { waiting, encoder } = slowEncoder();
    const sink = new Viewer([TOPICS.image, TOPICS.cells, TOPICS.cube]);
    const viewer = publisher(sink, { encoder });
    const first = viewer.publish(depthFrame(1n), [result(1n)]);
    for (let stamp = 2n; stamp < 5n; stamp++) await viewer.publish(depthFrame(stamp), [result(stamp)]);
    expect(viewer.lost).toEqual({ pictures: 3, cells: 3, failed: 0 });
    for (const finish of waiting.splice(0)) finish();
    await first;
    const next = viewer.publishFrame(depthFrame(5n));
    await new Promise(setImmediate);
    for (const finish of waiting.splice(0)) finish();
    await next;
    const stamps = (topic: string) => sink.got.filter((m) => m.topic === topic).map(({ logTime }) => Number(logTime));
    expect([stamps(TOPICS.image), stamps(TOPICS.cells), stamps(TOPICS.cube)]).toEqual([[1, 5], [1], [1, 2, 3, 4]]);
  });

  it('is told nothing of views that fail, and the pipeline goes on', async () => {
    const errors: Error[] = [];
    const encoder: DepthViewEncoder = {
      encode: async () => {
        throw new VoxhandError('WORKER_LOST', 'gone');
      },
      close: async () => undefined,
    };
    const sink = new Viewer();
    const viewer = publisher(sink, { encoder, onError: (error) => errors.push(error) });
    await viewer.publish(depthFrame(1n), [result(1n)]);
    expect(errors).toMatchObject([{ code: 'WORKER_LOST' }, { code: 'WORKER_LOST' }]);
    expect(viewer.lost).toEqual({ pictures: 0, cells: 0, failed: 2 });
    expect(sink.of(TOPICS.cube)).toHaveLength(1);
  });
});

test('names follow the configuration', () => {
  const cell = trackerConfig({ namespace: 'cell', topics: { depth: '/cam/depth/compressedDepth', scene: 'scene' } });
  expect(viewerTopics(cell)).toEqual({
    image: '/cam/depth',
    compressed: '/cam/depth/compressedDepth',
    picture: '/cam/depth/compressed',
    cameraInfo: '/cell/depth/camera_info',
    tfStatic: '/tf_static',
    points: '/cam/points',
    annotations: '/cell/annotations',
    cube: '/cell/cube',
    cells: '/cell/voxel_points',
  });
});

const built = existsSync(new URL('../../../dist/tracking/views/depth-view-worker.js', import.meta.url));

describe.skipIf(!built)('on a thread of its own (needs npm run build)', () => {
  function worker(): DepthViewEncoder {
    const encoder = workerEncoder();
    ends.push(() => encoder.close());
    return encoder;
  }

  it('views are those of this thread, and the frame stays as it is', async () => {
    const encoder = worker();
    const wanted = { image: true, compressed: true, picture: { near: 0.4, far: 0.5 }, points: { step: 2 } };
    const frames = [depthFrame(1n), depthFrame(2n), depthFrame(3n, { ...CAMERA, fx: 20 }), depthFrame(4n)];
    const views = await Promise.all(frames.map((frame) => encoder.encode(frame, wanted)));
    expect(views).toEqual(frames.map((frame) => depthViews(frame, wanted)));
    expect(frames[0].depth).toHaveLength(48);
    const cells = { cells: { cube: CUBE, size: 22 } };
    expect(await encoder.encode(frames[0], cells)).toEqual(depthViews(frames[0], cells));
  });

  it('errors come back, and the thread goes on', async () => {
    const encoder = worker();
    const impossible = { cells: { cube: { ...CUBE, edge: -1 }, size: 22 } };
    await expect(encoder.encode(depthFrame(1n), impossible)).rejects.toMatchObject({ code: 'GRID_INVALID' });
    await expect(encoder.encode(depthFrame(1n), { image: true })).resolves.toHaveProperty('image');
  });

  it('what is under way when it ends is said to be lost, and the next view starts another', async () => {
    const encoder = worker();
    const lost = encoder.encode(depthFrame(1n), { image: true });
    const [outcome] = await Promise.all([lost.catch((error: VoxhandError) => error), encoder.close()]);
    expect(outcome).toMatchObject({ code: 'WORKER_LOST' });
    await expect(encoder.encode(depthFrame(1n), { image: true })).resolves.toHaveProperty('image');
  });
});
