import { describe, expect, it } from 'vitest';
import { cdrCodec } from '../messages/cdr-codec.js';
import type { Codec } from '../messages/codec.js';
import { toCameraInfoMessage, toImageMessage } from '../messages/images.js';
import { toTfMessage } from '../messages/transforms.js';
import type { FrameSet } from '../rig/index.js';
import { TransformBuffer } from '../rig/transform-buffer.js';
import { MemoryBus } from '../transport/memory/memory-bus.js';
import type { BusMessage, BusSource } from '../transport/port/bus.js';
import { type TrackerSettings, trackerConfig } from './config.js';
import { Counters } from './counters.js';
import { RigFrames } from './rig-frames.js';
import type { FrameTracker } from './tracking-session.js';
import { TrackingSession } from './tracking-session.js';

const images = cdrCodec('sensor_msgs/msg/Image');
const infos = cdrCodec('sensor_msgs/msg/CameraInfo');
const size = { width: 4, height: 2 };
const PLACE = { translation: [0.6, 0, 0.1] as const, rotation: [0, 0.6, 0, 0.8] as const };

function message<T>(topic: string, codec: Codec<T>, value: T, time: bigint): BusMessage {
  const { schemaName, schemaEncoding, schemaData, messageEncoding } = codec;
  const data = codec.encode(value);
  const times = { logTime: time, publishTime: time, sequence: 0 };
  return { topic, schemaName, schemaEncoding, schemaData, messageEncoding, data, ...times };
}

/** A camera's info, and an image each 100 ms from `from` to `to`, ms; `clock`, ms, is added to its stamps. */
function cameraAt(name: string, from: number, to: number, clock = 0): BusMessage[] {
  const at = (ms: number) => ({ stamp: BigInt(ms + clock) * 1_000_000n, frameId: `${name}_optical` });
  const pixels = new Uint8Array(Uint16Array.from({ length: 8 }, () => 500).buffer);
  const camera = { ...at(from), ...size, fx: 5, fy: 5, cx: 1.5, cy: 0.5 };
  const list = [message(`/${name}/info`, infos, toCameraInfoMessage(camera), BigInt(from) * 1_000_000n)];
  for (let ms = from; ms < to; ms += 100) {
    const image = toImageMessage({ ...at(ms), ...size, encoding: '16UC1', data: pixels });
    list.push(message(`/${name}/depth`, images, image, BigInt(ms) * 1_000_000n));
  }
  return list;
}

function busOf(...messages: readonly BusMessage[][]): BusSource {
  const all = messages.flat().sort((a, b) => Number(a.logTime - b.logTime));
  return {
    topics: () => [],
    async *subscribe(topics) {
      for (const one of all) if (topics === undefined || topics.includes(one.topic)) yield one;
    },
    close: async () => undefined,
  };
}

const topicsOf = (name: string) => ({ depth: `${name}/depth`, cameraInfo: `${name}/info` });
const settings: TrackerSettings = { cameras: { left: topicsOf('left'), right: topicsOf('right') } };
const placed: TrackerSettings = {
  cameras: {
    left: topicsOf('left'),
    right: { ...topicsOf('right'), translation: [0.6, 0, 0.1], rotation: [0, 0.6, 0, 0.8] },
  },
};

async function read(bus: BusSource, given: TrackerSettings, transforms = new TransformBuffer()) {
  const counters = new Counters();
  const said: string[] = [];
  const onDrop = (cause: string, text: string) => said.push(`${cause}: ${text}`);
  const rig = new RigFrames(trackerConfig(given), { counters, transforms, onDrop });
  const sets: FrameSet[] = [];
  for await (const set of rig.read(bus, undefined)) sets.push(set);
  return { rig, sets, counts: counters.snapshot(), said };
}

const names = ({ views }: FrameSet) => views.map(({ name }) => name).join('+');

describe('the frames of a rig', () => {
  it('come as sets of one moment, each with its camera, in the frame of the first one', async () => {
    const { sets, counts, rig } = await read(busOf(cameraAt('left', 0, 1000), cameraAt('right', 5, 1005)), placed);
    expect(sets.map(names)).toEqual(Array(10).fill('left+right'));
    expect(sets[0]).toMatchObject({ stamp: 0n, frameId: 'left_optical' });
    expect(sets[0].views[1]).toMatchObject({
      extrinsics: PLACE,
      frame: { stamp: 5_000_000n, frameId: 'right_optical' },
    });
    expect(sets[0].views[1].frame.depth[0]).toBeCloseTo(0.5, 6);
    expect(counts).toMatchObject({ in: 10, pending: 10 });
    expect(rig.needsTransforms).toBe(false);
    expect(rig.facts()).toMatchObject([
      { frames: 10, fused: 10 },
      { name: 'right', frames: 10, fused: 10, dropped: {} },
    ]);
  });

  it('take their places from transforms where no setting says them', async () => {
    const transforms = new TransformBuffer();
    transforms.add({ stamp: 0n, parent: 'left_optical', child: 'right_optical', transform: PLACE }, true);
    const { sets, rig } = await read(busOf(cameraAt('left', 0, 300), cameraAt('right', 0, 300)), settings, transforms);
    expect(rig.needsTransforms).toBe(true);
    expect(sets.map(names)).toEqual(Array(3).fill('left+right'));
    expect(sets[0].views[1].extrinsics.translation[0]).toBeCloseTo(0.6, 9);
  });

  it('leave a camera out whose place nobody says, and say which transform is missing', async () => {
    const { sets, counts, rig, said } = await read(
      busOf(cameraAt('left', 0, 300), cameraAt('right', 0, 300)),
      settings,
    );
    expect(sets.map(names)).toEqual(Array(3).fill('left'));
    expect(rig.problem).toMatch(/^camera right is left out: no transform names the frame "left_optical"/);
    expect(rig.facts()[1].dropped).toEqual({ 'no-transform': 3 });
    expect(said).toHaveLength(3);
    expect(counts).toMatchObject({ in: 3, dropped: {} });
  });

  it('count a moment as dropped where no camera has a place', async () => {
    const inCell = { ...settings, rig: { frame: 'cell' } };
    const { sets, counts } = await read(busOf(cameraAt('left', 0, 300), cameraAt('right', 0, 300)), inCell);
    expect(sets).toEqual([]);
    expect(counts).toMatchObject({ in: 3, dropped: { 'no-transform': 3 }, pending: 0 });
  });

  it('count what cannot be read by camera, and go on', async () => {
    const broken = cameraAt('right', 0, 500).map((one, i) =>
      i === 2 ? { ...one, data: one.data.subarray(0, 40) } : one,
    );
    const { sets, counts, rig } = await read(busOf(cameraAt('left', 0, 500), broken), placed);
    expect(sets).toHaveLength(5);
    expect(rig.facts()[1]).toMatchObject({ frames: 4, dropped: { MESSAGE_INVALID: 1 } });
    expect(counts).toMatchObject({ in: 6, dropped: { MESSAGE_INVALID: 1 } });
  });

  it('with another clock are paired by its offset, and tell it where it is not set', async () => {
    const bus = busOf(cameraAt('left', 0, 1000), cameraAt('right', 0, 1000, 2000));
    const alone = await read(bus, placed);
    expect(alone.sets.some((set) => set.views.length === 2)).toBe(false);
    expect(alone.rig.facts()[1].clockDifference).toBeCloseTo(-2, 6);
    const right = { ...(placed.cameras as NonNullable<typeof placed.cameras>).right, clockOffset: -2 };
    const { sets } = await read(bus, { cameras: { left: topicsOf('left'), right } });
    expect(sets.map(names)).toEqual(Array(10).fill('left+right'));
  });
});

it('a session tracks a rig: sets in, one result each, twice the same', async () => {
  const runs = await Promise.all(
    [1, 2].map(async () => {
      const seen: string[] = [];
      const tracker: FrameTracker = {
        async track(frames) {
          const set = frames as FrameSet;
          seen.push(`${set.stamp} ${names(set)}`);
          return [{ stamp: set.stamp, frameId: set.frameId, hands: [], lost: [], lagFrames: 0, details: new Map() }];
        },
      };
      const source = busOf(cameraAt('left', 0, 600), cameraAt('right', 50, 300));
      const session = new TrackingSession({ source, config: trackerConfig(placed), tracker });
      await session.run();
      const { counts, published, cameras } = session.summary();
      return { seen, counts, published, cameras };
    }),
  );
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0].published).toBe(runs[0].counts.in);
  expect(runs[0].cameras).toMatchObject([
    { name: 'left', fused: 6 },
    { name: 'right', fused: 3 },
  ]);
});

it('a live rig takes places from /tf_static, and goes on while a camera dies and returns ten times', async () => {
  const bus = new MemoryBus({ capacity: 256 });
  const seen: string[] = [];
  const tracker: FrameTracker = {
    async track(frames) {
      seen.push(names(frames as FrameSet));
      return [];
    },
  };
  const config = trackerConfig({ ...settings, policy: 'every' });
  const session = new TrackingSession({ source: bus, config, tracker });
  const running = session.run();
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  await settle();
  const tf = cdrCodec('tf2_msgs/msg/TFMessage');
  const pose = { position: PLACE.translation, orientation: PLACE.rotation };
  await bus.write(
    message(
      '/tf_static',
      tf,
      toTfMessage({ stamp: 0n, frameId: 'right_optical', parentFrameId: 'left_optical', ...pose }),
      0n,
    ),
  );
  await settle();
  const [left, right] = ['left', 'right'].map((name) => cameraAt(name, 0, 10_000));
  for (const [i, one] of left.entries()) {
    const dead = Math.floor(i / 5) % 2 === 1; // half a second each time
    for (const each of dead ? [one] : [one, right[i]]) await bus.write(each);
    await settle();
  }
  await settle();
  await session.stop();
  await running;
  const { counts, cameras } = session.summary();
  expect(seen.length).toBe(counts.in);
  // no moment of the camera that lives is lost but the one that waited for the other at the end
  expect(cameras?.[0]).toMatchObject({ frames: 100, lost: {} });
  expect((cameras?.[0].fused ?? 0) + (cameras?.[0].waiting ?? 0)).toBe(100);
  const [, { frames, fused, waiting, lost }] = cameras as readonly {
    frames: number;
    fused: number;
    waiting: number;
    lost: object;
  }[];
  expect(frames).toBe(fused + waiting + Object.values(lost).reduce((sum: number, n: number) => sum + n, 0));
  expect(seen.filter((name) => name === 'left+right').length).toBeGreaterThanOrEqual(38);
  expect(seen.filter((name) => name === 'right')).toEqual([]);
  await bus.close();
});
