import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallFrames, smallRecording } from '../../test/helpers/recordings.js';
import { type Transform, transformPoints } from '../geometry/transform.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { idealInference } from '../inference/ideal-inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import type { TfMessage } from '../messages/generated.js';
import { jsonCodec } from '../messages/json-codec.js';
import { toFrameTransform } from '../messages/transforms.js';
import { replayRecording } from '../recording/replay.js';
import { TransformBuffer } from '../rig/transform-buffer.js';
import { trackerConfig } from '../tracking/config.js';
import { transformsFrom, withTransforms } from '../tracking/transforms-from.js';
import { createMcapSink } from '../transport/mcap/mcap-sink.js';
import { openMcap } from '../transport/mcap/mcap-source.js';
import { MemoryBus } from '../transport/memory/memory-bus.js';
import { readHands } from '../transport/port/read-hands.js';

const SECOND = 1_000_000_000n;
const config = trackerConfig();
const settle = () => new Promise((resolve) => setImmediate(resolve));

function tf(stamp: bigint, parent: string, child: string, x: number): TfMessage {
  const header = { stamp: { sec: Number(stamp / SECOND), nanosec: Number(stamp % SECOND) }, frame_id: parent };
  const transform = { translation: { x, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } };
  return { transforms: [{ header, child_frame_id: child, transform }] };
}

function xOf(buffer: TransformBuffer, target: string, source: string, stamp: bigint): number {
  const lookup = buffer.lookup(target, source, stamp);
  return lookup.state === 'found' ? transformPoints(lookup.transform, [0, 0, 0])[0] : Number.NaN;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-tf-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('transforms from a live bus', () => {
  it('fill the buffer beside the pipeline, static ones for all times, until they are stopped', async () => {
    const bus = new MemoryBus();
    const buffer = new TransformBuffer(config.transforms);
    const feed = transformsFrom(bus, config, buffer);
    const moving = bus.advertise('/tf', cdrCodec('tf2_msgs/msg/TFMessage'));
    const still = bus.advertise('/tf_static', cdrCodec('tf2_msgs/msg/TFMessage'));
    await still.publish(tf(0n, 'base', 'mount', 1), 0n);
    for (const i of [1n, 2n]) await moving.publish(tf(i * SECOND, 'mount', 'camera', Number(i)), i * SECOND);
    await settle();
    expect(xOf(buffer, 'base', 'camera', (3n * SECOND) / 2n)).toBeCloseTo(2.5, 9);
    expect(xOf(buffer, 'base', 'mount', 99n * SECOND)).toBe(1);
    await feed.stop();
    await moving.publish(tf(9n * SECOND, 'mount', 'camera', 9), 9n * SECOND);
    await settle();
    expect(buffer.counts()).toMatchObject({ kept: 3, refused: {} });
    await expect(feed.done).resolves.toBeUndefined();
  });

  it('are taken from foxglove schemas too', async () => {
    const bus = new MemoryBus();
    const buffer = new TransformBuffer();
    const feed = transformsFrom(bus, config, buffer);
    const topic = bus.advertise('/tf', jsonCodec('foxglove.FrameTransform'));
    const place = { stamp: SECOND, frameId: 'camera', parentFrameId: 'base', position: [7, 0, 0] } as const;
    await topic.publish(toFrameTransform(place), SECOND);
    await settle();
    expect(xOf(buffer, 'base', 'camera', SECOND)).toBe(7);
    await feed.stop();
  });

  it('are counted and told of where they cannot be, and the next ones are taken', async () => {
    const bus = new MemoryBus();
    const buffer = new TransformBuffer();
    const told: string[] = [];
    const feed = transformsFrom(bus, config, buffer, {
      onDrop: (cause, text, topic) => told.push(`${topic}: ${cause}: ${text}`),
    });
    const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: '' };
    const other = bus.advertise('/tf', cdrCodec('geometry_msgs/msg/PointStamped'));
    await other.publish({ header, point: { x: 0, y: 0, z: 0 } }, 0n);
    const moving = bus.advertise('/tf', cdrCodec('tf2_msgs/msg/TFMessage'));
    await moving.publish(tf(0n, 'base', 'base', 1), 0n);
    await moving.publish(tf(0n, 'base', 'camera', Number.NaN), 0n);
    for (let i = 0; i < 2; i++) await moving.publish(tf(0n, 'base', 'camera', 4), 0n); // the second one is a repetition
    await settle();
    expect(feed.unreadable()).toBe(1);
    expect(buffer.counts()).toMatchObject({ kept: 1, refused: { 'self-parent': 1, 'not-finite': 1, repeated: 1 } });
    expect(told).toEqual([
      expect.stringMatching(/^\/tf: MESSAGE_INVALID: /),
      '/tf: self-parent: transform "base" to "base" refused: self-parent',
      '/tf: not-finite: transform "base" to "camera" refused: not-finite',
    ]);
    await bus.close();
    await expect(feed.done).resolves.toBeUndefined();
  });

  it('end with what the bus throws', async () => {
    const broken = {
      topics: () => [],
      close: async () => undefined,
      subscribe: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('gone')) }) }),
    };
    await expect(transformsFrom(broken, config, new TransformBuffer()).done).rejects.toThrow('gone');
  });
});

describe('transforms of a recording', () => {
  /** A camera that moves along x, one metre a second, with its mount said only at the end. */
  async function movingRecording(): Promise<string> {
    const path = join(folder, 'moving.mcap');
    const sink = await createMcapSink(path);
    const moving = sink.advertise('/tf', cdrCodec('tf2_msgs/msg/TFMessage'));
    const still = sink.advertise('/tf_static', cdrCodec('tf2_msgs/msg/TFMessage'));
    const points = sink.advertise('points', cdrCodec('geometry_msgs/msg/PointStamped'));
    for (let i = 0n; i < 30n; i++) {
      const stamp = (i * SECOND) / 10n;
      await moving.publish(tf(stamp, 'mount', 'camera', Number(i) / 10), stamp);
      const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: '' };
      await points.publish({ header, point: { x: 0, y: 0, z: 0 } }, stamp);
    }
    await still.publish(tf(0n, 'base', 'mount', 100), 3n * SECOND);
    await sink.close();
    return path;
  }

  it('are read in step with the messages, those that stand still ahead of them', async () => {
    const source = await openMcap(await movingRecording());
    const buffer = new TransformBuffer({ tolerance: 0 });
    const seen: number[] = [];
    for await (const { topic, logTime } of withTransforms(source, config, buffer).subscribe(['points'])) {
      expect(topic).toBe('points');
      seen.push(xOf(buffer, 'base', 'camera', logTime));
      expect(xOf(buffer, 'base', 'camera', logTime + 1n)).toBeNaN(); // nothing of the future is known
    }
    expect(seen).toHaveLength(30);
    for (const [i, x] of seen.entries()) expect(x).toBeCloseTo(100 + i / 10, 9);
    await source.close();
  });

  it('are given to whoever asks for them', async () => {
    const source = await openMcap(await movingRecording());
    const topics: string[] = [];
    const all = withTransforms(source, config, new TransformBuffer()).subscribe(['/tf_static', 'points']);
    for await (const { topic } of all) topics.push(topic);
    expect(topics.filter((topic) => topic === '/tf_static')).toHaveLength(1);
    expect(topics).toHaveLength(31);
    await source.close();
  });
});

describe('a replay in a target frame', () => {
  const truth = new Map<bigint, HandJoints>(smallFrames(8).map(({ truth }) => [truth.stamp, truth]));
  const inference = idealInference((stamp) => truth.get(stamp), {
    ...stubInference(() => []).model,
    gridSize: 32,
    cubeEdge: 0.26,
    heatMapSize: 16,
    sigma: 1.2,
  });

  async function replay(targetFrame: string, name: string, transforms = true) {
    const complete = await smallRecording(join(folder, 'in.mcap'));
    const input = transforms ? complete : await withoutTransforms(complete);
    const output = join(folder, `${name}.mcap`);
    const settings = trackerConfig({
      detection: { method: 'geometric' },
      smoothing: { stages: ['oneEuro'] },
      output: { targetFrame, handFrames: true },
    });
    const seen: string[] = [];
    const summary = await replayRecording(input, {
      config: settings,
      inference,
      output,
      onFrame: (_, results) => {
        for (const { frameId } of results) seen.push(frameId);
      },
    });
    const source = await openMcap(output);
    const hands: HandJoints[] = [];
    for await (const hand of readHands(source, '/hand/joints')) hands.push(hand);
    const frames: TfMessage[] = [];
    const tf = source.topics().filter(({ topic }) => topic === '/tf');
    for await (const message of tf.length > 0 ? source.subscribe(['/tf']) : [])
      frames.push(cdrCodec('tf2_msgs/msg/TFMessage').decode(message.data));
    await source.close();
    return { summary, hands, seen, frames };
  }

  async function withoutTransforms(path: string): Promise<string> {
    const copy = join(folder, 'without.mcap');
    const [source, sink] = [await openMcap(path), await createMcapSink(copy)];
    for await (const message of source.subscribe()) if (message.topic !== '/tf_static') await sink.write(message);
    await Promise.all([source.close(), sink.close()]);
    return copy;
  }

  it('publishes the hands of the camera frame where the recording says that the camera is', async () => {
    const plain = await replay('', 'plain');
    const world = await replay('world', 'world');
    // the recorder hangs the camera into `world` by REP 103: x forward, y left, z up
    const camera: Transform = { translation: [0, 0, 0], rotation: [-0.5, 0.5, -0.5, 0.5] };
    expect(plain.hands.length).toBe(8);
    expect(world.hands).toEqual(
      plain.hands.map((hand) => ({
        ...hand,
        frameId: 'world',
        positions: transformPoints(camera, hand.positions),
      })),
    );
    expect(world.hands[0].positions[0]).toBeCloseTo(plain.hands[0].positions[2], 9); // forward
    expect(world.summary.counts).toEqual(plain.summary.counts);
    // what a caller draws into the image stays in the camera's frame
    expect(world.seen).toEqual(plain.seen);
    expect(world.frames).toHaveLength(8);
    expect(world.frames[0].transforms[0]).toMatchObject({ header: { frame_id: 'world' }, child_frame_id: 'hand_0' });
    const { x, y, z } = world.frames[0].transforms[0].transform.translation;
    expect([x, y, z]).toEqual([...world.hands[0].positions.slice(0, 3)]);
  });

  it.each([
    ['of transforms that lead elsewhere', true],
    ['without any transforms', false],
  ])('says that it knows no way there, and keeps nothing back, of a recording %s', async (_, transforms) => {
    const { summary, hands, frames } = await replay('robot_base', `nowhere-${transforms}`, transforms);
    expect(hands).toHaveLength(8);
    expect(hands.every(({ tracked, frameId }) => !tracked && frameId === 'robot_base')).toBe(true);
    expect(summary.counts).toMatchObject({ in: 8, out: 8, tracked: 0, lost: { 'no-transform': 8 } });
    expect(summary.transformProblem).toMatch(
      /^joints cannot be brought into "robot_base": no transform names the frame/,
    );
    expect(frames).toEqual([]);
  });

  it('says the same twice', async () => {
    const [once, twice] = [await replay('world', 'once'), await replay('world', 'twice')];
    expect(twice.hands).toEqual(once.hands);
    expect(twice.frames).toEqual(once.frames);
    expect(twice.summary.counts).toEqual(once.summary.counts);
  });
});
