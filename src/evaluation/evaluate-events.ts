import { VoxhandError } from '../errors/index.js';
import {
  ENABLING_STATE_SCHEMA,
  type EnablingStateMessage,
  GESTURE_EVENT,
  GESTURE_EVENT_SCHEMA,
  type GestureEventMessage,
  HANDEDNESS,
  POINTER_EVENT,
  POINTER_EVENT_SCHEMA,
  type PointerEventMessage,
  recordedCodec,
} from '../messages/index.js';
import { fromStamp } from '../timing/index.js';
import type { BusSource } from '../transport/port/index.js';
import type { MadeGesture, ToldGesture } from './gesture-errors.js';

/**
 * What a recording of results tells: gestures that begin, `pointer_` and the kind of an interaction where a hand presses, and `enabling_` and
 * its name where it engages.
 *
 * @param leftOut topics of ground truth
 * @throws VoxhandError `MESSAGE_INVALID`, `SCHEMA_UNSUPPORTED`, and whatever the bus throws
 */
export async function readToldGestures(bus: BusSource, leftOut: readonly string[] = []): Promise<ToldGesture[]> {
  const kinds: readonly string[] = [GESTURE_EVENT_SCHEMA, POINTER_EVENT_SCHEMA, ENABLING_STATE_SCHEMA];
  const topics = bus.topics().filter(({ topic, schemaName }) => kinds.includes(schemaName) && !leftOut.includes(topic));
  const told: ToldGesture[] = [];
  if (topics.length === 0) return told;
  const engaged = new Set<string>();
  for await (const message of bus.subscribe(topics.map(({ topic }) => topic))) {
    const decoded = recordedCodec(message).decode(message.data);
    switch (message.schemaName) {
      case POINTER_EVENT_SCHEMA: {
        const event = decoded as PointerEventMessage;
        if (event.phase === POINTER_EVENT.DOWN) told.push(toldOf(event, `pointer_${event.interaction}`));
        break;
      }
      case ENABLING_STATE_SCHEMA: {
        const { name, engaged: isEngaged, header } = decoded as EnablingStateMessage;
        if (isEngaged && !engaged.has(name)) {
          told.push({ gesture: `enabling_${name}`, stamp: fromStamp(header.stamp), handedness: 'unknown' });
        }
        if (isEngaged) engaged.add(name);
        else engaged.delete(name);
        break;
      }
      default: {
        const event = decoded as GestureEventMessage;
        if (event.phase === GESTURE_EVENT.BEGIN) told.push(toldOf(event, event.gesture));
      }
    }
  }
  return told;
}

/**
 * Ground truth of gestures from a topic of `GestureEvent`: BEGIN and END of each; of a confidence of 0 those that may be told or not.
 *
 * @throws VoxhandError `TOPIC_NOT_FOUND` where there is no such topic, and as {@link readToldGestures}
 */
export async function readMadeGestures(bus: BusSource, topic: string): Promise<MadeGesture[]> {
  const there = bus.topics();
  if (!there.some((one) => one.topic === topic && one.schemaName === GESTURE_EVENT_SCHEMA)) {
    throw new VoxhandError('TOPIC_NOT_FOUND', 'no ground truth of gestures', {
      expected: `${topic} of ${GESTURE_EVENT_SCHEMA}`,
      found: there.map((one) => one.topic).join(', ') || 'no topic',
    });
  }
  const made: MadeGesture[] = [];
  const open = new Map<string, Omit<MadeGesture, 'to'>>();
  for await (const message of bus.subscribe([topic])) {
    const event = recordedCodec(message).decode(message.data) as GestureEventMessage;
    const optional = event.confidence === 0;
    const key = JSON.stringify([event.hand_id, event.gesture, optional]);
    const { gesture, stamp, handedness } = toldOf(event, event.gesture);
    if (event.phase === GESTURE_EVENT.BEGIN) open.set(key, { gesture, from: stamp, handedness, optional });
    const begun = open.get(key);
    if (begun === undefined || (event.phase !== GESTURE_EVENT.END && event.phase !== GESTURE_EVENT.CANCEL)) continue;
    made.push({ ...begun, to: stamp });
    open.delete(key);
  }
  // the recording ends before them
  for (const begun of open.values()) made.push({ ...begun, to: begun.from });
  return made;
}

function toldOf(
  { header, handedness }: Pick<GestureEventMessage, 'header' | 'handedness'>,
  gesture: string,
): ToldGesture {
  return { gesture, stamp: fromStamp(header.stamp), handedness: HANDEDNESS[handedness] ?? 'unknown' };
}
