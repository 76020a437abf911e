import { expect, it } from 'vitest';
import { toEnablingStateMessage, toGestureEventMessage } from './gesture-messages.js';
import { isStreamed, toStreamEvent } from './stream-events.js';

it('a gesture as an event has names for numbers, and seconds and metres as numbers of JSON', () => {
  const message = toGestureEventMessage({
    ...{ stamp: 1_700_000_000_123_456_789n, frameId: 'camera', handId: 2, handedness: 'left', gesture: 'swipe_left' },
    ...{ phase: 'CANCEL', confidence: Number.NaN, position: [0.12345, 0, 0.5], direction: [-1, 0, 0] },
    ...{ duration: 0.25, reason: 'the hand is lost' },
  });
  expect(message).toMatchObject({
    phase: 3,
    handedness: 2,
    other_hand_id: -1,
    duration: { sec: 0, nanosec: 250_000_000 },
  });
  const event = toStreamEvent('voxhand_msgs/msg/GestureEvent', message, '/cell/hand/gestures');
  expect(event).toEqual({
    ...{ v: 1, type: 'gesture', topic: '/cell/hand/gestures', time: 1_700_000_000.123456, hand: 2, handedness: 'left' },
    ...{ gesture: 'swipe_left', phase: 'cancel', confidence: 0, position: [0.1235, 0, 0.5], direction: [-1, 0, 0] },
    ...{ duration: 0.25, value: 0, otherHand: -1, reason: 'the hand is lost' },
  });
  expect(JSON.parse(JSON.stringify(event))).toEqual(event);
});

it('an enabling state expires only while it is engaged', () => {
  const state = {
    stamp: 5_000_000_000n,
    name: 'run',
    handId: 1,
    sequence: 7,
    expiry: 0.1,
    reason: 'held',
    since: 3_000_000_000n,
  };
  const event = (engaged: boolean) =>
    toStreamEvent('voxhand_msgs/msg/EnablingState', toEnablingStateMessage({ ...state, engaged }), '/hand/enabling');
  const common = { v: 1, type: 'enabling', topic: '/hand/enabling', time: 5, hand: 1, name: 'run', sequence: 7 };
  expect(event(true)).toEqual({ ...common, engaged: true, expiry: 0.1, duration: 2, reason: 'held' });
  expect(event(false)).toMatchObject({ engaged: false, expiry: 0 });
});

it('other messages are no events', () => {
  expect(isStreamed('sensor_msgs/msg/Image')).toBe(false);
  expect(isStreamed('toString')).toBe(false);
  expect(toStreamEvent('sensor_msgs/msg/Image', {}, '/image')).toBeUndefined();
});
