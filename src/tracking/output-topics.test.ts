import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HandJoints } from '../hand/hand-joints.js';
import { jointsOfHands } from '../hand/tracked-hand.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import type { HandArrayMessage, MarkerArrayMessage, PoseArrayMessage } from '../messages/generated.js';
import { toHandJointsMessage } from '../messages/hand-joints-message.js';
import { toMarkerArray } from '../messages/marker-array.js';
import { toPointStamped, toPoseArray } from '../messages/points.js';
import { codecFor, recordedCodec } from '../messages/recorded-codec.js';
import { toSceneUpdate } from '../messages/scene-update.js';
import type { BusMessage, BusSink } from '../transport/port/bus.js';
import { publisherOf } from '../transport/port/publisher.js';
import { trackerConfig } from './config.js';
import { HandPublisher } from './hand-publisher.js';
import { digestedTopics, handTopics, latchedTopics, OUTPUT_TOPICS } from './output-topics.js';
import type { HandDetail, TrackResult } from './track-result.js';

const NO_REFERENCE = { state: 'lost', reason: 'no-candidate' } as const;

/** Hands whose joints all lie at x = id, metres; those of `lost` were not found. */
function moment(stamp: bigint, tracked: readonly number[], lost: readonly number[] = []): TrackResult {
  const handedness = 'right' as const;
  const positions = (id: number) => Float64Array.from({ length: 63 }, (_, i) => (i % 3 === 0 ? id : 0.5));
  return {
    stamp,
    frameId: 'camera',
    hands: tracked.map((id) => ({
      id,
      handedness,
      positions: positions(id),
      confidences: new Float32Array(21).fill(1),
    })),
    lost: lost.map((id) => ({ id, handedness, reason: 'no-candidate' })),
    lagFrames: 0,
    details: new Map([
      ...tracked.map((id): [number, HandDetail] => {
        const point = { position: [id, 0, 0.5], arm: undefined, confidence: 1, source: 'tracked' } as const;
        return [id, { reference: { state: 'found', point }, raw: new Map() }];
      }),
      ...lost.map((id): [number, HandDetail] => [id, { reference: NO_REFERENCE, raw: new Map() }]),
    ]),
  };
}

function keeping() {
  const got: BusMessage[] = [];
  const write = async (message: BusMessage) => void got.push(message);
  const sink: BusSink = {
    advertise: (topic, codec) => publisherOf(topic, codec, write),
    write,
    close: async () => undefined,
  };
  const on = <T>(topic: string) =>
    got.filter((message) => message.topic === topic).map((message) => recordedCodec(message).decode(message.data) as T);
  return { sink, got, on };
}

describe('two hands of one moment', () => {
  async function published() {
    const bus = keeping();
    const publisher = new HandPublisher(bus.sink, trackerConfig({ output: { hands: true, handFrames: true } }));
    for (const result of [moment(1n, [3, 5]), moment(2n, [5], [3]), moment(3n, [5], [3])])
      await publisher.publish(result);
    return bus;
  }

  it('are said one by one on hand/joints, in the order of their ids', async () => {
    const { on } = await published();
    const said = on<{ hand_id: number; tracked: boolean }>('/hand/joints').map((m) => [m.hand_id, m.tracked]);
    expect(said).toEqual([
      [3, true],
      [5, true],
      [3, false],
      [5, true],
      [3, false],
      [5, true],
    ]);
  });

  it('are drawn in one message, and what one of them leaves behind is deleted once', async () => {
    const { on } = await published();
    const drawn = on<MarkerArrayMessage>('/hand/markers').map(({ markers }) =>
      markers.map((m) => `${m.ns} ${m.action}`),
    );
    // ADD is 0, DELETE is 2; joints and bones of each hand
    expect(drawn).toEqual([
      ['hand/3 0', 'hand/3 0', 'hand/5 0', 'hand/5 0'],
      ['hand/3 2', 'hand/3 2', 'hand/5 0', 'hand/5 0'],
      ['hand/5 0', 'hand/5 0'],
    ]);
    const scenes = on<{ entities: { id: string }[]; deletions: { id: string }[] }>('/hand/scene');
    expect(
      scenes.map(({ entities, deletions }) => [entities.map(({ id }) => id), deletions.map(({ id }) => id)]),
    ).toEqual([
      [['hand/3', 'hand/5'], []],
      [['hand/5'], ['hand/3']],
      [['hand/5'], []],
    ]);
  });

  it('are the poses of one message', async () => {
    const { on } = await published();
    const xs = on<PoseArrayMessage>('/hand/poses').map(({ poses }) => poses.map(({ position }) => position.x));
    expect(xs.map((each) => [each.length, each[0], each.at(-1)])).toEqual([
      [42, 3, 5],
      [21, 5, 5],
      [21, 5, 5],
    ]);
  });

  it('are in one HandArray with output.hands, and a hand that is lost is in it once more', async () => {
    const { on } = await published();
    const arrays = on<HandArrayMessage>('/hands');
    expect(arrays.map(({ header, hands }) => [header.frame_id, hands.map((h) => [h.hand_id, h.tracked])])).toEqual([
      [
        'camera',
        [
          [3, true],
          [5, true],
        ],
      ],
      [
        'camera',
        [
          [3, false],
          [5, true],
        ],
      ],
      ['camera', [[5, true]]],
    ]);
    expect(arrays[0].hands[1].positions[20]).toEqual({ x: 5, y: 0.5, z: 0.5 });
  });

  it('have a reference point each', async () => {
    const { on } = await published();
    expect(on<{ point: { x: number } }>('/hand/reference').map(({ point }) => point.x)).toEqual([3, 5, 5, 5]);
  });
});

describe('one hand', () => {
  it('goes out in the bytes of its own messages', async () => {
    const { sink, got } = keeping();
    const publisher = new HandPublisher(sink, trackerConfig());
    const moments = [moment(1n, [0]), moment(2n, [], [0]), moment(3n, [], [0])];
    for (const result of moments) await publisher.publish(result);
    const [found, lost, still] = moments.flatMap((result) => jointsOfHands(result));
    const drawn = (hand: HandJoints) => [
      codecFor('voxhand_msgs/msg/HandJoints').encode(toHandJointsMessage(hand)),
      codecFor('geometry_msgs/msg/PoseArray').encode(toPoseArray(hand)),
      codecFor('visualization_msgs/msg/MarkerArray').encode(toMarkerArray(hand)),
      codecFor('foxglove.SceneUpdate').encode(toSceneUpdate(hand)),
    ];
    const point = codecFor('geometry_msgs/msg/PointStamped').encode(toPointStamped(1n, 'camera', [0, 0, 0.5]));
    expect(got.map(({ data }) => data)).toEqual([...drawn(found), point, ...drawn(lost), drawn(still)[0]]);
  });
});

describe('a moment without hands', () => {
  it('has an empty HandArray, so that a subscriber knows it', async () => {
    const { sink, on } = keeping();
    await new HandPublisher(sink, trackerConfig({ output: { hands: true } })).publish(moment(1n, [], [0]));
    expect(on<HandArrayMessage>('/hands').map(({ hands }) => hands)).toEqual([[]]);
  });
});

describe('the table of output topics', () => {
  const config = trackerConfig();
  const entries = Object.entries(OUTPUT_TOPICS);

  it('gives the settings their defaults', () => {
    const { topics, qos, output } = config;
    for (const [key, topic] of entries) {
      const absolute = topic.name.startsWith('/') ? topic.name : `/${topic.name}`;
      expect(topics).toHaveProperty(key, absolute);
      const depth = 'queue' in topic ? topic.queue : 10;
      expect(qos).toHaveProperty(key, { profile: 'reliable', depth, durability: 'volatile' });
      if ('output' in topic) expect(output).toHaveProperty(key, topic.output);
    }
  });

  it('has a definition of each ROS message', () => {
    for (const [, { type }] of entries)
      if (!type.startsWith('foxglove.'))
        expect(new TextDecoder().decode(cdrCodec(type).schemaData)).toContain('header');
  });

  it('is what docs/ros2.md and docs/viewing.md tell of the results', () => {
    const [ros2, viewing] = ['ros2', 'viewing'].map((name) => readFileSync(`docs/${name}.md`, 'utf8').split('\n'));
    for (const [, topic] of entries) {
      if (!('messages' in topic)) continue;
      expect(viewing.filter((line) => line.includes(`\`/${topic.name}\``))).not.toEqual([]);
      if (topic.type.startsWith('foxglove.')) continue;
      const row = ros2.find((line) => line.startsWith(`| \`${topic.name}\` |`));
      expect(row).toContain(topic.type.replace('/msg/', '/'));
    }
  });

  it('says which topics are results, which make the digest, and which a viewer gets that comes later', () => {
    expect(handTopics(config)).toEqual([
      ...['/hand/joints', '/hands', '/hand/poses', '/hand/markers', '/hand/scene', '/hand/reference'],
      ...['max', 'smax', 'gauss', 'nbest'].map((decoder) => `/hand/joints/raw/${decoder}`),
    ]);
    expect(digestedTopics(config)).toEqual(['/hand/joints', '/hand/gestures']);
    expect(latchedTopics()).toEqual(['**/joints', '**/diagnostics']);
  });
});

describe('raw joints of a hand without any', () => {
  it('say that it is lost, for each decoder', async () => {
    const { sink, on } = keeping();
    await new HandPublisher(sink, trackerConfig({ output: { rawJoints: true } })).publish(moment(1n, [], [7]));
    const raw = on<{ hand_id: number; tracked: boolean }>('/hand/joints/raw/smax');
    expect(raw).toMatchObject([{ hand_id: 7, tracked: false, positions: [] }]);
  });
});
