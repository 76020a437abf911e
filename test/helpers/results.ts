import type { HandJoints } from '../../src/hand/hand-joints.js';
import { JOINT_COUNT } from '../../src/hand/skeleton.js';
import { cdrCodec } from '../../src/messages/cdr-codec.js';
import { GESTURE_EVENT_SCHEMA, type GestureEventMessage, HAND_JOINTS_SCHEMA } from '../../src/messages/generated.js';
import { toHandJointsMessage } from '../../src/messages/hand-joints-message.js';
import { toStamp } from '../../src/timing/stamp.js';
import { createMcapSink } from '../../src/transport/mcap/mcap-sink.js';
import { FRAME, handAt, lostAt } from './hands.js';

export interface GestureAt {
  readonly frame: number;
  readonly gesture?: string;
  /** 0 begin, 1 update, 2 end, 3 cancel. */
  readonly phase?: number;
  readonly handId?: number;
}

export interface ResultsOptions {
  readonly topic?: string;
  readonly events?: readonly GestureAt[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Bytes of a chunk; small ones let a truncated file keep something. */
  readonly chunkSize?: number;
  /** Log time minus stamp, nanoseconds. */
  readonly latency?: bigint;
}

/** Write results as a recording; gives its path back. */
export async function writeResults(
  path: string,
  hands: Iterable<HandJoints>,
  { topic = '/hand/joints', events = [], metadata = {}, chunkSize = 4096, latency = 0n }: ResultsOptions = {},
): Promise<string> {
  const sink = await createMcapSink(path, { metadata, chunkSize });
  const joints = sink.advertise(topic, cdrCodec(HAND_JOINTS_SCHEMA));
  for (const hand of hands) await joints.publish(toHandJointsMessage(hand), hand.stamp + latency);
  if (events.length > 0) {
    const gestures = sink.advertise('/hand/gestures', cdrCodec(GESTURE_EVENT_SCHEMA));
    for (const event of events) await gestures.publish(gestureMessage(event), BigInt(event.frame) * FRAME + latency);
  }
  await sink.close();
  return path;
}

/** A hand that moves to the right by a millimetre a frame; frames of `lost` have none. */
export function movingHand(frames: number, lost: readonly number[] = []): HandJoints[] {
  return Array.from({ length: frames }, (_, frame) =>
    lost.includes(frame) ? lostAt(frame) : handAt({ frame, x: 0.001 * frame }),
  );
}

/** The same hands with one joint moved along z. */
export function withJointMoved(hands: readonly HandJoints[], joint: number, mm: number): HandJoints[] {
  return hands.map((hand) => {
    if (!hand.tracked || joint >= JOINT_COUNT) return hand;
    const positions = hand.positions.slice();
    positions[3 * joint + 2] += mm / 1000;
    return { ...hand, positions };
  });
}

function gestureMessage({ frame, gesture = 'pinch', phase = 0, handId = 0 }: GestureAt): GestureEventMessage {
  return {
    header: { stamp: toStamp(BigInt(frame) * FRAME), frame_id: 'camera' },
    hand_id: handId,
    handedness: 1,
    gesture,
    phase,
    confidence: 1,
    position: { x: 0, y: 0, z: 0.5 },
    direction: { x: 0, y: 0, z: 0 },
    duration: { sec: 0, nanosec: 0 },
    value: 0,
    other_hand_id: -1,
    reason: '',
  };
}
