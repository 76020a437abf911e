import { describe, expect, it } from 'vitest';
import { resultOf } from '../../test/helpers/one-hand.js';
import { type HandJoints, lostHand } from '../hand/hand-joints.js';
import type { Codec } from '../messages/codec.js';
import type { HandJointsMessage } from '../messages/generated.js';
import { fromHandJointsMessage } from '../messages/hand-joints-message.js';
import type { BusSink } from '../transport/port/bus.js';
import { trackerConfig } from './config.js';
import { HandPublisher } from './hand-publisher.js';
import type { TrackResult } from './track-result.js';

function result(stamp: bigint, tracked: boolean): TrackResult {
  const positions = Float64Array.from({ length: 63 }, (_, i) => i / 100);
  const confidences = new Float32Array(21).fill(0.5);
  const lost = lostHand(stamp, 'camera', 'right');
  const joints: HandJoints = tracked ? { ...lost, tracked, positions, confidences } : lost;
  const reference = tracked
    ? ({ state: 'found', point: { position: [0, 0, 0.5], arm: undefined, confidence: 1, source: 'acquired' } } as const)
    : ({ state: 'lost', reason: 'zone-empty' } as const);
  return resultOf(joints, { reference });
}

function recordingSink() {
  const published: { topic: string; message: unknown; stamp: bigint }[] = [];
  const sink: BusSink = {
    advertise: <T>(topic: string, _codec: Codec<T>) => ({
      topic,
      wanted: () => true,
      publish: async (message: T, stamp: bigint) => {
        published.push({ topic, message, stamp });
      },
    }),
    write: async () => undefined,
    close: async () => undefined,
  };
  return { sink, published, on: (topic: string) => published.filter((p) => p.topic === topic) };
}

describe('published hands', () => {
  it('come out on every topic that is switched on, at their own stamp', async () => {
    const { sink, published, on } = recordingSink();
    await new HandPublisher(sink, trackerConfig({ output: { scene: false } })).publish(result(7n, true));
    expect(published.map(({ topic }) => topic)).toEqual([
      '/hand/joints',
      '/hand/description',
      '/hand/poses',
      '/hand/markers',
      '/hand/reference',
    ]);
    expect(published.every(({ stamp }) => stamp === 7n)).toBe(true);
    const hand = fromHandJointsMessage(on('/hand/joints')[0].message as HandJointsMessage);
    expect(hand.positions[62]).toBeCloseTo(0.62, 9);
  });

  it('are deleted once when they are lost, and said to be lost in every frame', async () => {
    const { sink, on } = recordingSink();
    const publisher = new HandPublisher(sink, trackerConfig());
    for (const [i, tracked] of [false, true, false, false, true].entries())
      await publisher.publish(result(BigInt(i), tracked));
    const markers = on('/hand/markers').map(({ stamp, message }) => [
      stamp,
      (message as { markers: { action: number }[] }).markers[0].action,
    ]);
    // ADD is 0, DELETE is 2
    expect(markers).toEqual([
      [1n, 0],
      [2n, 2],
      [4n, 0],
    ]);
    const described = on('/hand/description').map(({ stamp, message }) => [
      stamp,
      (message as HandJointsMessage).tracked,
    ]);
    expect(described).toEqual([
      [1n, true],
      [2n, false],
      [4n, true],
    ]);
    expect(on('/hand/joints').map(({ message }) => (message as HandJointsMessage).tracked)).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });
});
