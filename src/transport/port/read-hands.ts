import { VoxhandError } from '../../errors/index.js';
import type { HandJoints } from '../../hand/index.js';
import {
  fromHandJointsMessage,
  HAND_JOINTS_SCHEMA,
  type HandJointsMessage,
  recordedCodec,
} from '../../messages/index.js';
import type { BusSource } from './bus.js';

/**
 * The hands on a topic: results, joints of one decoder, or ground truth. Pulled one by one, in the bus's order.
 *
 * @throws VoxhandError out of the loop: `SCHEMA_UNSUPPORTED` for a topic of another type, `MESSAGE_INVALID`, and
 * whatever the bus throws.
 *
 * @example
 * ```ts
 * for await (const hand of readHands(bus, '/hand/joints')) console.log(hand.stamp, hand.tracked);
 * ```
 */
export async function* readHands(bus: BusSource, topic: string): AsyncGenerator<HandJoints, void, void> {
  for await (const message of bus.subscribe([topic])) {
    if (message.schemaName !== HAND_JOINTS_SCHEMA) {
      throw new VoxhandError('SCHEMA_UNSUPPORTED', 'a topic that holds no hands', {
        expected: HAND_JOINTS_SCHEMA,
        found: message.schemaName || 'no schema',
        where: topic,
      });
    }
    yield fromHandJointsMessage(recordedCodec(message).decode(message.data) as HandJointsMessage);
  }
}
