import { expect, it } from 'vitest';
import { keepingSink } from '../../test/helpers/keeping-sink.js';
import { ManualClock } from '../../test/helpers/manual-clock.js';
import { IDENTITY_TRANSFORM } from '../geometry/transform.js';
import { fromHandJointsMessage } from '../messages/hand-joints-message.js';
import { recordedCodec } from '../messages/recorded-codec.js';
import { TransformBuffer } from '../rig/transform-buffer.js';
import { trackerConfig } from './config.js';
import { Counters } from './counters.js';
import { ResultOutput } from './result-output.js';
import type { TrackResult } from './track-result.js';

function output(config = trackerConfig()) {
  const timers = new ManualClock();
  const { sink, got } = keepingSink();
  const transforms = new TransformBuffer(config.transforms);
  const results = new ResultOutput({ sink, config, counters: new Counters(), transforms, timers });
  const hands = () =>
    got
      .filter(({ topic }) => topic === config.topics.joints)
      .map((message) => fromHandJointsMessage(recordedCodec(message).decode(message.data) as never))
      .map(({ handId, tracked, stamp }) => `${stamp} hand ${handId} ${tracked}`);
  return { timers, results, hands, transforms };
}

function found(stamp: bigint, ...ids: number[]): TrackResult {
  const positions = Float64Array.from({ length: 63 }, (_, i) => i / 100);
  const hands = ids.map((id) => ({
    ...{ id, handedness: 'right' as const, positions },
    confidences: new Float32Array(21).fill(0.5),
  }));
  return { stamp, frameId: 'camera', hands, lost: [], lagFrames: 0, details: new Map() };
}

it('retracts every hand that was shown when nothing comes any more, and none of them twice', async () => {
  const { timers, results, hands } = output();
  results.alive();
  await results.deliver([found(5n, 1, 4)], results.arrived());
  expect(results.facts()).toMatchObject({ published: 1, sent: 1, hand: true });
  await timers.advance(0.25);
  await results.idle();
  expect(hands()).toEqual([
    '5 hand 1 true',
    '5 hand 4 true',
    expect.stringMatching(/hand 1 false$/),
    expect.stringMatching(/hand 4 false$/),
  ]);
  await results.leave('deactivated');
  expect(hands()).toHaveLength(4);
  expect(results.facts()).toMatchObject({ published: 1, sent: 2, hand: false });
});

it('withholds what came before it was told to begin anew, and counts it by its cause', async () => {
  const { results, hands } = output();
  const before = results.arrived();
  results.begin('time-jump');
  expect([results.renewed(), results.renewed()]).toEqual([true, false]);
  await results.deliver([found(5n, 1), found(6n, 1)], before);
  await results.deliver([found(7n, 1)], results.arrived());
  expect(hands()).toEqual(['7 hand 1 true']);
  expect(results.facts()).toMatchObject({ published: 1, withheld: { 'time-jump': 2 } });
});

it('says nothing of before a loss that it has said, and counts it, until the stamps begin anew', async () => {
  const { timers, results, hands } = output();
  results.alive();
  await results.deliver([found(5n, 1)], results.arrived());
  await timers.advance(0.25);
  await results.idle();
  const lossOf =
    hands()
      .at(-1)
      ?.match(/^(\d+) hand 1 false$/)?.[1] ?? '';
  expect(BigInt(lossOf)).toBeGreaterThan(200_000_000n);
  await results.deliver([found(BigInt(lossOf) - 32_000_000n, 1)], results.arrived());
  await results.deliver([found(BigInt(lossOf), 1)], results.arrived());
  expect(hands().slice(2)).toEqual([`${lossOf} hand 1 true`]);
  expect(results.facts()).toMatchObject({ published: 2, withheld: { older: 1 }, hand: true });
  results.begin('time-jump');
  await results.deliver([found(7n, 2)], results.arrived());
  await results.leave('reset');
  await results.deliver([found(3n, 3)], results.arrived());
  expect(hands().slice(3)).toEqual(['7 hand 2 true', '8 hand 2 false', '3 hand 3 true']);
});

it('says once of each hand that no transform leads to it, and again after it was shown', async () => {
  const { results, hands, transforms } = output(trackerConfig({ output: { targetFrame: 'robot' } }));
  const deliver = (stamp: bigint, ...ids: number[]) => results.deliver([found(stamp, ...ids)], results.arrived());
  for (let i = 1n; i <= 30n; i++) await deliver(i, 1, 2);
  expect(hands()).toEqual(['1 hand 1 false', '1 hand 2 false']);
  expect(results.facts()).toMatchObject({ published: 30, transformProblem: expect.stringContaining('robot') });
  transforms.add({ stamp: 31n, parent: 'robot', child: 'camera', transform: IDENTITY_TRANSFORM });
  await deliver(31n, 1);
  transforms.clear();
  await deliver(32n, 1, 2);
  await deliver(33n, 1, 2);
  expect(hands().slice(2)).toEqual(['31 hand 1 true', '32 hand 1 false']);
});
