import { describe, expect, it } from 'vitest';
import { type HandJoints, lostHand } from '../hand/index.js';
import { anglesOfJoints } from '../kinematics/angles-of-joints.js';
import { namedPose } from '../kinematics/hand-pose.js';
import { jointNames } from '../kinematics/hand-state.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import {
  ENABLING_STATE_SCHEMA,
  GESTURE_EVENT_SCHEMA,
  HAND_JOINTS_SCHEMA,
  POINTER_EVENT_SCHEMA,
} from '../messages/generated.js';
import { toEnablingStateMessage, toGestureEventMessage, toPointerEventMessage } from '../messages/gesture-messages.js';
import { toHandJointsMessage } from '../messages/hand-joints-message.js';
import { toJointStateMessage } from '../messages/points.js';
import { kinematicHand } from '../synthetic/kinematic-hand.js';
import { trueGestureEvents } from '../synthetic/performance.js';
import { trackerConfig } from '../tracking/config.js';
import type { BusMessage, BusSource } from '../transport/port/bus.js';
import { publisherOf } from '../transport/port/publisher.js';
import { readMadeGestures, readToldGestures } from './evaluate-events.js';
import { evaluateRecording } from './evaluate-recording.js';
import { JointErrorMeter } from './joint-errors.js';
import { formatHandTracks, formatSkeletons } from './report-text.js';
import { TruthByStamp } from './truth-by-stamp.js';

const stampOf = (frame: number): bigint => 1_000_000_000n + BigInt(frame) * 100_000_000n;

/** All joints of a hand at one place, metres. */
function hand(frame: number, handId: number, x: number): HandJoints {
  const none = lostHand(stampOf(frame), 'camera', x < 0 ? 'right' : 'left', handId);
  const positions = Float64Array.from({ length: 63 }, (_, i) => [x, 0, 0.5][i % 3]!);
  return { ...none, tracked: true, positions, confidences: new Float32Array(21).fill(1) };
}

class Recorded implements BusSource {
  readonly messages: BusMessage[] = [];

  async add<Schema extends Parameters<typeof cdrCodec>[0]>(
    topic: string,
    schema: Schema,
    message: never,
    stamp: bigint,
  ) {
    const publisher = publisherOf(topic, cdrCodec(schema), async (written) => {
      this.messages.push(written);
    });
    await publisher.publish(message, stamp);
  }

  topics() {
    return this.messages;
  }

  async *subscribe(topics: readonly string[] = []) {
    yield* this.messages.filter(({ topic }) => topics.includes(topic));
  }

  async close() {}
}

describe('a recording of several hands', () => {
  const truth = new TruthByStamp([0, 1, 2, 3, 4].flatMap((frame) => [hand(frame, 1, -0.1), hand(frame, 2, 0.1)]));

  it('is followed hand by hand, and moments without a result are missed', async () => {
    const bus = new Recorded();
    const results = [
      [hand(0, 5, -0.101), hand(0, 6, 0.1)],
      [hand(1, 5, -0.101), lostHand(stampOf(1), 'camera', 'left', 6)],
      // no result at all of the third
      [hand(3, 5, -0.101), hand(3, 7, 0.1), hand(3, 8, 0.4)],
      [hand(4, 5, -0.101), hand(4, 7, 0.1)],
    ];
    for (const one of results.flat())
      await bus.add('/hand/joints', HAND_JOINTS_SCHEMA, toHandJointsMessage(one) as never, one.stamp);
    const { tracks, recorded, isSeveral } = await evaluateRecording(bus, { truth, config: trackerConfig() });
    expect(isSeveral).toBe(true);
    expect(tracks).toMatchObject({ frames: 5, hands: 10, matched: 7, misses: 3, falseHands: 1, idSwitches: 1 });
    expect(tracks.mota).toBeCloseTo(0.5, 12);
    expect(recorded.frames).toMatchObject({ withHand: 10, compared: 7, noResult: 3, falseHands: 1 });
    expect(recorded.joints.maxMm).toBeCloseTo(1, 6);
    expect(formatHandTracks(tracks)).toContain(
      'MOTA 0.5000: 10 hands, 3 missed, 1 false (0.2000 per frame), 1 id switches',
    );
  });

  it('compares each found hand with the nearest that is there', () => {
    const meter = new JointErrorMeter(truth);
    for (const one of [hand(0, 9, 0.11), hand(0, 8, -0.12), hand(0, 7, 0.12)]) meter.add(one);
    expect(meter.report().frames).toMatchObject({ compared: 2, falseHands: 1 });
    expect(meter.report().joints.maxMm).toBeCloseTo(20, 6);
  });

  it('may not have a hand twice at one moment', () => {
    expect(() => new TruthByStamp([hand(0, 1, 0), hand(0, 1, 0.1)])).toThrow('the same stamp twice');
  });
});

describe('recorded angles', () => {
  const { joints } = kinematicHand(namedPose('relaxed'));
  const truth = (frame: number, handedness: 'right' | 'left', handId = handedness === 'right' ? 1 : 2): HandJoints => ({
    ...hand(frame, handId, 0),
    handedness,
    positions: joints.map((x, i) => (handedness === 'left' && i % 3 === 0 ? -x : x)),
  });
  const angles = anglesOfJoints(joints, 'right');

  async function recorded(truths: readonly HandJoints[]) {
    const bus = new Recorded();
    for (const [frame, side, degrees] of [
      [0, 'right', 5],
      [0, 'left', 0],
      [1, 'right', 10],
      [7, 'right', 90],
    ] as const) {
      const positions = angles.map((x, i) => (i === 6 ? x + (degrees * Math.PI) / 180 : x));
      const message = toJointStateMessage(stampOf(frame), 'camera', jointNames(side), { positions });
      await bus.add('/hand/joint_states', 'sensor_msgs/msg/JointState', message as never, stampOf(frame));
    }
    return evaluateRecording(bus, { truth: new TruthByStamp(truths), config: trackerConfig() });
  }

  it('are compared with those of the true joints of their stamp and side', async () => {
    const { jointStates, recorded: row } = await recorded([truth(0, 'right'), truth(0, 'left'), truth(1, 'right')]);
    expect(jointStates).toMatchObject({ count: 63, meanDegrees: expect.closeTo(15 / 63, 9), medianDegrees: 0 });
    const text = formatSkeletons([row], jointStates);
    expect(text).toContain('Recorded angles: median error 0.0°, mean 0.2°, p95 0.0°.');
    expect(text).toContain('Which joints are visible is not known');
  });

  it('are left out where two hands of one side are there, or none', async () => {
    expect((await recorded([truth(0, 'right', 1), truth(0, 'right', 3)])).jointStates).toBeNull();
  });
});

describe('gestures of recordings', () => {
  it('are true ones with their times, and told ones of all kinds', async () => {
    const bus = new Recorded();
    const about = { handId: 0, handedness: 'right' } as const;
    const script = [
      { ...about, gesture: 'fist', from: 1, to: 2 },
      { ...about, gesture: 'pinch', from: 1.5, to: 3, optional: true },
      { ...about, gesture: 'push', from: 2.5, to: 2.5 },
    ] as const;
    for (const event of trueGestureEvents(script, { start: 10n })) {
      await bus.add('/hand/truth_gestures', GESTURE_EVENT_SCHEMA, toGestureEventMessage(event) as never, event.stamp);
    }
    const [event] = trueGestureEvents(script, { start: 10n });
    for (const phase of ['BEGIN', 'UPDATE', 'END'] as const) {
      await bus.add('/hand/gestures', GESTURE_EVENT_SCHEMA, toGestureEventMessage({ ...event!, phase }) as never, 10n);
    }
    const pointer = {
      ...{
        ...event!,
        surface: 's',
        interaction: 'push' as const,
        x: 0,
        y: 0,
        u: 0,
        v: 0,
        pixelX: 0,
        pixelY: 0,
        width: 1,
        height: 1,
      },
      ...{ distance: 0, progress: 0, dragging: false, scrollX: 0, scrollY: 0, since: 0 },
    };
    for (const phase of ['HOVER', 'DOWN', 'UP'] as const) {
      await bus.add('/hand/pointer', POINTER_EVENT_SCHEMA, toPointerEventMessage({ ...pointer, phase }) as never, 10n);
    }
    const enabling = { stamp: 20n, name: 'robot', handId: 0, sequence: 0, expiry: 0.1, reason: '', since: 20n };
    for (const engaged of [false, true, true, false, true]) {
      await bus.add('/enabling', ENABLING_STATE_SCHEMA, toEnablingStateMessage({ ...enabling, engaged }) as never, 20n);
    }
    const made = await readMadeGestures(bus, '/hand/truth_gestures');
    expect(made.map(({ gesture, from, to, optional }) => [gesture, from, to, optional])).toEqual([
      ['fist', 1_000_000_010n, 2_000_000_010n, false],
      ['push', 2_500_000_010n, 2_500_000_010n, false],
      ['pinch', 1_500_000_010n, 3_000_000_010n, true],
    ]);
    const told = await readToldGestures(bus, ['/hand/truth_gestures']);
    expect(told.map(({ gesture, handedness }) => `${gesture} ${handedness}`)).toEqual([
      'fist right',
      'pointer_push right',
      'enabling_robot unknown',
      'enabling_robot unknown',
    ]);
    await expect(readMadeGestures(bus, '/truth')).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  });
});
