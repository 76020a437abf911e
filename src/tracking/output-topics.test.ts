import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keepingSink } from '../../test/helpers/keeping-sink.js';
import { describeHand } from '../hand/hand-description.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { jointsOfHands } from '../hand/tracked-hand.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import type { HandArrayMessage, MarkerArrayMessage, PoseArrayMessage } from '../messages/generated.js';
import { toHandDescriptionMessage } from '../messages/hand-description-message.js';
import { toHandJointsMessage } from '../messages/hand-joints-message.js';
import { toMarkerArray } from '../messages/marker-array.js';
import { toPointStamped, toPoseArray } from '../messages/points.js';
import { codecFor, recordedCodec } from '../messages/recorded-codec.js';
import { toSceneUpdate } from '../messages/scene-update.js';
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

/** A palm in the picture's plane whose wrist is at x = id, metres. */
function flatHand(id: number): Float64Array {
  const positions = Float64Array.from({ length: 63 }, (_, i) => (i % 3 === 0 ? id : 0.5));
  for (const [root, across] of [
    [5, 0.02],
    [9, 0],
    [17, -0.03],
  ]) {
    positions[3 * root] += across;
    positions[3 * root + 1] -= 0.09;
  }
  return positions;
}

function keeping() {
  const { sink, got } = keepingSink();
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
    // ADD is 0, DELETE is 2; joints, bones and label of each hand
    const three = (what: string) => [what, what, what];
    expect(drawn).toEqual([
      [...three('hand/3 0'), ...three('hand/5 0')],
      [...three('hand/3 2'), ...three('hand/5 0')],
      three('hand/5 0'),
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

describe('eight hands that come and go', () => {
  const ids = [2, 3, 5, 7, 11, 13, 17, 19];

  async function published() {
    const bus = keeping();
    const publisher = new HandPublisher(bus.sink, trackerConfig({ output: { hands: true, handFrames: true } }));
    await publisher.publish(moment(1n, ids));
    await publisher.publish(moment(2n, [3, 7], [2, 5, 11, 13, 17, 19])); // six are lost at once
    await publisher.publish(moment(3n, [3, 7, 23], [2])); // a new one comes, one is still searched for, others are forgotten
    await publisher.publish(moment(4n, [], [3, 7, 23]));
    await publisher.publish(moment(5n, []));
    return bus;
  }

  it('are all in every message, each drawing under its own id, each deleted exactly once', async () => {
    const { on } = await published();
    const [added, deleted] = [new Map<string, number>(), new Map<string, number>()];
    for (const { markers } of on<MarkerArrayMessage>('/hand/markers')) {
      const seen = markers.map(({ ns, id }) => `${ns}#${id}`);
      expect(new Set(seen).size).toBe(seen.length); // no two of one name in a message
      for (const { ns, id, action } of markers) {
        const name = `${ns}#${id}`;
        const counts = action === 2 ? deleted : added;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    }
    const all = [...ids, 23].flatMap((id) => [0, 1, 2].map((part) => `hand/${id}#${part}`));
    expect([...added.keys()].sort()).toEqual([...all].sort());
    expect([...deleted].sort()).toEqual(all.map((name) => [name, 1]).sort());

    const scenes = on<{ entities: { id: string }[]; deletions: { id: string }[] }>('/hand/scene');
    expect(scenes.map(({ entities }) => entities.length)).toEqual([8, 2, 3, 0]);
    expect(scenes.map(({ deletions }) => deletions.map(({ id }) => id))).toEqual([
      [],
      [2, 5, 11, 13, 17, 19].map((id) => `hand/${id}`),
      [],
      [3, 7, 23].map((id) => `hand/${id}`),
    ]);
  });

  it('are a PoseArray, a HandArray and joints of the hands of that moment', async () => {
    const { on } = await published();
    expect(on<PoseArrayMessage>('/hand/poses').map(({ poses }) => poses.length / 21)).toEqual([8, 2, 3, 0]);
    const arrays = on<HandArrayMessage>('/hands').map(({ hands }) =>
      hands.map((h) => (h.tracked ? 1 : -1) * h.hand_id),
    );
    expect(arrays).toEqual([ids, [-2, 3, -5, 7, -11, -13, -17, -19], [3, 7, 23], [-3, -7, -23], []]);
    const joints = on<{ header: { stamp: { nanosec: number } }; hand_id: number; tracked: boolean }>('/hand/joints');
    const third = joints.filter(({ header }) => header.stamp.nanosec === 3);
    expect(third.map(({ hand_id, tracked }) => [hand_id, tracked])).toEqual([
      [2, false],
      [3, true],
      [7, true],
      [23, true],
    ]);
  });

  it('have a TF frame each while they are tracked and their palm has a direction', async () => {
    const bus = keeping();
    const publisher = new HandPublisher(bus.sink, trackerConfig({ namespace: '/cell', output: { handFrames: true } }));
    const { hands, ...rest } = moment(1n, ids, [23]);
    await publisher.publish({ ...rest, hands: hands.map((hand) => ({ ...hand, positions: flatHand(hand.id) })) });
    const frames = bus.on<{ transforms: { child_frame_id: string; transform: { translation: { x: number } } }[] }>(
      '/tf',
    );
    expect(frames).toHaveLength(1);
    expect(frames[0].transforms.map((t) => [t.child_frame_id, t.transform.translation.x])).toEqual(
      ids.map((id) => [`cell/hand_${id}`, id]),
    );
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
      codecFor('voxhand_msgs/msg/HandDescription').encode(
        toHandDescriptionMessage({
          stamp: hand.stamp,
          frameId: 'camera',
          hand: hand.tracked ? { id: 0, ...hand } : { id: 0, handedness: 'right' },
          described: hand.tracked ? describeHand(hand, hand.stamp) : undefined,
        }),
      ),
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
      ...[
        '/hand/joints',
        '/hand/description',
        '/hands',
        '/hand/poses',
        '/hand/markers',
        '/hand/scene',
        '/hand/reference',
        '/hand/joint_states',
      ],
      ...['max', 'smax', 'gauss', 'nbest'].map((decoder) => `/hand/joints/raw/${decoder}`),
    ]);
    expect(digestedTopics(config)).toEqual(['/hand/joints', '/hand/gestures', '/hand/pointer', '/hand/enabling']);
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
